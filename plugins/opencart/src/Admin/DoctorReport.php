<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\Ops\Table;

/**
 * What the shop's owner may show to anybody: the versions, and of each check its id, its verdict and the stable word for what was
 * found. No text of a check is in it, because those name addresses, stores and what servers said.
 */
final class DoctorReport
{
    /** Characters of a line. */
    private const WIDTH = 80;

    /** What a server says of its version, and nothing else of what it says. */
    private const SERVER = '/BTCPay Server (\d{1,4}(?:\.\d{1,4}){1,3})/';

    /**
     * @param array{verdict: string, checks: list<array<string, mixed>>} $diagnosis
     * @param string                                                     $shop      such as `OpenCart 4.1.0.4`
     * @param string                                                     $transport of the settings
     */
    public static function text(array $diagnosis, string $shop, string $transport): string
    {
        $checks = $diagnosis['checks'];
        $about = array_column($checks, 'meaning', 'id')['server.version'] ?? '';
        $server = preg_match(self::SERVER, $about, $found) ? $found[1] : 'unknown';
        $versions = sprintf('kessai %s (%s), %s, PHP %s, BTCPay Server %s', Table::VERSION, $transport, $shop, PHP_VERSION, $server);
        $told = array_values(array_filter($checks, static fn (array $check): bool => !in_array($check['verdict'], ['ok', 'skipped'], true)));
        $widest = max(0, ...array_map('strlen', array_merge([''], array_column($told, 'id'))));
        $lines = array_map(static function (array $check) use ($widest): string {
            return sprintf('%-7s  %s  %s', $check['verdict'], str_pad($check['id'], $widest), $check['found']);
        }, $told);
        return implode("\n", array_merge(
            ['```', $versions, "verdict: {$diagnosis['verdict']}"],
            $lines,
            self::ids('skipped', $checks),
            self::ids('ok', $checks),
            ['```']
        ));
    }

    /**
     * The ids of one verdict, for which what was found says no more.
     *
     * @param list<array<string, mixed>> $checks
     *
     * @return list<string> lines
     */
    private static function ids(string $verdict, array $checks): array
    {
        $ids = array_column(array_filter($checks, static fn (array $check): bool => $check['verdict'] === $verdict), 'id');
        if ($ids === []) {
            return [];
        }
        $indent = "\n" . str_repeat(' ', strlen($verdict) + 2);
        return explode("\n", wordwrap("$verdict: " . implode(' ', $ids), self::WIDTH, $indent));
    }
}
