<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** SQL for OpenCart's own connection, which takes no parameters beside a statement. */
final class Statement
{
    /**
     * The statement with a value for each `?`.
     *
     * @param list<string|int|null>    $values
     * @param callable(string): string $escape that of the connection
     */
    public static function filled(string $sql, array $values, callable $escape): string
    {
        $parts = explode('?', $sql);
        if (count($parts) !== count($values) + 1) {
            throw new \InvalidArgumentException('The statement has another number of values than places.');
        }
        $filled = array_shift($parts);
        foreach ($parts as $index => $part) {
            $value = $values[$index];
            $filled .= ($value === null ? 'NULL' : "'" . $escape((string) $value) . "'") . $part;
        }
        return $filled;
    }
}
