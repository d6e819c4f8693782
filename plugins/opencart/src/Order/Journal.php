<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\OpenCart\Platform;

/**
 * What a move of an order has written so far, for shops whose tables know no transactions. Each statement is noted before and
 * after it is run; a later process that carries the move on leaves out what was run.
 */
final class Journal
{
    private Platform $platform;

    private string $table;

    private int $orderId;

    private int $from;

    private int $to;

    /** @var list<array{string, bool}> statements, as digests, in the order in which they were run; and whether they ended */
    private array $written;

    /** @var list<array{string, bool}> those of the process that ended, as far as they have not come again */
    private array $before;

    private bool $isContinued;

    private bool $isUnsure = false;

    /** @param list<array{string, bool}> $before */
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

    /** Whether a process ended between the two notes about a statement: it may have been run, and is not run again. */
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
        foreach ($this->before as $at => [$earlier, $ended]) {
            if ($earlier === $digest) {
                unset($this->before[$at]);
                $this->isUnsure = $this->isUnsure || !$ended;
                return true;
            }
        }
        $this->written[] = [$digest, false];
        $this->store();
        $result = $run();
        $this->written[count($this->written) - 1][1] = true;
        $this->store();
        return $result;
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
