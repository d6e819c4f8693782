<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Desk;

/**
 * RFC 4180, with the mark by which Excel knows UTF-8. A spreadsheet takes a cell that starts like a formula for one, so such a
 * cell gets an apostrophe: a customer can call themselves `=HYPERLINK(…)`.
 */
final class Csv
{
    public const MARK = "\u{FEFF}";

    /** @param list<list<string>> $rows */
    public static function lines(array $rows): string
    {
        $lines = array_map(static fn (array $row): string => implode(',', array_map([self::class, 'cell'], $row)) . "\r\n", $rows);
        return implode('', $lines);
    }

    private static function cell(string $text): string
    {
        $harmless = preg_match('/^\s*[=+\-@\t\r]/', $text) ? "'$text" : $text;
        return preg_match('/[",\r\n]/', $harmless) ? '"' . str_replace('"', '""', $harmless) . '"' : $harmless;
    }
}
