<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Sender\CurlSender;
use Kessai\Sender\SidecarSender;
use Kessai\Transport\Sends;

/**
 * kessai for one shop: its settings, its database, and the way to the core.
 *
 *     $kessai = new Kessai(new UnixSocket(), $settings, $orders);
 *     $invoice = $kessai->btcpay()->createInvoice(['order' => ['id' => '1001', 'total' => '2400', 'currency' => 'JPY']]);
 *
 * @phpstan-import-type Settings from Ops\Table
 */
final class Kessai
{
    /** For one operation with all its requests and retries, in seconds. */
    private const DEADLINE = 25.0;

    private const OPTIONS = ['sender', 'logger', 'now', 'deadline'];

    private Door $door;

    private Flow $flow;

    private Webhook $webhook;

    /**
     * @param Settings    $settings for one store; docs/manual/protocol.md has them all. Not needed to connect
     * @param Orders|null $orders   the shop's database; needed by the operations that have a record
     * @param array{
     *     sender?: Sender,
     *     logger?: object,
     *     now?: callable(): int,
     *     deadline?: float,
     * } $options `sender`: who sends the requests to the gateway, the sidecar unless told, PHP itself with the transport Process;
     *     `logger`: any PSR-3 logger; `now`: unix seconds; `deadline`: for one operation with all its requests, 25 seconds unless
     *     told
     */
    public function __construct(
        Transport $transport,
        #[\SensitiveParameter]
        array $settings = [],
        ?Orders $orders = null,
        array $options = []
    ) {
        $unknown = array_diff(array_keys($options), self::OPTIONS);
        if ($unknown !== []) {
            $known = implode(', ', self::OPTIONS);
            throw new \InvalidArgumentException('There is no option ' . implode(', ', $unknown) . "; there are $known");
        }
        $language = is_string($settings['language'] ?? null) ? $settings['language'] : 'en';
        $log = new Log($options['logger'] ?? null);
        $this->door = new Door($transport, $language);
        $usual = $transport instanceof Sends ? new SidecarSender($this->door, $transport) : new CurlSender();
        $now = $options['now'] ?? static fn (): int => time();
        $deadline = $options['deadline'] ?? self::DEADLINE;
        $this->flow = new Flow($this->door, $options['sender'] ?? $usual, $orders, $settings, $now, $deadline, $log);
        $this->webhook = new Webhook($this->flow, $log);
    }

    public function btcpay(): Ops\Btcpay
    {
        return new Ops\Btcpay($this->flow);
    }

    public function order(): Ops\Order
    {
        return new Ops\Order($this->flow);
    }

    public function checkout(): Ops\Checkout
    {
        return new Ops\Checkout($this->flow);
    }

    public function doctor(): Ops\Doctor
    {
        return new Ops\Doctor($this->flow);
    }

    /**
     * A webhook, whole: verifies it, finds the order, and brings it up to date. Never throws; give its answer to whoever sent
     * the webhook.
     *
     * @param string               $body    as it came: `file_get_contents('php://input')`
     * @param array<string, mixed> $headers by name, as of `getallheaders()`; or `$_SERVER`
     */
    public function webhook(
        #[\SensitiveParameter]
        string $body,
        #[\SensitiveParameter]
        array $headers
    ): WebhookAnswer {
        return $this->webhook->take($body, $headers);
    }

    /**
     * Looks after orders whose webhooks may be lost: those that are due by their records. What stands at the server otherwise
     * than in its record is brought up to date. For a job, every few minutes; stop it at any point.
     *
     * @param iterable<array{orderId: string, record: string|null}> $orders read without a lock: {@see Sql\SqlOrders::records()}
     * @param bool                                                  $all    every order, not only those that are due
     *
     * @return \Generator<int, array{
     *     orderId: string,
     *     outcome: 'unchanged'|'checked'|'failed',
     *     case?: string,
     *     error?: \Throwable,
     * }>
     *
     * @throws KessaiException where the server cannot be asked at all
     */
    public function reconcile(iterable $orders, bool $all = false): \Generator
    {
        return (new Reconcile($this->flow))->run($orders, $all);
    }

    /**
     * One step of the protocol, for a shop with a runner of its own. The input is whole: settings, record, shop and now are in
     * it.
     *
     * @param array<string, mixed> $input
     * @param string|null          $raw   a body as it came off the wire
     *
     * @return array<string, mixed> exactly one of `ok`, `err` and `send` (with `then`), and beside it `save` and `effects`
     *
     * @throws KessaiException where the core could not be asked
     */
    public function call(
        string $op,
        #[\SensitiveParameter]
        array $input,
        #[\SensitiveParameter]
        ?string $raw = null
    ): array {
        return $this->door->call($op, $input, $raw);
    }
}
