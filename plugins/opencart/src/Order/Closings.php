<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;

/** Orders whose invoices nobody shall pay any more, because the order was called off or changed: done when nobody waits. */
final class Closings
{
    /** Seconds for one order. */
    private const DEADLINE = 8.0;

    /** Seconds until a server that could not be asked is asked again. */
    private const PAUSE = 60;

    private Extension $extension;

    private string $table;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
        $this->table = $extension->prefix() . 'closing';
    }

    public function createTable(): void
    {
        $this->extension->db()->query(
            "CREATE TABLE IF NOT EXISTS `{$this->table}` (
                order_id INT UNSIGNED NOT NULL PRIMARY KEY,
                due INT UNSIGNED NOT NULL,
                KEY (due)
            ) ENGINE=InnoDB"
        );
    }

    /** Only where the order was ever to be paid through kessai. */
    public function add(int $orderId): void
    {
        if ($this->extension->orders()->record((string) $orderId) !== null) {
            $this->extension->db()->query("INSERT IGNORE INTO `{$this->table}` (order_id, due) VALUES (?, ?)", [$orderId, time()]);
        }
    }

    /** Nothing is to be closed any more: it is done, or the customer is about to pay after all. */
    public function remove(int $orderId): void
    {
        $this->extension->db()->query("DELETE FROM `{$this->table}` WHERE order_id = ?", [$orderId]);
    }

    /** @param float $seconds after which no further order is begun */
    public function work(float $seconds): void
    {
        $end = microtime(true) + $seconds;
        $sql = "SELECT order_id FROM `{$this->table}` WHERE due <= ? ORDER BY due LIMIT 50";
        foreach ($this->extension->db()->query($sql, [time()]) as $row) {
            if (microtime(true) >= $end) {
                return;
            }
            $this->close((int) $row['order_id']);
        }
    }

    /** @return bool whether it was seen to; where not, it is due again later */
    public function close(int $orderId): bool
    {
        try {
            $this->extension->kessai(null, self::DEADLINE)->btcpay()->closeInvoice(['orderId' => (string) $orderId]);
        } catch (KessaiException $error) {
            if ($error->isRetryable()) {
                $this->postpone($orderId);
                return false;
            }
            // There is money on it, or the order is gone: its history and its alerts say so.
        } catch (\Throwable $error) {
            // Of the shop's own. The other orders are to be closed all the same.
            $this->postpone($orderId);
            return false;
        }
        $this->remove($orderId);
        return true;
    }

    private function postpone(int $orderId): void
    {
        $this->extension->db()->query("UPDATE `{$this->table}` SET due = ? WHERE order_id = ?", [time() + self::PAUSE, $orderId]);
    }
}
