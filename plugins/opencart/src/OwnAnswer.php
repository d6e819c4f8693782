<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/**
 * A request that this extension answers by itself, whatever OpenCart does: its error handlers print what they find before the
 * answer, or answer 200 or 302 and end the process, to a mere warning of PHP.
 */
final class OwnAnswer
{
    /** Whether this request, of which there is one a process, has its answer. */
    private static bool $isGiven = false;

    private static bool $isTakenOver = false;

    public static function isGiven(): bool
    {
        return self::$isGiven;
    }

    /**
     * From here on OpenCart's handlers are out of it. To be called again once OpenCart has set its own.
     *
     * @param callable(): void $fail gives the answer of a process that ends without one
     */
    public static function takeOver(callable $fail): void
    {
        set_error_handler(static function (int $code, string $message, string $file, int $line): bool {
            if ((error_reporting() & $code) !== 0) {
                error_log(sprintf('kessai: PHP message %d at %s:%d', $code, $file, $line));
            }
            return true;
        });
        if (self::$isTakenOver) {
            return;
        }
        self::$isTakenOver = true;
        // Whoever asked may have given up: what is asked is worked off all the same.
        ignore_user_abort(true);
        ob_start();
        register_shutdown_function(static function () use ($fail): void {
            if (!self::$isGiven) {
                $fail();
            }
        });
    }

    /**
     * @param int             $length of the body in bytes
     * @param callable(): void $send  sends headers and body
     */
    public static function give(int $length, callable $send): void
    {
        self::$isGiven = true;
        while (ob_get_level() > 0 && ob_end_clean()) {
            // What OpenCart has printed so far; a buffer that cannot be ended is left alone.
        }
        // OpenCart's cookie, and a redirect of its error handler.
        header_remove();
        header("content-length: $length");
        header('connection: close');
        $send();
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } else {
            flush();
        }
    }

    public static function log(\Throwable $error): void
    {
        error_log('kessai: ' . OpenCartLog::named($error));
    }
}
