<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** kessai's log in OpenCart's error log, as far as the merchant wants it. What comes here holds no secret and nothing of a customer. */
final class OpenCartLog
{
    private Platform $platform;

    private string $level;

    /** @param string $level `off`, `error` or `all` */
    public function __construct(Platform $platform, string $level)
    {
        $this->platform = $platform;
        $this->level = $level;
    }

    /** @param array<string, mixed> $context */
    public function error(string $message, array $context = []): void
    {
        if ($this->level !== 'off') {
            $this->write($message, $context);
        }
    }

    /** @param array<string, mixed> $context */
    public function info(string $message, array $context = []): void
    {
        if ($this->level === 'all') {
            $this->write($message, $context);
        }
    }

    /** @param array<string, mixed> $context */
    private function write(string $message, array $context): void
    {
        $said = $context['exception'] ?? null;
        if ($said instanceof \Throwable) {
            // Its message may say anything, a customer's address too: only what it is, and where.
            $context['exception'] = sprintf('%s at %s:%d', get_class($said), basename($said->getFile()), $said->getLine());
        }
        $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;
        $this->platform->log($message . ($context === [] ? '' : ' ' . json_encode($context, $flags)));
    }
}
