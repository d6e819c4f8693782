<?php

declare(strict_types=1);

/**
 * A caller in a shop: asks for an invoice by the client, and says what came of it. Anything else than a result or kessai's own
 * exception is PHP's error, and the web server's 500.
 */

require $_SERVER['KESSAI_CLIENT'] . '/autoload.php';

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\Transport\UnixSocket;

$settings = json_decode(file_get_contents($_SERVER['KESSAI_SETTINGS']), true, 64, JSON_THROW_ON_ERROR);
$deadline = (float) $_SERVER['KESSAI_DEADLINE'];
$kessai = new Kessai(new UnixSocket($_SERVER['KESSAI_SOCKET']), $settings, null, ['deadline' => $deadline]);
$began = microtime(true);
try {
    $said = ['id' => $kessai->btcpay()->getInvoice(['invoiceId' => $_GET['id']])['id']];
} catch (KessaiException $error) {
    $said = ['code' => $error->errorCode(), 'isRetryable' => $error->isRetryable()];
}
header('content-type: application/json');
echo json_encode($said + ['isInTime' => microtime(true) - $began <= $deadline]);
