<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Checkout;

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OpenCart\Extension;

/** How an order stands, for the customer who has its link: nothing in it is of the customer. */
final class OrderPage
{
    /** Seconds that the page waits for the server before it shows what is known. */
    private const LOOK = 4.0;

    /** Money cases in which nothing has come that the shop could count on: the cart is still the customer's. */
    private const UNPAID = ['new', 'expiredUnpaid', 'invalid', 'markedInvalid'];

    private Extension $extension;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /**
     * The page a customer returns to. Asks the server how the invoice stands, as far as that is quick.
     *
     * @return array{orderId: int, page: string, text: string, hasMoney: bool, canPay: bool, statusToken: string}
     *
     * @throws KessaiException `return.invalid`, `return.expired`
     */
    public function show(string $token, string $language): array
    {
        $kessai = $this->extension->kessai($language, self::LOOK);
        $orderId = $kessai->checkout()->verifyReturn(['token' => $token, 'purpose' => 'return'])['orderId'];
        try {
            $kessai->order()->apply(['orderId' => $orderId, 'check' => true]);
        } catch (\Throwable $error) {
            // The server, or the shop's own order API, has trouble: the record says what was known before, and the page asks again.
            $this->extension->log()->info('kessai: the order page shows what was known', ['orderId' => $orderId]);
        }
        $standing = $this->standing($kessai, $orderId, $language);
        $order = $this->extension->platform()->order((int) $orderId);
        $isOpen = $order !== null && !$this->extension->settings()->isClosing((int) $order['order_status_id']);
        return [
            'orderId' => (int) $orderId,
            'page' => $standing['page'],
            'text' => $standing['text'],
            'hasMoney' => !in_array($standing['case'], self::UNPAID, true),
            'canPay' => $isOpen && ($standing['page'] === 'partlyPaid' || $standing['case'] === 'new'),
            'statusToken' => (new Links($this->extension, $kessai))->statusToken((int) $orderId),
        ];
    }

    /**
     * For a page's own questions: what is known, and nobody is asked.
     *
     * @return array{page: string, case: string, sure: bool, text: string}
     *
     * @throws KessaiException `return.invalid`, `return.expired`
     */
    public function status(string $token, string $language): array
    {
        $kessai = $this->extension->kessai($language);
        $orderId = $kessai->checkout()->verifyReturn(['token' => $token, 'purpose' => 'status'])['orderId'];
        return $this->standing($kessai, $orderId, $language);
    }

    /** The order of a return link, for whoever goes back to its payment. */
    public function orderOf(string $token): int
    {
        $verified = $this->extension->kessai()->checkout()->verifyReturn(['token' => $token, 'purpose' => 'return']);
        return (int) $verified['orderId'];
    }

    /** @return array{page: string, case: string, sure: bool, text: string} */
    private function standing(Kessai $kessai, string $orderId, string $language): array
    {
        $record = $this->extension->orders()->record($orderId);
        return $kessai->checkout()->standing(['record' => $record, 'language' => $language]);
    }
}
