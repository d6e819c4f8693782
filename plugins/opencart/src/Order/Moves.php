<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\OpenCart\Platform;

/**
 * Moves orders so that a process which ends half-way takes no stock twice. OpenCart takes the stock first and writes the status
 * after it, each by itself: where all its tables are InnoDB, that is one transaction here; where they are MyISAM, as OpenCart
 * 3 makes them, a journal says what was done, and the move goes on where it ended.
 */
final class Moves
{
    /** The tables that OpenCart writes when it moves an order. */
    private const TABLES = ['order', 'order_history', 'product', 'product_option_value'];

    /** Whether this process moves an order now: not everything that OpenCart tells is somebody else's doing. */
    private static bool $isMoving = false;

    private Platform $platform;

    private string $table;

    private ?bool $areTransactional = null;

    public function __construct(Platform $platform, string $prefix)
    {
        $this->platform = $platform;
        $this->table = "{$prefix}move";
    }

    public function createTable(): void
    {
        $this->platform->query(
            "CREATE TABLE IF NOT EXISTS `{$this->table}` (
                order_id INT UNSIGNED NOT NULL PRIMARY KEY,
                from_status INT NOT NULL,
                to_status INT NOT NULL,
                journal MEDIUMBLOB NOT NULL
            ) ENGINE=InnoDB"
        );
    }

    public static function isMoving(): bool
    {
        return self::$isMoving;
    }

    /** Whether a move can be taken back as a whole. */
    public function areTransactional(): bool
    {
        if ($this->areTransactional === null) {
            $names = array_map(static fn (string $table): string => DB_PREFIX . $table, self::TABLES);
            $others = $this->platform->query(
                "SELECT COUNT(*) AS n FROM information_schema.TABLES
                 WHERE TABLE_SCHEMA = DATABASE() AND ENGINE <> 'InnoDB' AND TABLE_NAME IN (?, ?, ?, ?)",
                $names
            );
            $this->areTransactional = (int) $others[0]['n'] === 0;
        }
        return $this->areTransactional;
    }

    /**
     * The status that an order counts as having: that of before, where a move was cut off after the status was written. It is to
     * be carried on, for stock may still have to be given back.
     *
     * @param array<string, mixed> $order
     */
    public function statusOf(array $order): int
    {
        $status = (int) $order['order_status_id'];
        if ($this->areTransactional()) {
            return $status;
        }
        $left = Journal::left($this->platform, $this->table, (int) $order['order_id']);
        return $left !== null && $left->to() === $status ? $left->from() : $status;
    }

    /** @throws \Throwable whatever an extension of the shop throws; the order is then as it was, or the move goes on next time */
    public function carryOut(int $orderId, int $to): void
    {
        self::$isMoving = true;
        try {
            if ($this->areTransactional()) {
                $this->asTransaction($orderId, $to);
            } else {
                $this->byJournal($orderId, $to);
            }
        } finally {
            self::$isMoving = false;
        }
    }

    private function asTransaction(int $orderId, int $to): void
    {
        $this->platform->query('START TRANSACTION');
        try {
            $this->platform->moveOrder($orderId, $to);
            $this->platform->query('COMMIT');
        } catch (\Throwable $error) {
            try {
                $this->platform->query('ROLLBACK');
            } catch (\Throwable $_) {
                // A connection that is lost has rolled back; what led here says more.
            }
            throw $error;
        }
    }

    private function byJournal(int $orderId, int $to): void
    {
        $order = $this->platform->order($orderId);
        $journal = Journal::open($this->platform, $this->table, $orderId, (int) ($order['order_status_id'] ?? 0), $to);
        if ($journal->isContinued()) {
            // OpenCart compares old and new status to know what is to be done: it has to find the old one again.
            $this->platform->query(
                'UPDATE `' . DB_PREFIX . 'order` SET order_status_id = ? WHERE order_id = ?',
                [$journal->from(), $orderId]
            );
        }
        $this->platform->moveOrder($orderId, $to, [$journal, 'run']);
        $journal->close();
        if ($journal->isUnsure()) {
            $this->platform->log("kessai: order $orderId was moved by a process that ended while it wrote: check the stock of its products");
        }
    }
}
