<?php

declare(strict_types=1);

namespace Kessai;

/**
 * @internal {@see Kessai::reconcile()}
 */
final class Reconcile
{
    /** Orders in one call of the core, which asks for 25 in each request. */
    private const BATCH = 100;

    /** Bytes of records in one call, well below the core's limit for an input, however they are written as JSON. */
    private const BATCH_BYTES = 500000;

    private Flow $flow;

    public function __construct(Flow $flow)
    {
        $this->flow = $flow;
    }

    /**
     * @param iterable<array{orderId: string, record: string|null}> $orders
     *
     * @return \Generator<int, array{orderId: string, outcome: 'unchanged'|'checked'|'failed', case?: string, error?: \Throwable}>
     */
    public function run(iterable $orders, bool $all): \Generator
    {
        foreach (self::batches($orders) as $batch) {
            ['due' => $due] = $this->flow->run('order.reconcile', ['orders' => $batch, 'all' => $all]);
            $wanted = array_column($due, 'orderId');
            foreach ($batch as ['orderId' => $orderId]) {
                if (!in_array($orderId, $wanted, true)) {
                    yield ['orderId' => $orderId, 'outcome' => 'unchanged'];
                }
            }
            foreach ($due as $order) {
                yield $this->check($order);
            }
        }
    }

    /**
     * One order's failure is told and is no reason to leave the others.
     *
     * @param array{orderId: string, message?: object} $order
     *
     * @return array{orderId: string, outcome: 'checked'|'failed', case?: string, error?: \Throwable}
     */
    private function check(array $order): array
    {
        try {
            $applied = $this->flow->run('order.apply', ['check' => true] + $order);
            return ['orderId' => $order['orderId'], 'outcome' => 'checked', 'case' => $applied['case']];
        } catch (\Throwable $error) {
            return ['orderId' => $order['orderId'], 'outcome' => 'failed', 'error' => $error];
        }
    }

    /**
     * @param iterable<array{orderId: string, record: string|null}> $orders
     *
     * @return \Generator<int, array<int, array{orderId: string, record: string|null}>>
     */
    private static function batches(iterable $orders): \Generator
    {
        $batch = [];
        $bytes = 0;
        foreach ($orders as ['orderId' => $orderId, 'record' => $record]) {
            $batch[] = ['orderId' => $orderId, 'record' => $record];
            $bytes += strlen((string) $record);
            if (count($batch) === self::BATCH || $bytes >= self::BATCH_BYTES) {
                yield $batch;
                $batch = [];
                $bytes = 0;
            }
        }
        if ($batch !== []) {
            yield $batch;
        }
    }
}
