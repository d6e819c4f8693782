<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

/** OpenCart's database object while an order is moved by a journal. Everything but its statements goes straight through. */
final class JournaledDatabase
{
    private object $db;

    /** @var callable(string, callable(): mixed): mixed */
    private $guard;

    /** @param callable(string, callable(): mixed): mixed $guard runs a statement, or does not */
    public function __construct(object $db, callable $guard)
    {
        $this->db = $db;
        $this->guard = $guard;
    }

    /** @return mixed */
    public function query(string $sql)
    {
        return ($this->guard)($sql, fn () => $this->db->query($sql));
    }

    /**
     * @param array<int, mixed> $arguments
     *
     * @return mixed
     */
    public function __call(string $name, array $arguments)
    {
        return $this->db->$name(...$arguments);
    }
}
