<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/**
 * What OpenCart 3 and OpenCart 4 do each in their own way. Everything else is the same for both, and stands beside this file.
 *
 * @phpstan-type Order array{
 *     order_id: int, order_status_id: int, payment_code: string, total: string, currency_code: string, currency_value: string,
 *     store_id: int, store_url: string, language_code: string, customer_id: int, email: string, telephone: string,
 *     firstname: string, lastname: string, payment_country: string, payment_postcode: string, payment_zone: string,
 *     payment_city: string, payment_address_1: string, payment_address_2: string, date_added: string
 * }
 */
interface Platform
{
    /** `3` or `4`. */
    public function major(): int;

    /** OpenCart's own version, such as `4.1.0.4`. */
    public function version(): string;

    /** A setting of the shop, such as `config_complete_status`; null where it has none. */
    public function config(string $name);

    /**
     * A statement on the shop's own connection.
     *
     * @param list<string|int|null> $values one for each `?`
     *
     * @return list<array<string, string|int|null>> rows
     */
    public function query(string $sql, array $values = []): array;

    /**
     * An order as the database has it now, never from a cache.
     *
     * @return Order|null
     */
    public function order(int $orderId): ?array;

    /**
     * Moves an order by OpenCart's own order API, which moves stock, redeems coupons and writes the history; its mails stay
     * unsent: {@see mailMove()}. May throw anything that an extension of the shop throws.
     *
     * @param (callable(string, callable(): mixed): mixed)|null $guard gets every statement, and runs it or does not
     */
    public function moveOrder(int $orderId, int $statusId, ?callable $guard = null): void;

    /** Sends what OpenCart would have mailed when the order moved. Slow, and fails where the shop's mail server does. */
    public function mailMove(int $orderId, int $from, int $to): void;

    /** A mail to the order's customer in the shop's name. Does nothing where the shop has no mail engine. */
    public function mailCustomer(int $orderId, string $subject, string $text): void;

    /**
     * The absolute address of a page of this extension in the storefront, for other machines: never with `&amp;`.
     *
     * @param string                    $page     `callback`, `confirm`, `back`, `order`, `status`, `pay`, `authorized`, `job`
     * @param array<string, string|int> $query
     * @param string|null               $storeUrl of one of the shop's stores; the default store's unless told
     */
    public function address(string $page, array $query = [], ?string $storeUrl = null): string;

    /** The same as `callback`, by a file of its own that answers before OpenCart starts; not every server runs such files. */
    public function quickCallback(): string;

    /** A line in OpenCart's error log. */
    public function log(string $line): void;
}
