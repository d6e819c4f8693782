<?php

use Kessai\OpenCart\Checkout\Offer;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;
use Kessai\OpenCart3\Catalog;

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** Whether a customer may choose to pay with Bitcoin. Not for subscriptions: nothing can be charged again. */
class ModelExtensionPaymentKessaiBtcpay extends Model
{
    /**
     * @param array<string, mixed> $address of the customer's payment
     * @param float                $total   of the cart
     *
     * @return array<string, mixed> none where the cart cannot be paid so
     */
    public function getMethod($address, $total)
    {
        $offer = new Offer(new Extension(new Catalog($this->registry)));
        if (!$offer->isFor((float) $total, (array) $address)) {
            return [];
        }
        return [
            'code' => Extension::CODE,
            'title' => (new Texts((string) $this->session->data['language']))->of('method_title'),
            'terms' => '',
            'sort_order' => $this->config->get('payment_' . Extension::CODE . '_sort_order'),
        ];
    }
}
