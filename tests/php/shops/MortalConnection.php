<?php

declare(strict_types=1);

use Kessai\Sql\Connection;

/** Ends its process, as a power cut would, before the first statement that matches. */
final class MortalConnection implements Connection
{
    private Connection $db;

    private string $end;

    /** @param string $end a pattern of statements, or of BEGIN, COMMIT and `COMMIT done` */
    public function __construct(Connection $db, string $end)
    {
        $this->db = $db;
        $this->end = $end;
    }

    public function begin(): void
    {
        $this->meet('BEGIN');
        $this->db->begin();
    }

    public function commit(): void
    {
        $this->meet('COMMIT');
        $this->db->commit();
        $this->meet('COMMIT done');
    }

    public function rollBack(): void
    {
        $this->db->rollBack();
    }

    public function query(string $sql, array $values = []): array
    {
        $this->meet($sql);
        return $this->db->query($sql, $values);
    }

    private function meet(string $statement): void
    {
        if ($this->end !== '' && preg_match($this->end, $statement)) {
            posix_kill(getmypid(), SIGKILL);
        }
    }
}
