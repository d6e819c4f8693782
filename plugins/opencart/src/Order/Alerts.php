<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\Effect\AlertEffect;
use Kessai\Sql\Connection;

/**
 * The open alerts of all orders, for a badge and a list. An order's own page reads them from its record; this table is what can
 * be counted without opening every record.
 */
final class Alerts
{
    private Connection $db;

    private string $table;

    /** @param string $prefix such as `oc_kessai_` */
    public function __construct(Connection $db, string $prefix)
    {
        $this->db = $db;
        $this->table = "{$prefix}alert";
    }

    public function createTable(): void
    {
        $this->db->query(
            "CREATE TABLE IF NOT EXISTS `{$this->table}` (
                order_id VARBINARY(255) NOT NULL,
                alert_key VARBINARY(255) NOT NULL,
                code VARBINARY(64) NOT NULL,
                text BLOB NOT NULL,
                at INT UNSIGNED NOT NULL,
                PRIMARY KEY (order_id, alert_key)
            ) ENGINE=InnoDB"
        );
    }

    /** The same alert of an order counts once, however often it is told. */
    public function add(string $orderId, AlertEffect $effect): void
    {
        $this->db->query(
            "INSERT INTO `{$this->table}` (order_id, alert_key, code, text, at) VALUES (?, ?, ?, ?, ?)
             ON DUPLICATE KEY UPDATE order_id = order_id",
            [$orderId, $effect->key, $effect->code, $effect->text, time()]
        );
    }

    /** How many are open. */
    public function open(): int
    {
        return (int) $this->db->query("SELECT COUNT(*) AS number FROM `{$this->table}`")[0]['number'];
    }

    /**
     * The newest first.
     *
     * @return list<array{orderId: string, key: string, code: string, text: string, at: int}> `at` in unix seconds
     */
    public function orders(): array
    {
        $rows = $this->db->query("SELECT * FROM `{$this->table}` ORDER BY at DESC, order_id DESC, alert_key");
        return array_map(static fn (array $row): array => [
            'orderId' => (string) $row['order_id'],
            'key' => (string) $row['alert_key'],
            'code' => (string) $row['code'],
            'text' => (string) $row['text'],
            'at' => (int) $row['at'],
        ], $rows);
    }

    /**
     * Removes those of an order that are no longer open.
     *
     * @param callable(): list<string> $open reads the keys of the open ones from the record; called after the list was read, so
     *     that an alert which comes in between stays
     */
    public function settle(string $orderId, callable $open): void
    {
        $rows = $this->db->query("SELECT alert_key FROM `{$this->table}` WHERE order_id = ?", [$orderId]);
        foreach (array_diff(array_map('strval', array_column($rows, 'alert_key')), $open()) as $key) {
            $this->db->query("DELETE FROM `{$this->table}` WHERE order_id = ? AND alert_key = ?", [$orderId, $key]);
        }
    }
}
