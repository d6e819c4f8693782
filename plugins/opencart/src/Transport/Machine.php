<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Transport;

use Kessai\OpenCart\Settings;

/**
 * The machine that the shop runs on, as far as PHP sees it: what the commands of {@see Guide} are filled with.
 *
 * @phpstan-type Facts array{
 *     serverUrl: string, runtime: string, system: string, container: string, user: string, group: string, uid: int, gid: int,
 *     mayStart: bool, node: string, nodeVersion: string
 * }
 */
final class Machine
{
    /** Where hosting panels and version managers put Node.js, beside the path. */
    private const PLACES = [
        '/usr/local/bin/node',
        '/usr/bin/node',
        '/opt/alt/alt-nodejs*/root/usr/bin/node',
        '/opt/cpanel/ea-nodejs*/bin/node',
        '/opt/plesk/node/*/bin/node',
    ];

    /**
     * - `serverUrl`: of the BTCPay Server; empty before there is one
     * - `runtime`: the folder of kessai for Node in this shop
     * - `system`: such as `debian 12`; empty where it cannot be told
     * - `container`: the id of the container that PHP runs in; empty where it runs in none
     * - `user`, `group`, `uid`, `gid`: those of this PHP process
     * - `mayStart`: whether PHP may start programs
     * - `node`, `nodeVersion`: the newest Node.js that PHP can start, such as `/usr/bin/node` and `22.12.0`; empty where there is
     *   none
     *
     * @return Facts
     */
    public static function facts(Settings $settings): array
    {
        $mayStart = function_exists('proc_open');
        [$node, $version] = $mayStart ? self::newestNode((string) $settings->get('node')) : ['', ''];
        return [
            'serverUrl' => (string) $settings->get('serverUrl'),
            'runtime' => dirname(__DIR__, 3) . '/node',
            'system' => self::system(),
            'container' => @is_file('/.dockerenv') ? (string) gethostname() : '',
            'mayStart' => $mayStart,
            'node' => $node,
            'nodeVersion' => $version,
        ] + self::owner();
    }

    private static function system(): string
    {
        $release = @parse_ini_string((string) @file_get_contents('/etc/os-release'));
        return trim(($release['ID'] ?? '') . ' ' . ($release['VERSION_ID'] ?? ''));
    }

    /** @return array{user: string, group: string, uid: int, gid: int} those of Debian's web server where PHP cannot tell */
    private static function owner(): array
    {
        if (!function_exists('posix_geteuid')) {
            return ['user' => 'www-data', 'group' => 'www-data', 'uid' => 33, 'gid' => 33];
        }
        [$uid, $gid] = [posix_geteuid(), posix_getegid()];
        $user = posix_getpwuid($uid)['name'] ?? (string) $uid;
        return ['user' => $user, 'group' => posix_getgrgid($gid)['name'] ?? (string) $gid, 'uid' => $uid, 'gid' => $gid];
    }

    /** @return array{string, string} path and version; two empty texts where there is none */
    private static function newestNode(string $configured): array
    {
        $found = ['', ''];
        foreach (self::candidates($configured) as $node) {
            $version = self::versionOf($node);
            if ($version !== '' && ($found[1] === '' || version_compare($version, $found[1]) > 0)) {
                $found = [$node, $version];
            }
        }
        return $found;
    }

    /** @return string[] */
    private static function candidates(string $configured): array
    {
        $path = array_map(static fn (string $folder): string => "$folder/node", explode(':', (string) getenv('PATH')));
        $patterns = array_merge($path, self::PLACES);
        if (strpos($configured, '/') === 0) {
            array_unshift($patterns, $configured);
        }
        $files = array_merge(...array_map(static fn (string $pattern): array => @glob($pattern) ?: [], $patterns));
        $programs = array_filter($files, static fn (string $file): bool => @is_executable($file));
        return array_unique(array_filter(array_map('realpath', $programs)));
    }

    /** Empty where it cannot be started, or says nothing within two seconds. */
    private static function versionOf(string $node): string
    {
        $process = @proc_open([$node, '--version'], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $streams);
        if ($process === false) {
            return '';
        }
        $read = [$streams[1]];
        $none = null;
        $said = stream_select($read, $none, $none, 2) === 1 ? (string) fgets($streams[1], 64) : '';
        fclose($streams[1]);
        proc_terminate($process, 9);
        proc_close($process);
        return preg_match('/^v(\d+\.\d+\.\d+)$/m', $said, $parts) ? $parts[1] : '';
    }
}
