<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\OpenCart\OpenCartLog;
use Kessai\OpenCart\Platform;
use Kessai\OpenCart\Texts;
use Kessai\Sql\Connection;

/**
 * Mails that wait to be sent: stored in the transaction that decides on them, sent when nobody waits. A mail server that is slow
 * or down holds up no order and no webhook. A process that ends while it sends has its mail sent once more after two minutes.
 */
final class MailQueue
{
    /** For how long a mail is one process's, in seconds. */
    private const CLAIM = 120;

    /** With pauses of up to an hour: about a day. */
    private const TRIES = 30;

    private Platform $platform;

    private Connection $db;

    private string $table;

    public function __construct(Platform $platform, Connection $db, string $prefix)
    {
        $this->platform = $platform;
        $this->db = $db;
        $this->table = "{$prefix}mail";
    }

    public function createTable(): void
    {
        $this->db->query(
            "CREATE TABLE IF NOT EXISTS `{$this->table}` (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                order_id INT UNSIGNED NOT NULL,
                mail_key VARBINARY(255) NULL,
                text BLOB NULL,
                from_status INT NULL,
                to_status INT NULL,
                tries INT UNSIGNED NOT NULL DEFAULT 0,
                due INT UNSIGNED NOT NULL,
                claim VARBINARY(32) NULL,
                UNIQUE KEY (order_id, mail_key),
                KEY (due)
            ) ENGINE=InnoDB"
        );
    }

    /** What OpenCart itself mails when the order moves: that it was placed, above all. */
    public function addMove(string $orderId, int $from, int $to): void
    {
        $this->db->query(
            "INSERT INTO `{$this->table}` (order_id, from_status, to_status, due) VALUES (?, ?, ?, ?)",
            [$orderId, $from, $to, time()]
        );
    }

    /** @param string $key the same mail of an order is queued once */
    public function addText(string $orderId, string $key, string $text): void
    {
        $this->db->query(
            "INSERT INTO `{$this->table}` (order_id, mail_key, text, due) VALUES (?, ?, ?, ?)
             ON DUPLICATE KEY UPDATE order_id = order_id",
            [$orderId, $key, $text, time()]
        );
    }

    /** Whether there is any to be sent now. */
    public function isDue(): bool
    {
        return $this->db->query("SELECT id FROM `{$this->table}` WHERE due <= ? LIMIT 1", [time()]) !== [];
    }

    /**
     * Sends what is due.
     *
     * @param float $seconds after which no further mail is begun
     */
    public function send(float $seconds): void
    {
        $end = microtime(true) + $seconds;
        do {
            $mail = $this->claim();
            if ($mail === null) {
                return;
            }
            try {
                $this->sendOne($mail);
            } catch (\Throwable $error) {
                $this->platform->log("kessai: a mail about order {$mail['order_id']} could not be sent: " . OpenCartLog::named($error));
                $this->postpone($mail);
            }
        } while (microtime(true) < $end);
    }

    /** @return array<string, string|int|null>|null */
    private function claim(): ?array
    {
        $claim = bin2hex(random_bytes(16));
        $this->db->query(
            "UPDATE `{$this->table}` SET claim = ?, due = ?, tries = tries + 1 WHERE due <= ? ORDER BY id LIMIT 1",
            [$claim, time() + self::CLAIM, time()]
        );
        return $this->db->query("SELECT * FROM `{$this->table}` WHERE claim = ?", [$claim])[0] ?? null;
    }

    /** @param array<string, string|int|null> $mail */
    private function sendOne(array $mail): void
    {
        $orderId = (int) $mail['order_id'];
        if ($mail['text'] === null) {
            if (!$this->wasReached($orderId, (int) $mail['to_status'])) {
                // The move is still planned, or somebody else moved the order: then there is nothing to tell.
                $this->postpone($mail);
                return;
            }
            $this->platform->mailMove($orderId, (int) $mail['from_status'], (int) $mail['to_status']);
        } else {
            $texts = new Texts((string) ($this->platform->order($orderId)['language_code'] ?? ''));
            $this->platform->mailCustomer($orderId, $texts->of('mail_subject', ['order' => $orderId]), (string) $mail['text']);
        }
        $this->db->query("DELETE FROM `{$this->table}` WHERE id = ?", [$mail['id']]);
    }

    private function wasReached(int $orderId, int $status): bool
    {
        $sql = 'SELECT order_id FROM `' . DB_PREFIX . 'order_history` WHERE order_id = ? AND order_status_id = ? LIMIT 1';
        return $this->platform->query($sql, [$orderId, $status]) !== [];
    }

    /** @param array<string, string|int|null> $mail */
    private function postpone(array $mail): void
    {
        if ((int) $mail['tries'] >= self::TRIES) {
            $this->platform->log("kessai: a mail about order {$mail['order_id']} was given up");
            $this->db->query("DELETE FROM `{$this->table}` WHERE id = ?", [$mail['id']]);
            return;
        }
        $pause = min(3600, 30 * 2 ** min(7, (int) $mail['tries']));
        $this->db->query("UPDATE `{$this->table}` SET due = ? WHERE id = ?", [time() + $pause, $mail['id']]);
    }
}
