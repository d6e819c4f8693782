<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Transport\Answer;
use Kessai\Transport\Failure;

/** The way to the core. */
interface Transport
{
    /**
     * One step of an operation: decides, and never sends anything to a gateway. Doing it twice does no harm.
     *
     * @param string      $input   JSON text in ASCII
     * @param string|null $raw     bytes that go beside it, such as a webhook's body
     * @param float       $seconds the most that it may take
     *
     * @throws Failure where no answer came
     */
    public function step(string $op, string $input, ?string $raw, float $seconds): Answer;
}
