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

    /** What an error is, and where. By itself it may say anything, a customer's address too. */
    public static function named(\Throwable $error): string
    {
        return sprintf('%s at %s:%d', get_class($error), basename($error->getFile()), $error->getLine());
    }

    /** @param array<string, mixed> $context */
    private function write(string $message, array $context): void
    {
        $said = $context['exception'] ?? null;
        if ($said instanceof \Throwable) {
            $context['exception'] = self::named($said);
        }
        $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;
        $this->platform->log($message . ($context === [] ? '' : ' ' . json_encode($context, $flags)));
    }
}
