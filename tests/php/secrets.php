<?php

// Everything that can be seen of failures, when keys, customers and bodies are canaries.

declare(strict_types=1);

require __DIR__ . '/transports.php';

use Kessai\Decision;
use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OrderKey;
use Kessai\OrderRow;
use Kessai\Orders;
use Kessai\Transport\Tcp;
use Kessai\Transport\UnixSocket;

['socket' => $socket, 'settings' => $settings, 'token' => $token, 'order' => $order, 'body' => $body, 'signature' => $signature] = given();

/** A PSR-3 logger as strict as any. */
final class Lines
{
    /** @var array<int, array<int, mixed>> */
    public array $lines = [];

    public function error(string $message, array $context = []): void
    {
        $this->lines[] = ['error', $message, $context];
    }

    public function info(string $message, array $context = []): void
    {
        $this->lines[] = ['info', $message, $context];
    }
}

/** A shop whose database fails before or after the core was asked. */
final class FailingOrders implements Orders
{
    private bool $isLate;

    public function __construct(bool $isLate)
    {
        $this->isLate = $isLate;
    }

    public function transact(OrderKey $key, #[\SensitiveParameter] callable $step): bool
    {
        if ($this->isLate) {
            $step(new OrderRow((string) $key->orderId, null, ['status' => 'awaiting']));
        }
        throw new PDOException('the database is gone');
    }
}

$log = new Lines();
$shown = '';
$outcomes = [];

function show($value): string
{
    ob_start();
    var_dump($value);
    return ob_get_clean() . print_r($value, true) . json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR);
}

$transports = [
    'absent' => new UnixSocket('/nowhere/kessai.sock'),
    'absent by TCP' => new Tcp('http://127.0.0.1:1', $token),
    'there' => new UnixSocket($socket),
];
foreach ($transports as $name => $transport) {
    foreach ([null, new FailingOrders(false), new FailingOrders(true)] as $orders) {
        $kessai = new Kessai($transport, $settings, $orders, ['logger' => $log]);
        $shown .= show($kessai) . show($transport) . show($kessai->btcpay());
        $calls = [
            static fn () => $kessai->btcpay()->createInvoice(['order' => $order]),
            static fn () => $kessai->btcpay()->checkConnection(['serverUrl' => 'https://127.0.0.1:1', 'apiKey' => $settings['apiKey']]),
            static fn () => $kessai->btcpay()->readWebhook(['headers' => ['btcpay-sig' => 'sha256=' . str_repeat('0', 64)]], $body),
            static fn () => $kessai->checkout()->verifyReturn(['token' => 'no', 'purpose' => 'return']),
            static fn () => $kessai->call('order.timeline', ['record' => "\xff"]),
            static fn () => $kessai->order()->apply(['orderId' => '1', 'secret' => $settings['apiKey']]),
        ];
        foreach ($calls as $at => $call) {
            try {
                $call();
                $outcomes[] = "$name $at: ok";
            } catch (Throwable $error) {
                // Before PHP 8.2 no attribute hides an argument.
                if ($error instanceof KessaiException && array_column($error->getTrace(), 'args') !== []) {
                    $shown .= 'a trace with arguments';
                }
                $outcomes[] = "$name $at: " . (method_exists($error, 'errorCode') ? $error->errorCode() : get_class($error));
                // Of the test's own frames nothing is said here: it is the client's that hold what was passed on.
                $frames = array_filter($error->getTrace(), static fn (array $frame): bool => strpos($frame['class'] ?? '', 'Kessai\\') === 0);
                $shown .= show($frames) . $error->getMessage() . $error->getTraceAsString();
            }
        }
        $shown .= show($kessai->webhook($body, ['btcpay-sig' => $signature])) . show($kessai->webhook($body, []));
    }
}
$lines = array_map(static function (array $line): array {
    // What the shop's own database says is the shop's; the rest is looked at as it is.
    unset($line[2]['exception']);
    return $line;
}, $log->lines);
told(['shown' => $shown, 'outcomes' => $outcomes, 'lines' => $lines]);
