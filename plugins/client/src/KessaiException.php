<?php

declare(strict_types=1);

namespace Kessai;

/**
 * An operation that failed. {@see getMessage()} says the likely cause and {@see remedy()} what to do, both for people, in
 * the language of the settings. Nothing in it is a secret or anything of a customer; its trace has no arguments, because
 * settings and orders would be among them.
 */
final class KessaiException extends \RuntimeException
{
    /** @var array<string, mixed> */
    private array $failure;

    /** @param array<string, mixed> $failure the `err` of a reply */
    public function __construct(array $failure, ?\Throwable $previous = null)
    {
        parent::__construct((string) ($failure['message'] ?? ''), 0, $previous);
        $this->failure = $failure;
        $trace = new \ReflectionProperty(\Exception::class, 'trace');
        if (PHP_VERSION_ID < 80100) {
            $trace->setAccessible(true);
        }
        $withoutArguments = static fn (array $frame): array => array_diff_key($frame, ['args' => 0]);
        $trace->setValue($this, array_map($withoutArguments, $this->getTrace()));
    }

    /** Stable, such as `btcpay.unauthorized`. Not PHP's `getCode()`, which is a number for most of those who ask for it. */
    public function errorCode(): string
    {
        return (string) ($this->failure['code'] ?? '');
    }

    /** What to do about it. */
    public function remedy(): string
    {
        return (string) ($this->failure['remedy'] ?? '');
    }

    /** Whether the same call may succeed later. */
    public function isRetryable(): bool
    {
        return (bool) ($this->failure['retryable'] ?? false);
    }

    /** After how many seconds, where that is known. */
    public function retryAfter(): ?int
    {
        return $this->failure['retryAfter'] ?? null;
    }

    /** The HTTP status with which a webhook is answered. */
    public function answer(): int
    {
        return (int) ($this->failure['answer'] ?? 503);
    }

    /** @return array<string, string>|string|null for whoever wrote the shop */
    public function details()
    {
        return $this->failure['details'] ?? null;
    }
}
