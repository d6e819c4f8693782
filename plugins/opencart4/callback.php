<?php

declare(strict_types=1);

// The address for webhooks: answers before OpenCart starts, and starts it only where an order has to be moved.
require __DIR__ . '/system/kessai/autoload.php';

chdir(dirname(__DIR__, 2));
require_once 'config.php';

if ((new Kessai\OpenCart\Callback())->first(4)) {
    exit;
}

$_GET['route'] = 'extension/kessai_btcpay/payment/kessai_btcpay.callback';
require 'index.php';
