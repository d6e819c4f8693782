<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\OpenCart\Platform;

/**
 * What a move of an order has written so far, for shops whose tables know no transactions. Each statement is noted before and
 * after it is run; a later process that carries the move on leaves out what was run. Where a process ended between the two notes,
 * what the statement changes tells whether it was.
 */
final class Journal
{
    private Platform $platform;

    private string $table;

    private int $orderId;

    private int $from;

    private int $to;

    /**
     * @var list<array{string, bool, list<mixed>|null}> statements, as digests, in the order in which they were run; whether they
     *      ended; and what they were to change, as it was before
     */
    private array $written;

    /** @var list<array{string, bool, list<mixed>|null}> those of the process that ended, as far as they have not come again */
    private array $before;

    private bool $isContinued;

    private bool $isUnsure = false;

    /** @param list<array{string, bool, list<mixed>|null}> $before */
    private function __construct(Platform $platform, string $table, int $orderId, int $from, int $to, array $before, bool $isContinued)
    {
        $this->platform = $platform;
        $this->table = $table;
        $this->orderId = $orderId;
        $this->from = $from;
        $this->to = $to;
        $this->written = $before;
        $this->before = $before;
        $this->isContinued = $isContinued;
    }

    /** The journal that a process which ended left behind; null where there is none. */
    public static function left(Platform $platform, string $table, int $orderId): ?self
    {
        $rows = $platform->query("SELECT from_status, to_status, journal FROM `$table` WHERE order_id = ?", [$orderId]);
        if ($rows === []) {
            return null;
        }
        $written = json_decode((string) $rows[0]['journal'], true, 8, JSON_THROW_ON_ERROR);
        return new self($platform, $table, $orderId, (int) $rows[0]['from_status'], (int) $rows[0]['to_status'], $written, true);
    }

    /** For a move that begins now, or goes on. */
    public static function open(Platform $platform, string $table, int $orderId, int $status, int $to): self
    {
        $left = self::left($platform, $table, $orderId);
        // One that led elsewhere has nothing to do with this move: somebody has moved the order since.
        if ($left !== null && $left->to === $to && in_array($status, [$left->from, $to], true)) {
            return $left;
        }
        $platform->query(
            "INSERT INTO `$table` (order_id, from_status, to_status, journal) VALUES (?, ?, ?, '[]')
             ON DUPLICATE KEY UPDATE from_status = VALUES(from_status), to_status = VALUES(to_status), journal = VALUES(journal)",
            [$orderId, $status, $to]
        );
        return new self($platform, $table, $orderId, $status, $to, [], false);
    }

    public function from(): int
    {
        return $this->from;
    }

    public function to(): int
    {
        return $this->to;
    }

    public function isContinued(): bool
    {
        return $this->isContinued;
    }

    /** Whether a process ended in a statement that leaves no trace: it may have been run, and is not run again. */
    public function isUnsure(): bool
    {
        return $this->isUnsure;
    }

    /**
     * A statement of OpenCart's.
     *
     * @param callable(): mixed $run
     *
     * @return mixed what it gives; true where it was run before
     */
    public function run(string $sql, callable $run)
    {
        $order = preg_quote(DB_PREFIX . 'order', '/');
        // What reads, and the status itself, may come as often as it likes.
        if (!preg_match('/^\s*(INSERT|UPDATE|DELETE|REPLACE)\b/i', $sql) || preg_match("/^\s*UPDATE\s+`?$order`?\s/i", $sql)) {
            return $run();
        }
        $digest = substr(hash('sha256', $sql), 0, 16);
        $changed = $this->changedBy($sql);
        foreach ($this->before as $at => [$earlier, $ended, $was]) {
            if ($earlier === $digest) {
                unset($this->before[$at]);
                if ($ended || $was === null || $was !== $changed) {
                    $this->isUnsure = $this->isUnsure || (!$ended && $was === null);
                    return true;
                }
                return $this->note($at, $run);
            }
        }
        $this->written[] = [$digest, false, $changed];
        $this->store();
        return $this->note(count($this->written) - 1, $run);
    }

    /** @return mixed what a statement gives that is noted as begun */
    private function note(int $at, callable $run)
    {
        $result = $run();
        $this->written[$at][1] = true;
        $this->store();
        return $result;
    }

    /**
     * What a statement is about to change: the stock of a product, or the history of an order.
     *
     * @return list<mixed>|null null for others
     */
    private function changedBy(string $sql): ?array
    {
        $prefix = preg_quote(DB_PREFIX, '/');
        if (preg_match("/^\\s*UPDATE\\s+`?({$prefix}product\\w*)`?\\s+SET\\s+`?quantity`?\\s*=.*?\\sWHERE\\s(.+)$/is", $sql, $found)) {
            return $this->platform->query("SELECT quantity FROM `{$found[1]}` WHERE {$found[2]}");
        }
        if (preg_match("/^\\s*INSERT\\s+INTO\\s+`?({$prefix}order_history)`?\\s/i", $sql, $found)) {
            return $this->platform->query("SELECT COUNT(*) AS n FROM `{$found[1]}` WHERE order_id = ?", [$this->orderId]);
        }
        return null;
    }

    public function close(): void
    {
        $this->platform->query("DELETE FROM `{$this->table}` WHERE order_id = ?", [$this->orderId]);
    }

    private function store(): void
    {
        $this->platform->query(
            "UPDATE `{$this->table}` SET journal = ? WHERE order_id = ?",
            [json_encode($this->written, JSON_THROW_ON_ERROR), $this->orderId]
        );
    }
}
