<?php

declare(strict_types=1);

use Kessai\Effect\Effect;
use Kessai\Effect\GoodsEffect;
use Kessai\Effect\StatusEffect;
use Kessai\Shop;

/**
 * A shop as OpenCart 3 is: its order table is MyISAM, and what is written there is there at once. `$api` stands for the
 * platform's own order API, on a connection of its own.
 */
final class ForeignShop implements Shop
{
    private OrderApi $api;

    public function __construct(OrderApi $api)
    {
        $this->api = $api;
    }

    public function order(string $orderId): ?array
    {
        // A number compared with text would find order 12 for '12x'.
        if (!preg_match('/^[1-9]\d{0,9}$/D', $orderId)) {
            return null;
        }
        $order = $this->api->order((int) $orderId);
        return $order === null ? null : ['status' => (string) $order['order_status_id'], 'method' => $order['payment_code']];
    }

    public function apply(string $orderId, Effect $effect): bool
    {
        return false;
    }

    public function carryOut(string $orderId, Effect $effect): void
    {
        if ($effect instanceof StatusEffect) {
            $this->api->setStatus((int) $orderId, (int) $effect->to);
        } elseif ($effect instanceof GoodsEffect) {
            $this->api->setDownloads((int) $orderId, $effect->to === 'release');
        } elseif (isset($effect->key)) {
            $this->api->say((int) $orderId, $effect->key, $effect->kind(), $effect->text);
        }
        // The date of payment is not shown in this shop; stock and points are moved by the platform with the status.
    }
}
