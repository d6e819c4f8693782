<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\WebhookAnswer;

/**
 * The webhook's answer, whatever OpenCart does: its own handlers answer 200 or 302 to a failure, and BTCPay Server would never
 * send the message again.
 *
 * It is taken first without OpenCart ({@see first()}), which is enough for most messages and holds where OpenCart does not even
 * start; and with OpenCart ({@see take()}) where an order has to be moved.
 */
final class Callback
{
    /** Seconds for mails after the answer. */
    private const MAILS = 20.0;

    /** Whether this request, of which there is one a process, has its answer. */
    private static bool $isAnswered = false;

    private static bool $isTakenOver = false;

    /**
     * Without OpenCart, whose `config.php` has been read.
     *
     * @return bool whether nothing is left that takes OpenCart
     */
    public function first(int $major): bool
    {
        $this->takeOver();
        try {
            $db = OwnConnection::open();
            $shop = new Unbooted($db, $major);
            $extension = new Extension($shop, $db);
            $answer = $this->decided($extension);
            if ($shop->isNeeded()) {
                return false;
            }
            $this->answer($answer);
            return !$extension->mails()->isDue();
        } catch (\Throwable $error) {
            $this->fail($error);
            return true;
        }
    }

    /**
     * With OpenCart.
     *
     * @param callable(): Extension $extension made here, so that what it fails by is answered as well
     */
    public function take(callable $extension): void
    {
        $this->takeOver();
        try {
            $shop = $extension();
            if (!self::$isAnswered) {
                $shop->platform()->query('SET SESSION innodb_lock_wait_timeout = 4');
                $this->answer($this->decided($shop));
            }
            $shop->mails()->send(self::MAILS);
        } catch (\Throwable $error) {
            $this->fail($error);
        }
    }

    private function decided(Extension $extension): WebhookAnswer
    {
        return $extension->kessai()->webhook((string) file_get_contents('php://input'), $_SERVER);
    }

    /** From here on OpenCart's handlers are out of it, and a process that ends without an answer says 503. */
    private function takeOver(): void
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
        // The server may have given up: what it told is worked off all the same.
        ignore_user_abort(true);
        ob_start();
        register_shutdown_function(function (): void {
            if (!self::$isAnswered) {
                $this->answer(new WebhookAnswer(503, ['code' => 'host.failed']));
            }
        });
    }

    private function fail(\Throwable $error): void
    {
        error_log(sprintf('kessai: %s at %s:%d', get_class($error), $error->getFile(), $error->getLine()));
        if (!self::$isAnswered) {
            $this->answer(new WebhookAnswer(503, ['code' => 'host.failed']));
        }
    }

    private function answer(WebhookAnswer $answer): void
    {
        self::$isAnswered = true;
        while (ob_get_level() > 0) {
            ob_end_clean();
        }
        // OpenCart's cookie, and a redirect of its error handler.
        header_remove();
        header('content-length: ' . strlen($answer->body));
        header('connection: close');
        $answer->send();
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        } else {
            flush();
        }
    }
}
