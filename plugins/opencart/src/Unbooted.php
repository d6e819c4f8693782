<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Sql\Connection;

/**
 * OpenCart's database without OpenCart: enough to look at orders. Most messages of a server change nothing that a customer or an
 * extension of the shop has to know of, and OpenCart's own start takes longer than all else.
 */
final class Unbooted implements Platform
{
    private Connection $db;

    private int $major;

    private bool $isNeeded = false;

    public function __construct(Connection $db, int $major)
    {
        $this->db = $db;
        $this->major = $major;
    }

    /** Whether something was asked for that takes OpenCart itself. */
    public function isNeeded(): bool
    {
        return $this->isNeeded;
    }

    public function major(): int
    {
        return $this->major;
    }

    public function version(): string
    {
        throw $this->need();
    }

    public function config(string $name)
    {
        $sql = 'SELECT value, serialized FROM `' . DB_PREFIX . 'setting` WHERE store_id = 0 AND `key` = ?';
        $row = $this->db->query($sql, [$name])[0] ?? null;
        return $row === null || !$row['serialized'] ? $row['value'] ?? null : json_decode((string) $row['value'], true);
    }

    public function query(string $sql, array $values = []): array
    {
        return $this->db->query($sql, $values);
    }

    public function order(int $orderId): ?array
    {
        return StoredOrder::read($this, $orderId);
    }

    public function moveOrder(int $orderId, int $statusId, ?callable $guard = null): void
    {
        throw $this->need();
    }

    public function mailMove(int $orderId, int $from, int $to): void
    {
        throw $this->need();
    }

    public function mailCustomer(int $orderId, string $subject, string $text): void
    {
        throw $this->need();
    }

    public function address(string $page, array $query = [], ?string $storeUrl = null): string
    {
        throw $this->need();
    }

    public function quickCallback(): string
    {
        throw $this->need();
    }

    /** Nothing of a try that OpenCart itself takes up again. */
    public function log(string $line): void
    {
        if (!$this->isNeeded) {
            $file = DIR_LOGS . basename((string) ($this->config('config_error_filename') ?? 'error.log'));
            file_put_contents($file, date('Y-m-d H:i:s') . " - $line\n", FILE_APPEND | LOCK_EX);
        }
    }

    private function need(): \LogicException
    {
        $this->isNeeded = true;
        return new \LogicException('This takes OpenCart itself.');
    }
}
