<?php

declare(strict_types=1);

return [
    'takeover' => 'BTCPay 拡張機能からの引き継ぎ',
    'takeover_hint' => 'このショップでは BTCPay Server 公式の拡張機能が設定されています。',
    'takeover_from' => 'このショップにある BTCPay Server 公式の拡張機能',
    'takeover_none' => 'このショップでは BTCPay Server 公式の拡張機能が設定されていません。引き継ぐものはありません。',
    'takeover_help' => 'ワンクリックで次の設定をこの拡張機能に引き継ぎ、webhook を登録し、お客様にはこの拡張機能だけを表示します。元の拡張機能は、設定とテーブルを含めてそのまま残ります。',
    'takeover_is_taken' => '次の設定は引き継ぎ済みです。元の拡張機能はお客様に表示されません。',
    'takeover_server' => 'BTCPay Server',
    'takeover_store' => 'ストア',
    'takeover_key' => 'API キー',
    'takeover_mode' => '支払い画面',
    'takeover_mode_modal' => 'ショップ上のウィンドウ',
    'takeover_mode_redirect' => 'BTCPay Server のページ',
    'takeover_minimum' => '最低金額',
    'takeover_zone' => '対象地域',
    'takeover_zone_all' => 'すべての地域',
    'takeover_sort' => '表示順',
    'takeover_status' => '注文ステータス:',
    'takeover_refunded' => '返金済み',
    'takeover_open' => '次の注文の未完了の請求書は、引き続き元の拡張機能が処理します。完了するまでアンインストールしないでください:',
    'takeover_open_none' => '元の拡張機能の未完了の請求書はサーバーにありません。',
    'takeover_take' => '引き継ぐ',
    'takeover_taken' => '引き継ぎました。お客様はこの拡張機能で支払います。',
    'takeover_webhook' => '元の拡張機能の webhook はもう必要ありません:',
    'takeover_finish' => 'webhook を削除する',
    'takeover_finished' => 'webhook を削除しました。元の拡張機能はアンインストールできます。注文はショップに残ります。',
];
