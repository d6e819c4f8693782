<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Checkout;

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OpenCart\Extension;

/** From an order to the page on which it is paid. */
final class Payment
{
    /** Seconds a customer waits for the payment page at most. */
    private const DEADLINE = 15.0;

    private Extension $extension;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /**
     * The order's one invoice: made, or found again, however often and from wherever it is asked for.
     *
     * @return array{checkoutLink: string, invoiceId: string, returnUrl: string, statusUrl: string, serverUrl: string}|null null
     *     where the order was called off, or deleted
     *
     * @throws KessaiException `order.hasPayment` where nothing is to be paid any more; the order and its cart are as before
     */
    public function invoice(int $orderId): ?array
    {
        $order = $this->extension->platform()->order($orderId);
        if ($order === null || $this->extension->settings()->isClosing((int) $order['order_status_id'])) {
            return null;
        }
        $this->extension->closings()->remove($orderId);
        $kessai = $this->extension->kessai(null, self::DEADLINE);
        $links = new Links($this->extension, $kessai);
        $returnUrl = $links->back($order);
        $invoice = $kessai->btcpay()->createInvoice(['order' => $this->described($order, $returnUrl)]);
        $this->place($kessai, $orderId);
        return [
            'checkoutLink' => $invoice['checkoutLink'],
            'invoiceId' => $invoice['invoiceId'],
            'returnUrl' => $returnUrl,
            'statusUrl' => $links->status($order),
            'serverUrl' => self::serverOf($invoice['checkoutLink'], $invoice['invoiceId']),
        ];
    }

    /** From now on the order is one, waiting for its payment. */
    private function place(Kessai $kessai, int $orderId): void
    {
        try {
            $kessai->order()->apply(['orderId' => (string) $orderId]);
        } catch (\Throwable $error) {
            // The invoice can be paid, whatever stopped the shop from moving the order: the next message or the job goes on.
            $this->extension->log()->error('kessai: the order waits to be moved', ['orderId' => $orderId, 'exception' => $error]);
        }
    }

    /**
     * @param array<string, mixed> $order
     *
     * @return array<string, mixed> of btcpay.createInvoice
     */
    private function described(array $order, string $returnUrl): array
    {
        return [
            'id' => (string) $order['order_id'],
            // OpenCart keeps the total in the shop's base currency, and beside it the rate at which the order was placed.
            'total' => (string) $order['total'],
            'currency' => (string) $order['currency_code'],
            'rate' => (string) $order['currency_value'],
            'digits' => $this->digits((string) $order['currency_code']),
            'rounding' => 'halfUp',
            'description' => sprintf('#%d', $order['order_id']),
            'language' => (string) ($order['language_code'] ?? 'en'),
            'returnUrl' => $returnUrl,
            'customer' => array_filter([
                'email' => (string) ($order['email'] ?? ''),
                'name' => trim(($order['firstname'] ?? '') . ' ' . ($order['lastname'] ?? '')),
                'phone' => (string) ($order['telephone'] ?? ''),
                'country' => (string) ($order['payment_country'] ?? ''),
                'zip' => (string) ($order['payment_postcode'] ?? ''),
                'state' => (string) ($order['payment_zone'] ?? ''),
                'city' => (string) ($order['payment_city'] ?? ''),
                'address1' => (string) ($order['payment_address_1'] ?? ''),
                'address2' => (string) ($order['payment_address_2'] ?? ''),
            ], static fn (string $value): bool => $value !== ''),
        ];
    }

    /** Digits after the point as the shop shows the currency: what the customer saw is what is asked for. */
    private function digits(string $currency): int
    {
        $sql = 'SELECT decimal_place FROM `' . DB_PREFIX . 'currency` WHERE code = ?';
        return (int) ($this->extension->platform()->query($sql, [$currency])[0]['decimal_place'] ?? 2);
    }

    /** The server as the customer reaches it: what comes before `/i/<invoice>` in the link. */
    private static function serverOf(string $checkoutLink, string $invoiceId): string
    {
        $at = strpos($checkoutLink, "/i/$invoiceId");
        return $at === false ? $checkoutLink : substr($checkoutLink, 0, $at);
    }
}
