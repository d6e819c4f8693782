<?php

declare(strict_types=1);

use Kessai\Sql\Connection;

/** What a platform like OpenCart 3 offers: each call is there at once, and no rollback takes it back. */
final class OrderApi
{
    private Connection $db;

    public function __construct(Connection $db)
    {
        $this->db = $db;
    }

    /** @return array<string, mixed>|null */
    public function order(int $id): ?array
    {
        return $this->db->query('SELECT order_status_id, payment_code FROM oc_order WHERE order_id = ?', [$id])[0] ?? null;
    }

    public function setStatus(int $id, int $status): void
    {
        $this->db->query('UPDATE oc_order SET order_status_id = ?, moves = moves + 1 WHERE order_id = ?', [$status, $id]);
    }

    public function setDownloads(int $id, bool $isOpen): void
    {
        $this->db->query('UPDATE oc_order SET downloads = ? WHERE order_id = ?', [(int) $isOpen, $id]);
    }

    public function say(int $id, string $key, string $kind, string $text): void
    {
        $this->db->query('INSERT INTO oc_message (order_id, message_key, kind, text) VALUES (?, ?, ?, ?)', [$id, $key, $kind, $text]);
    }
}
