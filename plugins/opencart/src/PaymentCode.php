<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/** The code of the payment method of an order, wherever a version of OpenCart keeps it. */
final class PaymentCode
{
    /**
     * @param array<string, mixed> $order a row of OpenCart's
     *
     * @return array<string, mixed> the same with `payment_code`
     */
    public static function added(array $order): array
    {
        // OpenCart 4 has the method as JSON, with a code such as `cod.cod`; OpenCart 3 a column of its own.
        $method = json_decode((string) ($order['payment_method'] ?? ''), true);
        $code = is_array($method) ? (string) ($method['code'] ?? '') : (string) ($order['payment_code'] ?? '');
        return ['payment_code' => explode('.', $code)[0]] + $order;
    }
}
