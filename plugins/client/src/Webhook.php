<?php

declare(strict_types=1);

namespace Kessai;

/**
 * The whole of a webhook: verify, find the order, apply. Every outcome is an answer.
 *
 * @internal
 */
final class Webhook
{
    /** Bytes of a body; BTCPay Server's are a few kilobytes. */
    private const BODY_LIMIT = 1024 * 1024;

    /**
     * In seconds. A delivery blocks all later ones of its webhook until it is answered (BTCPay Server 2.4.1, WebhookSender):
     * within ten, of which one is left to commit and to answer.
     */
    private const DEADLINE = 9.0;

    private Flow $flow;

    private Log $log;

    public function __construct(Flow $flow, Log $log)
    {
        $this->flow = $flow;
        $this->log = $log;
    }

    /** @param array<string, mixed> $headers */
    public function take(
        #[\SensitiveParameter]
        string $body,
        #[\SensitiveParameter]
        array $headers
    ): WebhookAnswer {
        try {
            $answer = $this->decide($body, self::named($headers));
        } catch (KessaiException $error) {
            $note = $error->answer() < 400 ? 'note' : 'code';
            $answer = new WebhookAnswer($error->answer(), [$note => $error->errorCode()]);
        } catch (\Throwable $error) {
            $answer = new WebhookAnswer(503, ['code' => 'host.failed']);
        }
        $this->log->answered($answer);
        return $answer;
    }

    /** @param array<string, string> $headers */
    private function decide(
        #[\SensitiveParameter]
        string $body,
        #[\SensitiveParameter]
        array $headers
    ): WebhookAnswer {
        if (strlen($body) > self::BODY_LIMIT) {
            return new WebhookAnswer(413, ['code' => 'webhook.tooLarge']);
        }
        $end = microtime(true) + self::DEADLINE;
        $read = $this->flow->run('btcpay.readWebhook', ['headers' => $headers], $body, null, self::DEADLINE);
        if (isset($read['ignored'])) {
            return new WebhookAnswer($read['answer'], ['note' => $read['ignored']]);
        }
        $order = new OrderKey($read['orderId'] ?? null, $read['invoiceId']);
        $input = ['message' => $read['message']];
        $applied = $this->flow->run('order.apply', $input, null, $order, $end - microtime(true));
        return new WebhookAnswer($read['answer'], ['note' => $applied['ignored'] ?? $applied['case']]);
    }

    /**
     * Headers by lower-case name, also of `$_SERVER`, which has them as HTTP_BTCPAY_SIG.
     *
     * @param array<string, mixed> $headers
     *
     * @return array<string, string>
     */
    private static function named(array $headers): array
    {
        $isServer = isset($headers['REQUEST_METHOD']);
        $named = [];
        foreach ($headers as $name => $value) {
            $value = is_array($value) ? reset($value) : $value;
            $name = strtolower((string) $name);
            if ($isServer) {
                $name = strncmp($name, 'http_', 5) === 0 ? strtr(substr($name, 5), '_', '-') : '';
            }
            if ($name !== '' && is_string($value) && preg_match('//u', $value)) {
                $named[$name] = $value;
            }
        }
        return $named;
    }
}
