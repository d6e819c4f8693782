<?php

declare(strict_types=1);

namespace Kessai\OpenCart4;

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

    /** @return array<string, mixed> */
    public function getOrder(int $orderId): array
    {
        $order = $this->model->getOrder($orderId);
        return $order !== [] && $orderId === $this->orderId ? ['order_status_id' => $this->status] + $order : $order;
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
