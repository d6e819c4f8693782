<?php

declare(strict_types=1);

// What is due, for a scheduler of the machine: php system/library/kessai_btcpay/job.php
if (PHP_SAPI !== 'cli') {
    http_response_code(404);
    exit;
}

chdir(dirname(__DIR__, 3));
$_GET['route'] = 'extension/payment/kessai_btcpay/job';
$_SERVER += [
    'HTTP_HOST' => 'localhost', 'HTTPS' => '', 'REMOTE_ADDR' => '127.0.0.1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/index.php',
    'SERVER_PORT' => '80', 'SERVER_PROTOCOL' => 'HTTP/1.1',
];
require 'index.php';
