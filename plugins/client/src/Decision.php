<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Effect\Effect;

/** What is to be stored and done before the commit. */
final class Decision
{
    /** The record, to be stored byte for byte; null where it has not changed. */
    public ?string $save;

    /** @var Effect[] */
    public array $effects;

    /** An invoice of the order, by which it may have to be found. */
    public ?string $invoiceId;

    /** @param Effect[] $effects */
    public function __construct(?string $save, array $effects, ?string $invoiceId = null)
    {
        $this->save = $save;
        $this->effects = $effects;
        $this->invoiceId = $invoiceId;
    }
}
