<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

/** What can become of an order's money, and the status that kessai gives an order then unless it is told another. */
final class MoneyCases
{
    /** Money case => the id of OpenCart's status as installed; null where the order is left alone. As kessai's preset `opencart`. */
    public const PRESET = [
        'new' => 1,
        'partlyPaid' => 1,
        'processing' => 1,
        'settled' => 2,
        'settledOverpaid' => 2,
        'markedSettled' => 2,
        'paidLate' => 2,
        'paidLateUnconfirmed' => null,
        'paidLatePartly' => null,
        'expiredPartlyPaid' => null,
        'invalidWithMoney' => null,
        'expiredUnpaid' => 14,
        'invalid' => 10,
        'markedInvalid' => 10,
    ];
}
