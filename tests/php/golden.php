<?php

// Each case twice: its text as it is through the transport, and as PHP's arrays through Kessai::call.

declare(strict_types=1);

require __DIR__ . '/transports.php';

use Kessai\Kessai;

['place' => $place, 'cases' => $cases] = given();
$transport = transportOf($place);
$kessai = new Kessai($transport);
$replies = [];
foreach ($cases as ['op' => $op, 'input' => $input, 'raw' => $raw, 'twice' => $twice]) {
    $raw = $raw === null ? null : base64_decode($raw);
    $reply = ['text' => $transport->step($op, $input, $raw, 10.0)->text];
    if ($twice) {
        $reply['called'] = $kessai->call($op, json_decode($input, true), $raw);
    }
    $replies[] = $reply;
}
told($replies);
