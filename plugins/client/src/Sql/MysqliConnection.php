<?php

declare(strict_types=1);

namespace Kessai\Sql;

/** mysqli, whatever its report mode is. It cannot tell whether a transaction is open already: give it none in which one is. */
final class MysqliConnection implements Connection
{
    private \mysqli $db;

    public function __construct(\mysqli $db)
    {
        $this->db = $db;
    }

    public function begin(): void
    {
        $this->checked($this->db->begin_transaction());
    }

    public function commit(): void
    {
        $this->checked($this->db->commit());
    }

    public function rollBack(): void
    {
        $this->checked($this->db->rollback());
    }

    public function query(string $sql, array $values = []): array
    {
        $statement = $this->checked($this->db->prepare($sql));
        try {
            if ($values !== []) {
                $statement->bind_param(str_repeat('s', count($values)), ...$values);
            }
            if (!$statement->execute()) {
                throw new SqlException($statement->error, $statement->errno);
            }
            $result = $statement->get_result();
            if ($result === false && $statement->errno !== 0) {
                throw new SqlException($statement->error, $statement->errno);
            }
            return $result === false ? [] : $result->fetch_all(MYSQLI_ASSOC);
        } finally {
            $statement->close();
        }
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
            throw new SqlException($this->db->error, $this->db->errno);
        }
        return $result;
    }
}
