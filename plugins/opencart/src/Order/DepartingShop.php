<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\Effect\AlertEffect;
use Kessai\Effect\Effect;
use Kessai\OpenCart\Platform;
use Kessai\OpenCart\StoredOrder;
use Kessai\Shop;

/**
 * An order in the moment before it is deleted: only its invoice matters, and what its merchant has to know. OpenCart 4.1 deletes
 * in the admin, where no order can be moved.
 */
final class DepartingShop implements Shop
{
    private Platform $platform;

    private Alerts $alerts;

    public function __construct(Platform $platform, Alerts $alerts)
    {
        $this->platform = $platform;
        $this->alerts = $alerts;
    }

    public function order(string $orderId): ?array
    {
        $order = StoredOrder::named($this->platform, $orderId);
        return $order === null ? null : ['status' => (string) $order['order_status_id'], 'method' => StoredOrder::method($order)];
    }

    public function apply(string $orderId, Effect $effect): bool
    {
        if ($effect instanceof AlertEffect) {
            $this->alerts->add($orderId, $effect);
        }
        return true;
    }

    public function carryOut(string $orderId, Effect $effect): void
    {
        // What was planned for the order goes with it.
    }
}
