<?php

declare(strict_types=1);

return [
    'case_new' => 'not paid yet',
    'case_partlyPaid' => 'partly paid, still open',
    'case_processing' => 'paid, waiting for confirmation',
    'case_settled' => 'paid',
    'case_settledOverpaid' => 'paid, with more than was asked',
    'case_paidLate' => 'paid after the invoice had expired',
    'case_paidLateUnconfirmed' => 'paid after the invoice had expired, waiting for confirmation',
    'case_paidLatePartly' => 'expired, partly paid, some of it late',
    'case_expiredPartlyPaid' => 'expired, partly paid',
    'case_expiredUnpaid' => 'expired, not paid',
    'case_invalid' => 'failed: the payment was not confirmed',
    'case_invalidWithMoney' => 'failed, and yet there is money',
    'case_markedSettled' => 'marked as paid by hand',
    'case_markedInvalid' => 'closed, or marked as failed by hand',
];
