<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Sql\Connection;
use Kessai\Sql\MysqliConnection;

/** The extension's own connection to the shop's database: what OpenCart commits on its own must not end the lock of an order. */
final class OwnConnection
{
    /** Seconds until the database counts as unreachable. */
    private const CONNECT = 5;

    /** Seconds that a lock is waited for: a webhook has to be answered within ten. */
    private const LOCK_WAIT = 4;

    /** Nothing but the class's one way to one. */
    private function __construct()
    {
    }

    /** @throws \RuntimeException where the database cannot be reached; without its name or user */
    public static function open(): Connection
    {
        // mysqli's report mode belongs to OpenCart, whose own driver relies on it.
        $mysqli = new \mysqli();
        $mysqli->options(MYSQLI_OPT_CONNECT_TIMEOUT, self::CONNECT);
        $port = defined('DB_PORT') ? (int) DB_PORT : 3306;
        try {
            $isOpen = @$mysqli->real_connect(DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, $port);
        } catch (\mysqli_sql_exception $_) {
            $isOpen = false;
        }
        if (!$isOpen) {
            throw new \RuntimeException("The shop's database cannot be reached.");
        }
        $mysqli->set_charset('utf8mb4');
        $connection = new MysqliConnection($mysqli);
        $connection->query('SET SESSION innodb_lock_wait_timeout = ' . self::LOCK_WAIT . ', time_zone = ?', [self::zone($connection)]);
        return $connection;
    }

    /** As OpenCart's own connection has it, so that all lines of an order's history have the same clock. */
    private static function zone(Connection $connection): string
    {
        $sql = 'SELECT value FROM `' . DB_PREFIX . "setting` WHERE `key` = 'config_timezone' AND store_id = 0";
        $name = (string) ($connection->query($sql)[0]['value'] ?? '');
        $zone = in_array($name, \DateTimeZone::listIdentifiers(), true) ? $name : date_default_timezone_get();
        return (new \DateTimeImmutable('now', new \DateTimeZone($zone)))->format('P');
    }
}
