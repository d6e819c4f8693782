<?php

declare(strict_types=1);

namespace Opencart\Catalog\Model\Extension\KessaiBtcpay\Payment;

use Kessai\OpenCart\Checkout\Offer;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;
use Kessai\OpenCart4\Catalog;

require_once DIR_EXTENSION . 'kessai_btcpay/system/kessai/autoload.php';

/** Whether a customer may choose to pay with Bitcoin. */
class KessaiBtcpay extends \Opencart\System\Engine\Model
{
    /**
     * @param array<string, mixed> $address of the customer's payment
     *
     * @return array<string, mixed> none where the cart cannot be paid so
     */
    public function getMethods(array $address = []): array
    {
        $offer = new Offer(new Extension(new Catalog($this->registry)));
        // Bitcoin is sent by the customer each time: nothing can be charged again.
        if ($this->cart->hasSubscription() || !$offer->isFor((float) $this->cart->getTotal(), $address)) {
            return [];
        }
        $title = (new Texts((string) $this->config->get('config_language')))->of('method_title');
        $code = Extension::CODE;
        return [
            'code' => $code,
            'name' => $title,
            'option' => [$code => ['code' => "$code.$code", 'name' => $title]],
            'sort_order' => $this->config->get("payment_{$code}_sort_order"),
        ];
    }
}
