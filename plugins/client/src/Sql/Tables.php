<?php

declare(strict_types=1);

namespace Kessai\Sql;

/**
 * kessai's own tables. InnoDB, whatever the shop's are: the lock and the record live here. Bytes, not characters: a record is
 * stored as it came whatever the connection's character set is, and no two order ids are taken for the same.
 *
 * @internal
 */
final class Tables
{
    /** The longest order or invoice id, in bytes. */
    public const ID_BYTES = 255;

    public string $orders;

    public string $invoices;

    public string $effects;

    /** @param string $prefix such as `oc_kessai_` */
    public function __construct(string $prefix)
    {
        if (!preg_match('/^[A-Za-z0-9_]{0,40}$/D', $prefix)) {
            throw new \InvalidArgumentException('A prefix of tables is made of letters, digits and _, at most 40.');
        }
        $this->orders = "{$prefix}order";
        $this->invoices = "{$prefix}invoice";
        $this->effects = "{$prefix}effect";
    }

    /** @return string[] statements that change nothing where the tables are there */
    public function statements(): array
    {
        $id = 'VARBINARY(' . self::ID_BYTES . ')';
        return [
            "CREATE TABLE IF NOT EXISTS `{$this->orders}` (
                order_id $id NOT NULL PRIMARY KEY,
                record MEDIUMBLOB
            ) ENGINE=InnoDB",
            // Servers before 1.7.1 tell of an invoice, and not whose it is.
            "CREATE TABLE IF NOT EXISTS `{$this->invoices}` (
                invoice_id $id NOT NULL PRIMARY KEY,
                order_id $id NOT NULL
            ) ENGINE=InnoDB",
            // What is still to be done after the commit; `seen` is the status that the order had when it was decided.
            "CREATE TABLE IF NOT EXISTS `{$this->effects}` (
                id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                order_id $id NOT NULL,
                kind VARBINARY(32) NOT NULL,
                seen VARBINARY(255) NOT NULL,
                effect MEDIUMBLOB NOT NULL,
                KEY (order_id)
            ) ENGINE=InnoDB",
        ];
    }
}
