<?php

declare(strict_types=1);

namespace Kessai;

/** An order as it is under its lock. */
final class OrderRow
{
    public string $orderId;

    /** The stored text, unchanged; null where the order has none yet. */
    public ?string $record;

    /** @var array{status: string, method?: string|null, shipped?: bool|null, short?: bool|null} as the shop shows it now */
    public array $shop;

    /** @param array{status: string, method?: string|null, shipped?: bool|null, short?: bool|null} $shop */
    public function __construct(string $orderId, ?string $record, array $shop)
    {
        $this->orderId = $orderId;
        $this->record = $record;
        $this->shop = $shop;
    }
}
