<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Effect\Effect;

/**
 * Runs an operation through to its end, by the one rule of every host: call, store and apply under the lock of the order's
 * row; commit; send with no lock held; start over with `resume`.
 */
final class Flow
{
    /** The longest flow takes four rounds; more than this is a core that never ends. */
    private const MAX_ROUNDS = 12;

    /** Members of an input that name servers to be reached, beside that of the settings. */
    private const REACH = ['serverUrl', 'callbackUrl'];

    private Door $door;

    private Sender $sender;

    private ?Orders $orders;

    /** @var array<string, mixed> */
    private array $settings;

    /** @var callable(): int */
    private $now;

    private float $deadline;

    private Log $log;

    /**
     * @param array<string, mixed> $settings
     * @param callable(): int      $now
     */
    public function __construct(
        Door $door,
        Sender $sender,
        ?Orders $orders,
        #[\SensitiveParameter]
        array $settings,
        callable $now,
        float $deadline,
        Log $log
    ) {
        $this->door = $door;
        $this->sender = $sender;
        $this->orders = $orders;
        $this->settings = $settings;
        $this->now = $now;
        $this->deadline = $deadline;
        $this->log = $log;
    }

    /**
     * @param array<string, mixed> $input    the caller's part of it
     * @param string|null          $raw      a body as it came off the wire
     * @param OrderKey|null        $order    whose record is read and written, where the input does not say it
     * @param float|null           $deadline for all rounds and retries together, in seconds
     *
     * @return array<string, mixed> the operation's `ok`
     *
     * @throws KessaiException
     */
    public function run(
        string $op,
        #[\SensitiveParameter]
        array $input,
        #[\SensitiveParameter]
        ?string $raw = null,
        ?OrderKey $order = null,
        ?float $deadline = null
    ): array {
        $end = microtime(true) + ($deadline ?? $this->deadline);
        $order = $order ?? self::orderOf($op, $input);
        // The same in every round: what was made of it in the first must still fit in the last.
        $input += $this->ofTheHost($op);
        try {
            for (;;) {
                $reply = $this->attempt($op, $input, $raw, $order, $end);
                if (!isset($reply['err'])) {
                    return $reply['ok'];
                }
                $failure = new KessaiException($reply['err']);
                // At least a second, so that a gateway is never asked in a tight loop.
                $pause = max($failure->retryAfter() ?? 0, 1);
                $isAgain = $failure->isRetryable() && $failure->retryAfter() !== null && !self::isOfTheSidecar($failure);
                if (!$isAgain || microtime(true) + $pause >= $end) {
                    throw $failure;
                }
                sleep($pause);
            }
        } catch (\Throwable $error) {
            $this->log->failed($op, $order, $error);
            throw $error;
        }
    }

    /** A failure of the host's own, in the words of the core. */
    public function failure(string $code, ?string $details = null): KessaiException
    {
        return $this->door->failure($code, $details);
    }

    /**
     * @param array<string, mixed> $input
     *
     * @return array<string, mixed> a reply with `ok` or `err`
     */
    private function attempt(
        string $op,
        #[\SensitiveParameter]
        array $input,
        #[\SensitiveParameter]
        ?string $raw,
        ?OrderKey $order,
        float $end
    ): array {
        $reply = $this->step($op, $order, $end, fn (?OrderRow $row): array => $this->whole($op, $input, $row), $raw);
        for ($round = 1; isset($reply['send']); $round++) {
            if ($round === self::MAX_ROUNDS) {
                throw $this->failure('host.rounds', "$op did not end within " . self::MAX_ROUNDS . ' rounds of requests');
            }
            $responses = $this->sender->send($reply['send'], max(0.0, $end - microtime(true)), $this->reach($input));
            $then = $reply['then'];
            $resumed = fn (?OrderRow $row): array => [
                'then' => $then,
                'responses' => $responses,
                'input' => $this->whole($op, $input, $row),
            ];
            $reply = $this->step('resume', $order, $end, $resumed, $raw);
        }
        return $reply;
    }

    /**
     * One call of the core, inside the shop's transaction where the operation has a record.
     *
     * @param callable(?OrderRow): array<string, mixed> $input
     *
     * @return array<string, mixed> the reply, with what it says committed
     */
    private function step(
        string $op,
        ?OrderKey $order,
        float $end,
        #[\SensitiveParameter]
        callable $input,
        #[\SensitiveParameter]
        ?string $raw
    ): array {
        if ($order === null) {
            return $this->door->call($op, $input(null), $raw, self::rest($end));
        }
        if (($order->orderId ?? '') === '' && ($order->invoiceId ?? '') === '') {
            throw $this->failure('host.failed', "$op needs the id of an order");
        }
        if ($this->orders === null) {
            throw $this->failure('host.failed', "$op needs orders");
        }
        $reply = null;
        $found = $this->orders->transact($order, function (OrderRow $row) use (&$reply, $op, $end, $input, $raw): Decision {
            $reply = $this->door->call($op, $input($row), $raw, self::rest($end));
            $effects = array_map(fn (array $effect): Effect => $this->effect($effect), $reply['effects'] ?? []);
            return new Decision($reply['save'] ?? null, $effects, $reply['ok']['invoiceId'] ?? null);
        });
        if (!$found) {
            throw $this->failure('order.unknown');
        }
        if ($reply === null) {
            throw $this->failure('host.failed', 'orders.transact returned true and did not call step');
        }
        return $reply;
    }

    /** @param array<string, mixed> $effect */
    private function effect(array $effect): Effect
    {
        try {
            return Effect::from($effect);
        } catch (\UnexpectedValueException $error) {
            // Otherwise it would be stored as done.
            throw Texts::exception('client.effect', ['kind' => $error->getMessage()], $this->language());
        }
    }

    /**
     * The whole input of an operation, with the row as it is now.
     *
     * @param array<string, mixed> $input
     *
     * @return array<string, mixed>
     */
    private function whole(
        string $op,
        #[\SensitiveParameter]
        array $input,
        ?OrderRow $row
    ): array {
        $added = ['settings' => $this->settings, 'now' => ($this->now)()];
        if ($row !== null) {
            $added += ['orderId' => $row->orderId, 'record' => $row->record, 'shop' => $row->shop];
        }
        return array_intersect_key($added, array_flip(Ops\Table::MEMBERS[$op])) + $input;
    }

    /**
     * What the host itself has to say, where an operation asks for it and the caller does not.
     *
     * @return array<string, mixed>
     */
    private function ofTheHost(string $op): array
    {
        $members = array_flip(Ops\Table::MEMBERS[$op]);
        $given = [
            'random' => bin2hex(random_bytes(16)),
            'runtime' => ['name' => 'php', 'version' => PHP_VERSION],
            'parts' => [['name' => 'php-client', 'version' => Ops\Table::VERSION]],
        ];
        if (!isset($members['settings'])) {
            $given['language'] = $this->language();
        }
        return array_intersect_key($given, $members);
    }

    private function language(): string
    {
        return is_string($this->settings['language'] ?? null) ? $this->settings['language'] : 'en';
    }

    /**
     * @param array<string, mixed> $input
     *
     * @return string[]
     */
    private function reach(
        #[\SensitiveParameter]
        array $input
    ): array {
        $addresses = array_values(array_intersect_key($input, array_flip(self::REACH)));
        return array_filter(array_merge([$this->settings['serverUrl'] ?? null], $addresses), 'is_string');
    }

    /** @param array<string, mixed> $input */
    private static function orderOf(
        string $op,
        #[\SensitiveParameter]
        array $input
    ): ?OrderKey {
        $path = Ops\Table::ORDER[$op] ?? null;
        if ($path === null) {
            return null;
        }
        $id = array_reduce($path, static fn ($value, string $name) => is_array($value) ? $value[$name] ?? null : null, $input);
        return new OrderKey(is_string($id) ? $id : null);
    }

    /** What the sidecar refuses because it is busy or stops is tried again by whoever called, not by a process that waits. */
    private static function isOfTheSidecar(KessaiException $failure): bool
    {
        return strncmp($failure->errorCode(), 'sidecar.', 8) === 0;
    }

    /** Of the time there is, at least what a step needs: one that is not taken leaves an answer of the gateway unread. */
    private static function rest(float $end): float
    {
        return max(1.0, $end - microtime(true));
    }

    /** @return array<string, string> nothing of the settings */
    public function __debugInfo(): array
    {
        return [];
    }
}
