<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Checkout;

use Kessai\Kessai;
use Kessai\OpenCart\Extension;

/** Signed links by which a customer finds an order again without a session: OpenCart 4's cookie stays at home on the way back. */
final class Links
{
    private Extension $extension;

    private Kessai $kessai;

    public function __construct(Extension $extension, Kessai $kessai)
    {
        $this->extension = $extension;
        $this->kessai = $kessai;
    }

    /**
     * Where the server sends the customer after the payment.
     *
     * @param array<string, mixed> $order
     */
    public function back(array $order): string
    {
        return $this->address('back', $this->token((int) $order['order_id'], 'return'), $order);
    }

    /**
     * Where a page asks how the order stands.
     *
     * @param array<string, mixed> $order
     */
    public function status(array $order): string
    {
        return $this->address('status', $this->statusToken((int) $order['order_id']), $order);
    }

    public function statusToken(int $orderId): string
    {
        return $this->token($orderId, 'status');
    }

    /**
     * In the customer's language, which OpenCart 4 knows by the address alone.
     *
     * @param array<string, mixed> $order
     */
    private function address(string $page, string $token, array $order): string
    {
        $language = (string) $order['language_code'];
        $query = ['t' => $token] + ($language === '' ? [] : ['language' => $language]);
        return $this->extension->platform()->address($page, $query, $order['store_url']);
    }

    private function token(int $orderId, string $purpose): string
    {
        return $this->kessai->checkout()->signReturn(['orderId' => (string) $orderId, 'purpose' => $purpose])['token'];
    }
}
