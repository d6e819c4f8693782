<?php

declare(strict_types=1);

namespace Kessai\Transport;

/** What came back: a reply's JSON text, and who said it. */
final class Answer
{
    /** The most that is read of a reply. */
    public const MOST_BYTES = 16 * 1024 * 1024;

    public string $text;

    /** kessai's version on the other side. */
    public string $version;

    /** The version of the other side's table of operations; null where it is too old to tell. */
    public ?int $ops;

    public function __construct(string $text, string $version, ?int $ops)
    {
        $this->text = $text;
        $this->version = $version;
        $this->ops = $ops;
    }
}
