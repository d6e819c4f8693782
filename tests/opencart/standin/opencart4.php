<?php

/** OpenCart 4's names, its routes `extension/<code>/payment/<code>.<method>`, and its order API. */

declare(strict_types=1);

namespace Standin;

const MAJOR = 4;

foreach (['Registry', 'Controller', 'Model', 'Config', 'Action', 'Event', 'Proxy', 'Loader'] as $name) {
    class_alias(__NAMESPACE__ . "\\$name", "Opencart\\System\\Engine\\$name");
}
foreach (['DB', 'Request', 'Response', 'Session', 'Url', 'Language', 'Log', 'Cache', 'Document', 'Mail'] as $name) {
    class_alias(__NAMESPACE__ . "\\$name", "Opencart\\System\\Library\\$name");
}
foreach (['Cart', 'Customer', 'Currency', 'Tax'] as $name) {
    class_alias(__NAMESPACE__ . "\\$name", "Opencart\\System\\Library\\Cart\\$name");
}

final class Order extends Model
{
    use OrderRows;

    public function addHistory($orderId, $statusId, $comment = '', $notify = false, $override = false): int
    {
        $order = $this->model_checkout_order->getOrder($orderId);
        if (!$order) {
            return 0;
        }
        $was = $this->isTaken($order['order_status_id']);
        if (!$was && $this->isTaken($statusId)) {
            $this->moveStock($orderId, '-');
        }
        if ($was && !$this->isTaken($statusId)) {
            $this->moveStock($orderId, '+');
        }
        $this->writeStatus($orderId, $statusId, $comment, $notify);
        return (int) $this->db->getLastId();
    }

    public function editOrder($orderId, $data): void
    {
        // An order that is edited in the checkout is voided first.
        $this->addHistory($orderId, 16);
        $this->db->query('UPDATE oc_order SET total = ' . (float) $data['total'] . ' WHERE order_id = ' . (int) $orderId);
    }

    public function deleteOrder($orderId): void
    {
        $this->db->query('DELETE FROM oc_order WHERE order_id = ' . (int) $orderId);
    }

    public function getProducts($orderId): array
    {
        return $this->rowsOf('order_product', $orderId);
    }

    public function getTotals($orderId): array
    {
        return $this->rowsOf('order_total', $orderId);
    }
}

function extensionClass(string $kind, string $path): ?string
{
    if (!preg_match('#^extension/(\w+)/(.+)$#', $path, $found)) {
        return null;
    }
    $file = DIR_EXTENSION . "{$found[1]}/catalog/$kind/{$found[2]}.php";
    if (!is_file($file)) {
        return null;
    }
    require_once $file;
    $named = static fn (string $text): string => str_replace('_', '', ucwords($text, '_/'));
    return 'Opencart\\Catalog\\' . ucfirst($kind) . '\\Extension\\' . $named($found[1]) . '\\' . str_replace('/', '\\', $named($found[2]));
}

function fileOf(string $kind, string $route, string $code): string
{
    return preg_match('#^extension/(\w+)/(.+)$#', $route, $found) ? DIR_EXTENSION . "{$found[1]}/catalog/$kind/$code/{$found[2]}.php" : '';
}
