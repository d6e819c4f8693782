<?php

declare(strict_types=1);

return [
    'method_title' => 'ビットコイン / ライトニング',
    'button_pay' => 'ビットコインで支払う',
    'error_page' => '現在、ビットコインの支払いページを開けません。カートとご注文はそのまま残っています。少し待ってからもう一度お試しいただくか、別のお支払い方法をお選びください。',
    'error_order' => 'このご注文はお支払いいただけなくなりました。カートに戻り、もう一度お手続きください。',
    'error_link' => 'このリンクに当てはまるご注文がないか、リンクの期限が切れています。お支払い済みの場合は、注文番号を添えてお問い合わせください。',
    'opening' => '支払いページを開いています …',
    'leading_on' => 'ショップに戻っています …',
    'leading_on_link' => '続ける',
    'order_title' => 'ご注文 {order}',
    'button_again' => 'お手続きに戻る',
    'button_continue_payment' => '支払いを続ける',
    'button_shop' => '買い物を続ける',
    'mail_subject' => 'ご注文 {order}',
];
