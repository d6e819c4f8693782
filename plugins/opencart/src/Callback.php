<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\WebhookAnswer;

/**
 * The webhook's answer, whatever OpenCart does: its own handlers answer 200 or 302 to a failure, and BTCPay Server would never
 * send the message again.
 */
final class Callback
{
    /** Seconds for mails after the answer. */
    private const MAILS = 20.0;

    private bool $isAnswered = false;

    /**
     * @param callable(): Extension $extension made here, so that what it fails by is answered as well
     */
    public function take(callable $extension): void
    {
        $this->takeOver();
        try {
            $shop = $extension();
            $shop->platform()->query('SET SESSION innodb_lock_wait_timeout = 4');
            $answer = $shop->kessai()->webhook((string) file_get_contents('php://input'), $_SERVER);
        } catch (\Throwable $error) {
            error_log(sprintf('kessai: %s at %s:%d', get_class($error), $error->getFile(), $error->getLine()));
            $answer = new WebhookAnswer(503, ['code' => 'host.failed']);
        }
        $this->answer($answer);
        if (isset($shop)) {
            $shop->mails()->send(self::MAILS);
        }
    }

    /** From here on OpenCart's handlers are out of it, and a process that ends without an answer says 503. */
    private function takeOver(): void
    {
        // The server may have given up: what it told is worked off all the same.
        ignore_user_abort(true);
        ob_start();
        set_error_handler(static function (int $code, string $message, string $file, int $line): bool {
            if ((error_reporting() & $code) !== 0) {
                error_log(sprintf('kessai: PHP message %d at %s:%d', $code, $file, $line));
            }
            return true;
        });
        register_shutdown_function(function (): void {
            if (!$this->isAnswered) {
                $this->answer(new WebhookAnswer(503, ['code' => 'host.failed']));
            }
        });
    }

    private function answer(WebhookAnswer $answer): void
    {
        $this->isAnswered = true;
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
