<?php

declare(strict_types=1);

namespace Kessai\Sql;

use Kessai\Effect\Effect;
use Kessai\Effect\MailEffect;
use Kessai\Effect\StatusEffect;
use Kessai\Log;
use Kessai\Shop;

/**
 * Effects that could not join the transaction of their record: stored in it, and carried out one by one after its commit.
 *
 * @internal
 */
final class Plan
{
    private Connection $db;

    private Tables $tables;

    private Shop $shop;

    private Log $log;

    public function __construct(Connection $db, Tables $tables, Shop $shop, Log $log)
    {
        $this->db = $db;
        $this->tables = $tables;
        $this->shop = $shop;
        $this->log = $log;
    }

    /**
     * Locks an order until the transaction ends, and reads its record. Whoever reads without a lock after this sees all that was
     * committed under it before, for InnoDB takes its picture of the database at the first such read.
     */
    public function lock(string $orderId): ?string
    {
        // Makes the row to be locked where it is missing, and locks it where it is there: two that only looked for it would
        // both wait for the other to make it.
        $this->db->query(
            "INSERT INTO `{$this->tables->orders}` (order_id) VALUES (?) ON DUPLICATE KEY UPDATE order_id = order_id",
            [$orderId]
        );
        $rows = $this->db->query("SELECT record FROM `{$this->tables->orders}` WHERE order_id = ? FOR UPDATE", [$orderId]);
        return isset($rows[0]['record']) ? (string) $rows[0]['record'] : null;
    }

    public function add(string $orderId, Effect $effect, string $seen): void
    {
        $this->db->query(
            "INSERT INTO `{$this->tables->effects}` (order_id, kind, seen, effect) VALUES (?, ?, ?, ?)",
            [$orderId, $effect->kind(), $seen, json_encode($effect->toArray(), JSON_THROW_ON_ERROR)]
        );
    }

    /** Whether anything is left that has to be done before something new is decided: everything but mails. */
    public function isLeft(string $orderId): bool
    {
        return $this->next($orderId, 0, false) !== null;
    }

    /** @return string[] orders with anything left */
    public function orders(): array
    {
        $rows = $this->db->query("SELECT DISTINCT order_id FROM `{$this->tables->effects}`");
        return array_map('strval', array_column($rows, 'order_id'));
    }

    /**
     * @param int $passed the effect after which it comes
     *
     * @return array<string, string|int|null>|null
     */
    public function next(string $orderId, int $passed, bool $withMails): ?array
    {
        $sql = "SELECT id, seen, effect FROM `{$this->tables->effects}`
                WHERE order_id = ? AND id > ? AND kind <> ? ORDER BY id LIMIT 1";
        return $this->db->query($sql, [$orderId, $passed, $withMails ? '' : MailEffect::KIND])[0] ?? null;
    }

    /**
     * Under the lock, which this takes.
     *
     * @param int $passed the effect after which it comes
     *
     * @return int the effect that was passed now
     */
    public function carryOutNext(string $orderId, int $passed, bool $withMails): int
    {
        $this->lock($orderId);
        $row = $this->next($orderId, $passed, $withMails);
        if ($row === null) {
            return $passed;
        }
        $effect = Effect::from(json_decode((string) $row['effect'], true, 512, JSON_THROW_ON_ERROR));
        if ($this->isDone($orderId, $effect, (string) $row['seen'])) {
            $this->db->query("DELETE FROM `{$this->tables->effects}` WHERE id = ?", [$row['id']]);
        }
        return (int) $row['id'];
    }

    /** @return bool whether nothing of it is left to be done */
    private function isDone(string $orderId, Effect $effect, string $seen): bool
    {
        if ($effect instanceof StatusEffect) {
            $status = $this->shop->order($orderId)['status'] ?? null;
            // Somebody who moved the order since is left in the right; and what was done before the process ended, is.
            if ($status !== $seen || $status === $effect->to) {
                return true;
            }
        }
        if (!$effect instanceof MailEffect) {
            $this->shop->carryOut($orderId, $effect);
            return true;
        }
        try {
            $this->shop->carryOut($orderId, $effect);
            return true;
        } catch (\Throwable $error) {
            // It stays, for the next time: no mail is a reason to leave an order behind.
            $this->log->problem(['orderId' => $orderId], $error);
            return false;
        }
    }
}
