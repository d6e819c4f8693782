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

    /** Where the server sends the customer after the payment. */
    public function back(int $orderId, ?string $storeUrl): string
    {
        return $this->extension->platform()->address('back', ['t' => $this->token($orderId, 'return')], $storeUrl);
    }

    /** Where a page asks how the order stands. */
    public function status(int $orderId, ?string $storeUrl): string
    {
        return $this->extension->platform()->address('status', ['t' => $this->token($orderId, 'status')], $storeUrl);
    }

    private function token(int $orderId, string $purpose): string
    {
        return $this->kessai->checkout()->signReturn(['orderId' => (string) $orderId, 'purpose' => $purpose])['token'];
    }
}
