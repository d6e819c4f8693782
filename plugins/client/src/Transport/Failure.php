<?php

declare(strict_types=1);

namespace Kessai\Transport;

/** No answer came. Callers of {@see \Kessai\Kessai} get a {@see \Kessai\KessaiException} in their language instead. */
final class Failure extends \RuntimeException
{
    /** A key of {@see \Kessai\Texts}. */
    public string $failure;

    /** @var array<string, string> what the text names; no secret */
    public array $values;

    /** @param array<string, string> $values */
    public function __construct(string $failure, array $values = [])
    {
        parent::__construct($failure);
        $this->failure = $failure;
        $this->values = $values;
    }
}
