<?php

/** OpenCart 3's names, its routes `extension/payment/<code>/<method>`, and its order API. */

declare(strict_types=1);

namespace Standin;

const MAJOR = 3;

foreach (['Registry', 'Controller', 'Model', 'Config', 'Action', 'Event', 'Proxy', 'Loader', 'DB', 'Request', 'Response', 'Session', 'Url', 'Language', 'Log', 'Cache', 'Document', 'Mail'] as $name) {
    class_alias(__NAMESPACE__ . "\\$name", $name);
}
foreach (['Cart', 'Customer', 'Currency', 'Tax'] as $name) {
    class_alias(__NAMESPACE__ . "\\$name", "Cart\\$name");
}

final class Order extends Model
{
    use OrderRows;

    /** The status is written after stock is taken, but before it is given back. */
    public function addOrderHistory($orderId, $statusId, $comment = '', $notify = false, $override = false): void
    {
        $order = $this->getOrder($orderId);
        if (!$order) {
            return;
        }
        $was = $this->isTaken($order['order_status_id']);
        if (!$was && $this->isTaken($statusId)) {
            $this->moveStock($orderId, '-');
        }
        $this->writeStatus($orderId, $statusId, $comment, $notify);
        if ($was && !$this->isTaken($statusId)) {
            $this->moveStock($orderId, '+');
        }
    }

    public function editOrder($orderId, $data): void
    {
        // An order that is edited is voided first, so that its stock comes back.
        $this->addOrderHistory($orderId, 0);
        $this->db->query('UPDATE oc_order SET total = ' . (float) $data['total'] . ' WHERE order_id = ' . (int) $orderId);
    }

    public function deleteOrder($orderId): void
    {
        $this->db->query('DELETE FROM oc_order WHERE order_id = ' . (int) $orderId);
    }

    public function getOrderProducts($orderId): array
    {
        return $this->rowsOf('order_product', $orderId);
    }

    public function getOrderTotals($orderId): array
    {
        return $this->rowsOf('order_total', $orderId);
    }
}

function extensionClass(string $kind, string $path): ?string
{
    $file = DIR_APPLICATION . "$kind/$path.php";
    if (!is_file($file)) {
        return null;
    }
    require_once $file;
    return ucfirst($kind) . preg_replace('/[^a-zA-Z0-9]/', '', $path);
}

function fileOf(string $kind, string $route, string $code): string
{
    return DIR_APPLICATION . "$kind/$code/$route.php";
}
