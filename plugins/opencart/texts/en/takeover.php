<?php

declare(strict_types=1);

return [
    'takeover' => 'Take over from the BTCPay extension',
    'takeover_hint' => 'BTCPay Server’s own extension is set up in this shop.',
    'takeover_from' => 'BTCPay Server’s own extension in this shop',
    'takeover_none' => 'BTCPay Server’s own extension is not set up in this shop. There is nothing to take over.',
    'takeover_help' => 'One click makes these settings this extension’s own, registers its webhook, and offers customers this extension instead of the other. The other one stays installed, with its settings and its table.',
    'takeover_is_taken' => 'These settings have been taken over. Customers are no longer offered the other extension.',
    'takeover_server' => 'BTCPay Server',
    'takeover_store' => 'Store',
    'takeover_key' => 'API key',
    'takeover_mode' => 'Customers pay',
    'takeover_mode_modal' => 'in a window over the shop',
    'takeover_mode_redirect' => 'on BTCPay Server’s page',
    'takeover_minimum' => 'Minimum total',
    'takeover_zone' => 'Geo zone',
    'takeover_zone_all' => 'All zones',
    'takeover_sort' => 'Sort order',
    'takeover_status' => 'Order status when',
    'takeover_refunded' => 'refunded',
    'takeover_open' => 'The other extension still looks after these orders’ open invoices. Leave it installed until they have ended:',
    'takeover_open_none' => 'None of the other extension’s invoices is open at the server.',
    'takeover_take' => 'Take over',
    'takeover_taken' => 'Taken over: customers now pay by this extension.',
    'takeover_webhook' => 'The other extension’s webhook is no longer needed:',
    'takeover_finish' => 'Remove its webhook',
    'takeover_finished' => 'Its webhook is removed. You can uninstall the other extension now; its orders stay in the shop.',
];
