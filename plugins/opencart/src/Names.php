<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** Names of locks: one list for the whole database server, on which other shops may be. */
final class Names
{
    private function __construct()
    {
    }

    /** @param string $prefix of the extension's tables */
    public static function lock(string $what, string $prefix): string
    {
        return "kessai $what " . md5(DB_DATABASE . '.' . $prefix);
    }
}
