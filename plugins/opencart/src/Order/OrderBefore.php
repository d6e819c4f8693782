<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

/** OpenCart's order model, in which one order has the status from before it was moved. */
final class OrderBefore
{
    private object $model;

    private int $orderId;

    private int $status;

    public function __construct(object $model, int $orderId, int $status)
    {
        $this->model = $model;
        $this->orderId = $orderId;
        $this->status = $status;
    }

    /**
     * @param int|string $orderId
     *
     * @return array<string, mixed>|false nothing where there is no such order
     */
    public function getOrder($orderId)
    {
        $order = $this->model->getOrder($orderId);
        return $order && (int) $orderId === $this->orderId ? ['order_status_id' => $this->status] + $order : $order;
    }

    /**
     * @param array<int, mixed> $arguments
     *
     * @return mixed
     */
    public function __call(string $name, array $arguments)
    {
        return $this->model->$name(...$arguments);
    }
}
