<?php

declare(strict_types=1);

namespace Kessai\Sql;

/** PDO, whatever its error mode and its way to prepare are. */
final class PdoConnection implements Connection
{
    private \PDO $pdo;

    public function __construct(\PDO $pdo)
    {
        if ($pdo->getAttribute(\PDO::ATTR_DRIVER_NAME) !== 'mysql') {
            throw new \InvalidArgumentException('SqlOrders is for MySQL and MariaDB; for others implement Kessai\Orders.');
        }
        $this->pdo = $pdo;
    }

    public function begin(): void
    {
        if ($this->pdo->inTransaction()) {
            throw new SqlException('A transaction is open on this connection already; call kessai outside of it.');
        }
        $this->checked($this->pdo->beginTransaction());
    }

    public function commit(): void
    {
        $this->checked($this->pdo->commit());
    }

    public function rollBack(): void
    {
        $this->checked($this->pdo->rollBack());
    }

    public function query(string $sql, array $values = []): array
    {
        // The server's own way to prepare: no text of a record is ever quoted into a statement.
        $statement = $this->checked($this->pdo->prepare($sql, [\PDO::ATTR_EMULATE_PREPARES => false]));
        if (!$statement->execute($values)) {
            throw self::failure($statement->errorInfo());
        }
        return $statement->columnCount() > 0 ? $statement->fetchAll(\PDO::FETCH_ASSOC) : [];
    }

    /**
     * @template T
     *
     * @param T|false $result
     *
     * @return T
     */
    private function checked($result)
    {
        if ($result === false) {
            throw self::failure($this->pdo->errorInfo());
        }
        return $result;
    }

    /** @param array<int, mixed> $info */
    private static function failure(array $info): SqlException
    {
        return new SqlException((string) ($info[2] ?? 'unknown'), (int) ($info[1] ?? 0));
    }
}
