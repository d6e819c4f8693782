<?php

declare(strict_types=1);

namespace Kessai;

/**
 * The shop's database, as far as kessai needs it. {@see Sql\SqlOrders} is one for MySQL and MariaDB; another keeps to
 * docs/manual/host-contract.md.
 */
interface Orders
{
    /**
     * Opens a transaction, locks the order's row, calls `$step` with it, stores and applies what it returns, commits, and
     * returns true. Returns false, without a call of `$step`, where there is no such order. Whatever is thrown, `$step`'s own
     * included, rolls back and goes out. A transaction that is repeated calls `$step` again.
     *
     * @param callable(OrderRow): Decision $step asks nobody but the core
     */
    public function transact(OrderKey $key, callable $step): bool;
}
