<?php

declare(strict_types=1);

use Kessai\Effect\AlertEffect;
use Kessai\Effect\Effect;
use Kessai\Effect\GoodsEffect;
use Kessai\Effect\MailEffect;
use Kessai\Effect\NoteEffect;
use Kessai\Effect\PaidDateEffect;
use Kessai\Effect\StatusEffect;
use Kessai\Effect\StockEffect;
use Kessai\Shop;
use Kessai\Sql\Connection;

/** A shop whose tables are all InnoDB: everything but its mails is in the transaction of the record. */
final class WholeShop implements Shop
{
    private Connection $db;

    /** @param Connection $db the one that SqlOrders has */
    public function __construct(Connection $db)
    {
        $this->db = $db;
    }

    public function order(string $orderId): ?array
    {
        $rows = $this->db->query('SELECT * FROM orders WHERE id = ? FOR UPDATE', [$orderId]);
        // Most collations take 'A1 ' for 'A1'.
        if ($rows === [] || $rows[0]['id'] !== $orderId) {
            return null;
        }
        ['status' => $status, 'method' => $method, 'shipped' => $shipped] = $rows[0];
        return ['status' => $status, 'method' => $method, 'shipped' => (bool) $shipped];
    }

    public function apply(string $orderId, Effect $effect): bool
    {
        if ($effect instanceof StatusEffect) {
            $this->db->query('UPDATE orders SET status = ? WHERE id = ?', [$effect->to, $orderId]);
        } elseif ($effect instanceof GoodsEffect) {
            $this->db->query('UPDATE orders SET goods = ? WHERE id = ?', [$effect->to, $orderId]);
        } elseif ($effect instanceof PaidDateEffect) {
            $this->db->query('UPDATE orders SET paid_at = ? WHERE id = ?', [$effect->to, $orderId]);
        } elseif ($effect instanceof StockEffect) {
            $this->move($orderId, $effect->to);
        } elseif ($effect instanceof NoteEffect || $effect instanceof AlertEffect) {
            $this->db->query(
                'INSERT IGNORE INTO order_messages (order_id, message_key, kind, text) VALUES (?, ?, ?, ?)',
                [$orderId, $effect->key, $effect->kind(), $effect->text]
            );
        } else {
            return false;
        }
        return true;
    }

    public function carryOut(string $orderId, Effect $effect): void
    {
        if (!$effect instanceof MailEffect) {
            // Points: this shop has none, and must not pass for having moved them.
            throw new LogicException("unknown effect: {$effect->kind()}");
        }
        // Where a shop would hand it to its mail server.
        $this->db->query(
            'INSERT IGNORE INTO order_messages (order_id, message_key, kind, text) VALUES (?, ?, ?, ?)',
            [$orderId, $effect->key, $effect->kind(), $effect->text]
        );
    }

    private function move(string $orderId, string $to): void
    {
        if ($this->db->query('SELECT id FROM orders WHERE id = ? AND stock <> ?', [$orderId, $to]) === []) {
            return;
        }
        $this->db->query('UPDATE orders SET stock = ? WHERE id = ?', [$to, $orderId]);
        $sign = $to === 'taken' ? '-' : '+';
        $this->db->query(
            "UPDATE products JOIN order_items AS item ON item.product_id = products.id
             SET products.stock = products.stock $sign item.quantity WHERE item.order_id = ?",
            [$orderId]
        );
    }
}
