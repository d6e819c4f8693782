<?php

// What became of requests that PHP itself sends.

declare(strict_types=1);

require __DIR__ . '/transports.php';

use Kessai\Sender\CurlSender;

['requests' => $requests, 'seconds' => $seconds, 'reach' => $reach, 'caFile' => $caFile] = given() + ['caFile' => null];
told((new CurlSender($caFile))->send($requests, $seconds, $reach));
