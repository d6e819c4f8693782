<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

/** What can become of an order's money, and the status that kessai gives an order then unless it is told another. */
final class MoneyCases
{
    /**
     * By what a merchant makes of them. Money case => the id of OpenCart's status as installed; null where the order is left alone.
     * As kessai's preset `opencart`.
     */
    public const GROUPS = [
        'waiting' => ['new' => 1, 'partlyPaid' => 1, 'processing' => 1],
        'paid' => ['settled' => 2, 'settledOverpaid' => 2, 'markedSettled' => 2, 'paidLate' => 2],
        'undecided' => ['paidLateUnconfirmed' => null, 'paidLatePartly' => null, 'expiredPartlyPaid' => null, 'invalidWithMoney' => null],
        'over' => ['expiredUnpaid' => 14, 'invalid' => 10, 'markedInvalid' => 10],
    ];

    /** @return array<string, int|null> all of them */
    public static function preset(): array
    {
        return array_merge(...array_values(self::GROUPS));
    }
}
