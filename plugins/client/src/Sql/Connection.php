<?php

declare(strict_types=1);

namespace Kessai\Sql;

/** A connection to MySQL or MariaDB, as far as {@see SqlOrders} needs it. */
interface Connection
{
    /** @throws SqlException where a transaction is open already: its commit would be somebody else's */
    public function begin(): void;

    public function commit(): void;

    public function rollBack(): void;

    /**
     * @param list<string|int|null> $values one for each `?`
     *
     * @return list<array<string, string|int|null>> rows; none for a statement that has none
     *
     * @throws SqlException
     */
    public function query(string $sql, array $values = []): array;
}
