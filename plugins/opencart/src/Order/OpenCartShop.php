<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Order;

use Kessai\Effect\AlertEffect;
use Kessai\Effect\Effect;
use Kessai\Effect\MailEffect;
use Kessai\Effect\NoteEffect;
use Kessai\Effect\StatusEffect;
use Kessai\OpenCart\Platform;
use Kessai\OpenCart\StoredOrder;
use Kessai\Shop;
use Kessai\Sql\Connection;

/**
 * An OpenCart order as kessai sees it. What has tables of the extension's own joins the transaction of the record; the status is
 * planned, and moved by OpenCart's own order API after the commit. Stock, coupons and points are OpenCart's with the status.
 */
final class OpenCartShop implements Shop
{
    private Platform $platform;

    private Connection $db;

    private Moves $moves;

    private MailQueue $mails;

    private Alerts $alerts;

    /** @var array<string, int> the status of each order when it was last looked at */
    private array $seen = [];

    public function __construct(Platform $platform, Connection $db, Moves $moves, MailQueue $mails, Alerts $alerts)
    {
        $this->platform = $platform;
        $this->db = $db;
        $this->moves = $moves;
        $this->mails = $mails;
        $this->alerts = $alerts;
    }

    public function order(string $orderId): ?array
    {
        $order = StoredOrder::named($this->platform, $orderId);
        if ($order === null) {
            return null;
        }
        $status = $this->moves->statusOf($order);
        $this->seen[$orderId] = $status;
        return [
            'status' => (string) $status,
            'method' => StoredOrder::method($order),
            // From these on OpenCart lets the customer download, and shops send.
            'shipped' => in_array($status, array_map('intval', (array) $this->platform->config('config_complete_status')), true),
        ];
    }

    public function apply(string $orderId, Effect $effect): bool
    {
        if ($effect instanceof StatusEffect) {
            $this->mails->addMove($orderId, $this->seen[$orderId], (int) $effect->to);
            return false;
        }
        if ($effect instanceof MailEffect) {
            $this->mails->addText($orderId, $effect->key, $effect->text);
        } elseif ($effect instanceof AlertEffect) {
            $this->alerts->add($orderId, $effect);
        } elseif ($effect instanceof NoteEffect) {
            // The first line of an order comes after its first status: before it, the order has none to be shown with.
            if ($this->seen[$orderId] === 0 || !$this->moves->areTransactional()) {
                return false;
            }
            $this->note($orderId, $effect->text);
        }
        // The date of payment is in the timeline; downloads follow the status.
        return true;
    }

    public function carryOut(string $orderId, Effect $effect): void
    {
        if ($effect instanceof StatusEffect) {
            $this->moves->carryOut((int) $orderId, (int) $effect->to);
        } elseif ($effect instanceof NoteEffect) {
            $this->note($orderId, $effect->text);
        }
    }

    /** A line in the order's history. Not by OpenCart's order API, which checks for fraud again, and may move the order. */
    private function note(string $orderId, string $text): void
    {
        $prefix = DB_PREFIX;
        $this->db->query(
            "INSERT INTO `{$prefix}order_history` (order_id, order_status_id, notify, comment, date_added)
             SELECT order_id, order_status_id, 0, ?, NOW() FROM `{$prefix}order` WHERE order_id = ?",
            // OpenCart shows the comment as HTML.
            [htmlspecialchars($text, ENT_QUOTES, 'UTF-8'), $orderId]
        );
    }
}
