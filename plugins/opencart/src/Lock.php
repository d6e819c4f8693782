<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Sql\Connection;

/** Locks of this shop by name. They end with the connection, however its process ends. */
final class Lock
{
    private Connection $db;

    private string $prefix;

    /** @param string $prefix of the extension's tables */
    public function __construct(Connection $db, string $prefix)
    {
        $this->db = $db;
        $this->prefix = $prefix;
    }

    /**
     * @param int $seconds to wait for it
     *
     * @return bool whether it is this process's now
     */
    public function take(string $what, int $seconds): bool
    {
        return (int) $this->db->query('SELECT GET_LOCK(?, ?) AS got', [$this->name($what), $seconds])[0]['got'] === 1;
    }

    public function release(string $what): void
    {
        $this->db->query('SELECT RELEASE_LOCK(?)', [$this->name($what)]);
    }

    /** The names are one list for the whole database server, on which other shops may be. */
    private function name(string $what): string
    {
        return "kessai $what " . md5(DB_DATABASE . '.' . $this->prefix);
    }
}
