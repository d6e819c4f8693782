<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** What every OpenCart has in its registry. */
abstract class RegistryPlatform implements Platform
{
    /** OpenCart's registry. */
    protected object $registry;

    /** Taken now: while an order is moved by a journal, the registry has another in its place. */
    private object $db;

    public function __construct(object $registry)
    {
        $this->registry = $registry;
        $this->db = $registry->get('db');
    }

    public function version(): string
    {
        return VERSION;
    }

    public function config(string $name)
    {
        return $this->registry->get('config')->get($name);
    }

    public function query(string $sql, array $values = []): array
    {
        $parts = explode('?', $sql);
        $text = (string) array_shift($parts);
        foreach ($parts as $at => $part) {
            $value = $values[$at] ?? null;
            $text .= ($value === null ? 'NULL' : "'" . $this->db->escape((string) $value) . "'") . $part;
        }
        $result = $this->db->query($text);
        return is_object($result) ? $result->rows : [];
    }

    public function order(int $orderId): ?array
    {
        return StoredOrder::read($this, $orderId);
    }

    public function log(string $line): void
    {
        $this->registry->get('log')->write($line);
    }
}
