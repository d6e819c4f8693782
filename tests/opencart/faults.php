<?php

/**
 * Fail points: a process of the shop ends, fails or stops at a statement, before or after it. `KESSAI_FAULT` names a file, which the
 * first to come there takes away: `at` (a pattern; statements begin with `own: ` or `shop: `), `when`, `how`, `skip` (how often it is
 * let pass). Loaded before everything else, so that it stands in a real shop as well.
 */

declare(strict_types=1);

namespace Kessai;

/** The time as kessai's classes see it: `KESSAI_LATER` names a file with the seconds by which it is later. */
function time(): int
{
    return \time() + (int) @file_get_contents((string) getenv('KESSAI_LATER'));
}

namespace Kessai\OpenCart\Order;

function time(): int
{
    return \Kessai\time();
}

namespace Faults;

/**
 * @param callable(): mixed $run
 *
 * @return mixed
 */
function around(string $statement, callable $run)
{
    static $passed = 0;
    $file = (string) getenv('KESSAI_FAULT');
    $fault = $file !== '' && is_file($file) ? json_decode((string) @file_get_contents($file), true) : null;
    if ($fault === null || !preg_match($fault['at'], preg_replace('/\s+/', ' ', $statement)) || $passed++ < ($fault['skip'] ?? 0)) {
        return $run();
    }
    $isTaken = @unlink($file);
    if ($isTaken && $fault['when'] === 'before') {
        strike($fault['how']);
    }
    $result = $run();
    if ($isTaken && $fault['when'] === 'after') {
        strike($fault['how']);
    }
    return $result;
}

function strike(string $how): void
{
    switch ($how) {
        case 'kill':
            posix_kill(getmypid(), SIGKILL);
            // The signal is on its way.
            sleep(5);
            break;
        case 'throw':
            throw new \Exception('Error: a statement failed, as a test wished');
        case 'warn':
            trigger_error('something of the shop complains', E_USER_WARNING);
            break;
        case 'exit':
            exit;
        default:
            throw new \InvalidArgumentException($how);
    }
}

/** A class of the shop's or of kessai's, under another name, and in its place one that passes by the fail points. */
function replace(string $file, string $class, string $instead): void
{
    $source = (string) file_get_contents($file);
    $renamed = preg_replace("/(final )?\bclass $class\b/", "class Real$class", $source, 1);
    eval(preg_replace('/^<\?php/', '', $renamed));
    eval($instead);
}

spl_autoload_register(static function (string $class): void {
    $shop = 'extends %s { public function query($sql): bool|object { return \Faults\around("shop: $sql", fn () => parent::query($sql)); } }';
    if ($class === 'Kessai\\Sql\\MysqliConnection') {
        $file = (new \ReflectionClass('Kessai\\Sql\\Connection'))->getFileName();
        replace(dirname($file) . '/MysqliConnection.php', 'MysqliConnection', <<<'PHP'
            namespace Kessai\Sql;
            final class MysqliConnection extends RealMysqliConnection
            {
                public function begin(): void
                {
                    \Faults\around('own: BEGIN', fn () => parent::begin());
                }

                public function commit(): void
                {
                    \Faults\around('own: COMMIT', fn () => parent::commit());
                }

                public function query(string $sql, array $values = []): array
                {
                    return \Faults\around("own: $sql", fn () => parent::query($sql, $values));
                }
            }
            PHP);
    } elseif ($class === 'Opencart\\System\\Library\\DB' && defined('DIR_SYSTEM')) {
        replace(DIR_SYSTEM . 'library/db.php', 'DB', 'namespace Opencart\System\Library; class DB ' . sprintf($shop, 'RealDB'));
    } elseif ($class === 'DB' && defined('DIR_SYSTEM') && is_file(DIR_SYSTEM . 'library/db.php')) {
        replace(DIR_SYSTEM . 'library/db.php', 'DB', 'class DB ' . sprintf($shop, 'RealDB'));
    }
});
