<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** An order as the database has it, with what each version of OpenCart keeps in a place of its own. */
final class StoredOrder
{
    /** @return array<string, mixed>|null a row of OpenCart's with `payment_code` and `language_code` */
    public static function read(Platform $platform, int $orderId): ?array
    {
        $prefix = DB_PREFIX;
        // The language's own code comes last, and so in place of the order's: before OpenCart 4.1 orders have none.
        $rows = $platform->query(
            "SELECT `order`.*, language.code AS language_code FROM `{$prefix}order` AS `order`
             LEFT JOIN `{$prefix}language` AS language ON language.language_id = `order`.language_id
             WHERE `order`.order_id = ?",
            [$orderId]
        );
        return $rows === [] ? null : ['payment_code' => self::code($rows[0])] + $rows[0];
    }

    /**
     * The order of one of kessai's ids, which are text: a number compared with text would find order 12 for '12x'.
     *
     * @return array<string, mixed>|null
     */
    public static function named(Platform $platform, string $orderId): ?array
    {
        return preg_match('/^[1-9]\d{0,9}$/D', $orderId) ? $platform->order((int) $orderId) : null;
    }

    /**
     * By what an order is paid, as kessai names it.
     *
     * @param array<string, mixed> $order
     */
    public static function method(array $order): string
    {
        return $order['payment_code'] === Extension::CODE ? 'btcpay' : (string) $order['payment_code'];
    }

    /** @param array<string, mixed> $order */
    private static function code(array $order): string
    {
        // OpenCart 4 has the method as JSON, with a code such as `cod.cod`; OpenCart 3 a column of its own.
        $method = json_decode((string) ($order['payment_method'] ?? ''), true);
        $code = is_array($method) ? (string) ($method['code'] ?? '') : (string) ($order['payment_code'] ?? '');
        return explode('.', $code)[0];
    }
}
