<?php

declare(strict_types=1);

namespace Kessai;

/** How an order is found: by its id, or by an invoice of it where a server (before 1.7.1) did not tell the order. */
final class OrderKey
{
    public ?string $orderId;

    public ?string $invoiceId;

    public function __construct(?string $orderId, ?string $invoiceId = null)
    {
        $this->orderId = $orderId;
        $this->invoiceId = $invoiceId;
    }
}
