<?php

declare(strict_types=1);

namespace Kessai\Sql;

use Kessai\Decision;
use Kessai\Log;
use Kessai\OrderKey;
use Kessai\OrderRow;
use Kessai\Orders;
use Kessai\Shop;

/**
 * The host contract on MySQL and MariaDB: the record and its lock in tables of kessai's own, and what the shop does in the
 * same transaction or, where it cannot join, planned there and carried out after the commit.
 */
final class SqlOrders implements Orders
{
    /** Tries of a transaction that the database ends because of locks. */
    private const TRIES = 5;

    /** Seconds after which none is begun again: whoever sent a webhook waits for ten. */
    private const PATIENCE = 6.0;

    /** How often another process may be found to have planned something in between. */
    private const ROUNDS = 10;

    private Connection $db;

    private Tables $tables;

    private Plan $plan;

    private Shop $shop;

    private Log $log;

    /**
     * @param Connection  $db     the shop's own, where {@see Shop::apply()} writes within the transaction; one of its own where
     *                            the shop's code commits, for that would end the lock
     * @param string      $prefix of the tables, such as `oc_kessai_`
     * @param object|null $logger any PSR-3 logger; is told of mails and plans that could not be carried out
     */
    public function __construct(Connection $db, Shop $shop, string $prefix = 'kessai_', ?object $logger = null)
    {
        $this->db = $db;
        $this->tables = new Tables($prefix);
        $this->shop = $shop;
        $this->log = new Log($logger);
        $this->plan = new Plan($db, $this->tables, $shop, $this->log);
    }

    /** Makes the tables that are missing; for the installation of a plugin. */
    public function createTables(): void
    {
        foreach ($this->tables->statements() as $statement) {
            $this->db->query($statement);
        }
    }

    public function transact(
        OrderKey $key,
        #[\SensitiveParameter]
        callable $step
    ): bool {
        $orderId = $key->orderId ?? $this->orderOf((string) $key->invoiceId);
        if ($orderId === null || $orderId === '' || strlen($orderId) > Tables::ID_BYTES) {
            return false;
        }
        for ($round = 1; $round <= self::ROUNDS; $round++) {
            // What a process that ended left to be done comes first, so that the core sees a shop that shows what it was told.
            $this->carryOut($orderId, false);
            $found = $this->transaction(fn (): ?bool => $this->decide($orderId, $step));
            if ($found !== null) {
                $this->carryOut($orderId, true);
                return $found;
            }
        }
        throw new \RuntimeException('Other processes plan for this order without end.');
    }

    /**
     * What processes that ended left to be done, for a job: no message may come any more about those orders. One order's trouble
     * is no reason to leave the others.
     */
    public function carryOutLeft(): void
    {
        foreach ($this->plan->orders() as $orderId) {
            try {
                $this->carryOut($orderId, true);
            } catch (\Throwable $error) {
                $this->log->problem(['orderId' => $orderId], $error);
            }
        }
    }

    /**
     * Every order that has a record, for {@see \Kessai\Kessai::reconcile()}. Read without a lock, some at a time.
     *
     * @return \Generator<int, array{orderId: string, record: string}>
     */
    public function records(): \Generator
    {
        $last = '';
        do {
            $rows = $this->db->query(
                "SELECT order_id, record FROM `{$this->tables->orders}`
                 WHERE order_id > ? AND record IS NOT NULL ORDER BY order_id LIMIT 100",
                [$last]
            );
            foreach ($rows as $row) {
                $last = (string) $row['order_id'];
                yield ['orderId' => $last, 'record' => (string) $row['record']];
            }
        } while ($rows !== []);
    }

    /** The stored record, for `order.timeline` and `checkout.standing`; null where there is none. */
    public function record(string $orderId): ?string
    {
        $rows = $this->db->query("SELECT record FROM `{$this->tables->orders}` WHERE order_id = ?", [$orderId]);
        return isset($rows[0]['record']) ? (string) $rows[0]['record'] : null;
    }

    /**
     * Under the lock.
     *
     * @param callable(OrderRow): Decision $step
     *
     * @return bool|null whether there is such an order; null where another process has planned something that comes first
     */
    private function decide(
        string $orderId,
        #[\SensitiveParameter]
        callable $step
    ): ?bool {
        $record = $this->plan->lock($orderId);
        if ($this->plan->isLeft($orderId)) {
            return null;
        }
        $shop = $this->shop->order($orderId);
        if ($shop === null) {
            // Anybody's order id may stand in a message: nothing is kept of it.
            $this->db->query("DELETE FROM `{$this->tables->orders}` WHERE order_id = ? AND record IS NULL", [$orderId]);
            return false;
        }
        $decision = $step(new OrderRow($orderId, $record, $shop));
        if ($decision->save !== null) {
            $this->db->query("UPDATE `{$this->tables->orders}` SET record = ? WHERE order_id = ?", [$decision->save, $orderId]);
        }
        if ($decision->invoiceId !== null) {
            $this->db->query(
                "INSERT INTO `{$this->tables->invoices}` (invoice_id, order_id) VALUES (?, ?)
                 ON DUPLICATE KEY UPDATE order_id = order_id",
                [$decision->invoiceId, $orderId]
            );
        }
        foreach ($decision->effects as $effect) {
            if (!$this->shop->apply($orderId, $effect)) {
                $this->plan->add($orderId, $effect, $shop['status']);
            }
        }
        return true;
    }

    private function orderOf(string $invoiceId): ?string
    {
        $rows = $this->db->query("SELECT order_id FROM `{$this->tables->invoices}` WHERE invoice_id = ?", [$invoiceId]);
        return isset($rows[0]) ? (string) $rows[0]['order_id'] : null;
    }

    /** A transaction for each effect: a process that ends in between repeats one of them at most. */
    private function carryOut(string $orderId, bool $withMails): void
    {
        $passed = 0;
        while ($this->plan->next($orderId, $passed, $withMails) !== null) {
            $passed = $this->transaction(fn (): int => $this->plan->carryOutNext($orderId, $passed, $withMails));
        }
    }

    /**
     * Once more, from the lock on, where the database ended it because of locks; everything else goes out.
     *
     * @template T
     *
     * @param callable(): T $work
     *
     * @return T
     */
    private function transaction(
        #[\SensitiveParameter]
        callable $work
    ) {
        $began = microtime(true);
        for ($try = 1; ; $try++) {
            $this->db->begin();
            try {
                $result = $work();
                $this->db->commit();
                return $result;
            } catch (\Throwable $error) {
                $this->abandon();
                $isLate = $try === self::TRIES || microtime(true) - $began > self::PATIENCE;
                if ($isLate || !SqlException::isOfLocks($error)) {
                    throw $error;
                }
            }
        }
    }

    private function abandon(): void
    {
        try {
            $this->db->rollBack();
        } catch (\Throwable $_) {
            // A connection that is lost has rolled back; what led here says more.
        }
    }
}
