<?php

declare(strict_types=1);

return [
    'case_new' => '未入金',
    'case_partlyPaid' => '一部入金(受付中)',
    'case_processing' => '入金済み(承認待ち)',
    'case_settled' => '入金済み',
    'case_settledOverpaid' => '入金済み(請求額より多い)',
    'case_paidLate' => '期限切れ後に入金済み',
    'case_paidLateUnconfirmed' => '期限切れ後に入金(承認待ち)',
    'case_paidLatePartly' => '期限切れ(一部入金、遅れた入金を含む)',
    'case_expiredPartlyPaid' => '期限切れ(一部入金)',
    'case_expiredUnpaid' => '期限切れ(未入金)',
    'case_invalid' => '失敗(入金が承認されませんでした)',
    'case_invalidWithMoney' => '失敗(ただし入金があります)',
    'case_markedSettled' => '手動で入金済みにした',
    'case_markedInvalid' => '請求書を閉じた、または手動で失敗にした',
];
