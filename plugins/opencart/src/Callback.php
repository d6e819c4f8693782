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
    /** MySQL's number of a table that is missing. */
    private const NO_TABLE = 1146;

    /** Seconds for mails after the answer. */
    private const MAILS = 20.0;

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
            if (!OwnAnswer::isGiven()) {
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
        try {
            $kessai = $extension->kessai();
        } catch (\Throwable $error) {
            if ($error->getCode() !== self::NO_TABLE) {
                throw $error;
            }
            // The merchant has deleted all that the extension had: to be told again would change nothing, and hold up what the server has to tell others.
            return new WebhookAnswer(410, ['code' => 'host.erased']);
        }
        $decide = static fn (): WebhookAnswer => $kessai->webhook((string) file_get_contents('php://input'), $_SERVER);
        $places = new Places(new Lock($extension->db(), $extension->prefix()));
        // Told again in ten seconds.
        return $places->within($decide) ?? new WebhookAnswer(503, ['code' => 'host.busy']);
    }

    private function takeOver(): void
    {
        OwnAnswer::takeOver(fn () => $this->unavailable());
    }

    private function fail(\Throwable $error): void
    {
        OwnAnswer::log($error);
        if (!OwnAnswer::isGiven()) {
            $this->unavailable();
        }
    }

    private function unavailable(): void
    {
        $this->answer(new WebhookAnswer(503, ['code' => 'host.failed']));
    }

    private function answer(WebhookAnswer $answer): void
    {
        OwnAnswer::give(strlen($answer->body), static fn () => $answer->send());
    }
}
