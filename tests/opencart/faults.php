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
    $file = (string) getenv('KESSAI_LATER');
    return \time() + (is_file($file) ? (int) file_get_contents($file) : 0);
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
    $fault = $file !== '' && is_file($file) ? json_decode((string) file_get_contents($file), true) : null;
    if ($fault === null || !preg_match($fault['at'], preg_replace('/\s+/', ' ', $statement)) || $passed++ < ($fault['skip'] ?? 0)) {
        return $run();
    }
    $isTaken = is_file($file) && unlink($file);
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

/**
 * A class of the shop's or of kessai's that passes by the fail points.
 *
 * @param array<string, string> $changes of its source
 */
function change(string $file, array $changes): void
{
    $source = (string) file_get_contents($file);
    foreach ($changes as $from => $to) {
        if (strpos($source, $from) === false) {
            throw new \LogicException("$file does not have any more: $from");
        }
        $source = str_replace($from, $to, $source);
    }
    eval(preg_replace('/^<\?php/', '', $source));
}

spl_autoload_register(static function (string $class): void {
    if ($class === 'Kessai\\Sql\\MysqliConnection') {
        $folder = dirname((new \ReflectionClass('Kessai\\Sql\\Connection'))->getFileName());
        change("$folder/MysqliConnection.php", [
            '$this->db->begin_transaction()' => '\Faults\around("own: BEGIN", fn () => $this->db->begin_transaction())',
            '$this->db->commit()' => '\Faults\around("own: COMMIT", fn () => $this->db->commit())',
            '$statement->execute()' => '\Faults\around("own: $sql", fn () => $statement->execute())',
        ]);
    } elseif (in_array($class, ['DB', 'Opencart\\System\\Library\\DB'], true) && is_file(DIR_SYSTEM . 'library/db.php')) {
        $query = 'return $this->adaptor->query($sql)';
        change(DIR_SYSTEM . 'library/db.php', [$query => 'return \Faults\around("shop: $sql", fn () => $this->adaptor->query($sql))']);
    }
});
