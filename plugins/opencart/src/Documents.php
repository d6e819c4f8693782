<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Sql\Connection;

/**
 * The extension's own JSON documents, each under a name: settings, keys, the state of connecting. Not in OpenCart's table of
 * settings, which is emptied whenever the extension is uninstalled, as an upgrade makes necessary.
 */
final class Documents
{
    private Connection $db;

    private string $table;

    /** @param string $prefix such as `oc_kessai_` */
    public function __construct(Connection $db, string $prefix)
    {
        $this->db = $db;
        $this->table = "{$prefix}document";
    }

    public function createTable(): void
    {
        $this->db->query(
            "CREATE TABLE IF NOT EXISTS `{$this->table}` (
                name VARBINARY(64) NOT NULL PRIMARY KEY,
                value MEDIUMBLOB NOT NULL
            ) ENGINE=InnoDB"
        );
    }

    /** @return array<string, mixed> empty where there is none */
    public function read(string $name): array
    {
        return $this->decoded($this->db->query("SELECT value FROM `{$this->table}` WHERE name = ?", [$name]));
    }

    /**
     * Changes a document while nobody else can.
     *
     * @param callable(array<string, mixed>): array<string, mixed> $change
     *
     * @return array<string, mixed> as it is now
     */
    public function change(
        string $name,
        #[\SensitiveParameter]
        callable $change
    ): array {
        $this->db->begin();
        try {
            // Makes the row to be locked where it is missing.
            $this->db->query("INSERT INTO `{$this->table}` (name, value) VALUES (?, '{}') ON DUPLICATE KEY UPDATE name = name", [$name]);
            $now = $this->decoded($this->db->query("SELECT value FROM `{$this->table}` WHERE name = ? FOR UPDATE", [$name]));
            $changed = $change($now);
            $text = json_encode($changed, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
            $this->db->query("UPDATE `{$this->table}` SET value = ? WHERE name = ?", [$text, $name]);
            $this->db->commit();
            return $changed;
        } catch (\Throwable $error) {
            $this->db->rollBack();
            throw $error;
        }
    }

    /**
     * @param list<array<string, string|int|null>> $rows
     *
     * @return array<string, mixed>
     */
    private function decoded(array $rows): array
    {
        return $rows === [] ? [] : json_decode((string) $rows[0]['value'], true, 64, JSON_THROW_ON_ERROR);
    }
}
