<?php

// Calls one after the other over one transport, and what became of each, with everything that an exception shows.

declare(strict_types=1);

require __DIR__ . '/transports.php';

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\Sender\SidecarSender;
use Kessai\Transport\Failure;

['place' => $place, 'calls' => $calls, 'settings' => $settings] = given() + ['settings' => []];
$transport = transportOf($place);
$kessai = new Kessai($transport, $settings);
$outcomes = [];
foreach ($calls as $call) {
    $began = microtime(true);
    try {
        if (isset($call['sleep'])) {
            usleep((int) ($call['sleep'] * 1e6));
            continue;
        }
        if (isset($call['send'])) {
            $outcome = ['answer' => json_decode($transport->send(json_encode(['send' => $call['send']]), $call['seconds'] ?? 5.0)->text, true)];
        } elseif (isset($call['seconds'])) {
            $outcome = ['answer' => json_decode($transport->step($call['op'], json_encode($call['input']), null, $call['seconds'])->text, true)];
        } elseif (isset($call['typed'])) {
            [$group, $method] = explode('.', $call['op']);
            $outcome = ['ok' => $kessai->$group()->$method($call['input'])];
        } else {
            $outcome = ['reply' => $kessai->call($call['op'], $call['input'])];
        }
    } catch (Failure $failure) {
        $outcome = ['failure' => $failure->failure];
    } catch (KessaiException $error) {
        $outcome = [
            'code' => $error->errorCode(),
            'message' => $error->getMessage(),
            'remedy' => $error->remedy(),
            'retryable' => $error->isRetryable(),
            'retryAfter' => $error->retryAfter(),
            'answer' => $error->answer(),
            'shown' => print_r($error->getTrace(), true) . print_r($kessai, true) . print_r($transport, true) . $error,
        ];
    }
    $outcomes[] = $outcome + ['took' => microtime(true) - $began];
}
told($outcomes);
