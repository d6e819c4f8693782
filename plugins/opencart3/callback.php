<?php

declare(strict_types=1);

// The address for webhooks: answers before OpenCart starts, and starts it only where an order has to be moved.
chdir(dirname(__DIR__, 4));
require_once 'config.php';
require DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

if ((new Kessai\OpenCart\Callback())->first(3)) {
    exit;
}

$_GET['route'] = 'extension/payment/kessai_btcpay/callback';
require 'index.php';
