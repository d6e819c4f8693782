<?php

/** The order API and the mails of both versions. */

declare(strict_types=1);

namespace Standin;

trait OrderRows
{
    public function getOrder($orderId)
    {
        $row = $this->db->query('SELECT * FROM oc_order WHERE order_id = ' . (int) $orderId)->row;
        if ($row === []) {
            return MAJOR === 4 ? [] : false;
        }
        if (MAJOR === 4) {
            $row['payment_method'] = json_decode($row['payment_method'], true);
        }
        return $row + ['language_code' => 'en-gb', 'payment_iso_code_2' => 'JP'];
    }

    private function isTaken($statusId): bool
    {
        return in_array((int) $statusId, array_map('intval', array_merge(
            (array) $this->config->get('config_processing_status'),
            (array) $this->config->get('config_complete_status')
        )), true);
    }

    private function rowsOf(string $table, $orderId): array
    {
        return $this->db->query("SELECT * FROM oc_$table WHERE order_id = " . (int) $orderId)->rows;
    }

    /** Stock goes with the order, each product by a statement of its own, and none of it in a transaction. */
    private function moveStock($orderId, string $sign): void
    {
        foreach ($this->rowsOf('order_product', $orderId) as $row) {
            $this->db->query(
                "UPDATE `oc_product` SET quantity = (quantity $sign " . (int) $row['quantity'] . ') WHERE product_id = '
                . (int) $row['product_id'] . " AND subtract = '1'"
            );
        }
    }

    private function writeStatus($orderId, $statusId, $comment, $notify): void
    {
        $this->db->query('UPDATE `oc_order` SET order_status_id = ' . (int) $statusId . ', date_modified = NOW() WHERE order_id = ' . (int) $orderId);
        $this->db->query(
            'INSERT INTO `oc_order_history` SET order_id = ' . (int) $orderId . ', order_status_id = ' . (int) $statusId
            . ', notify = ' . (int) $notify . ", comment = '" . $this->db->escape($comment) . "', date_added = NOW()"
        );
    }
}

/** Told before an order moves: a new order is confirmed to its customer, another is written about where that is wished. */
class MailOrder extends Controller
{
    public function index(&$route, &$args): void
    {
        [$orderId, $statusId, $comment, $notify] = $args + [0, 0, '', false];
        $order = $this->model_checkout_order->getOrder($orderId);
        if ($order && $statusId && (!$order['order_status_id'] || $notify)) {
            $this->send($order['email'], $order['order_status_id'] ? "Order $orderId updated" : "Order $orderId");
        }
    }

    public function alert(&$route, &$args): void
    {
        $order = $this->model_checkout_order->getOrder($args[0]);
        if ($order && !$order['order_status_id'] && $args[1]) {
            $this->send($this->config->get('config_email'), "You have received order {$args[0]}");
        }
    }

    private function send($to, $subject): void
    {
        if (!$this->config->get('config_mail_engine')) {
            if (MAJOR === 3) {
                throw new \Exception('Error: Could not load mail adaptor !');
            }
            return;
        }
        $mail = new Mail($this->config->get('config_mail_engine'), [
            'smtp_hostname' => $this->config->get('config_mail_smtp_hostname'),
            'smtp_port' => $this->config->get('config_mail_smtp_port'),
        ]);
        $mail->setTo($to);
        $mail->setFrom($this->config->get('config_email'));
        $mail->setSubject($subject);
        $mail->setText($subject);
        $mail->send();
    }
}

/** Pages that a customer is sent to. Only the page of success empties the cart. */
class Pages extends Controller
{
    public function success(): void
    {
        if (isset($this->session->data['order_id'])) {
            $this->cart->clear();
            unset($this->session->data['order_id'], $this->session->data['payment_method']);
        }
        $this->response->setOutput('Your order has been placed!');
    }

    public function other(): void
    {
        $this->response->setOutput('A page of the shop');
    }

    public function part(): string
    {
        return '';
    }
}

class Setting extends Model
{
    public function getSetting($code, $storeId = 0)
    {
        $rows = $this->db->query("SELECT * FROM oc_setting WHERE code = '" . $this->db->escape($code) . "'")->rows;
        return array_column($rows, 'value', 'key');
    }

    public function getValue($key, $storeId = 0)
    {
        return (string) $this->config->get($key);
    }

    public function getSettingValue($key, $storeId = 0)
    {
        return $this->config->get($key);
    }

    public function editSetting($code, $data, $storeId = 0): void
    {
        $this->db->query("DELETE FROM oc_setting WHERE code = '" . $this->db->escape($code) . "'");
        foreach ($data as $key => $value) {
            $this->db->query("INSERT INTO oc_setting SET store_id = 0, code = '" . $this->db->escape($code) . "', `key` = '"
                . $this->db->escape($key) . "', value = '" . $this->db->escape((string) $value) . "', serialized = 0");
        }
    }
}

/** Where nothing stands: no geo zone, no store but the first. */
class None extends Model
{
    public function getGeoZone($geoZoneId, $countryId, $zoneId)
    {
        return [];
    }

    public function getStore($storeId)
    {
        return [];
    }

    public function getStores()
    {
        return [];
    }

    public function getLanguage($languageId)
    {
        return ['language_id' => 1, 'code' => 'en-gb'];
    }

    public function getLanguages()
    {
        return ['en-gb' => ['language_id' => 1, 'code' => 'en-gb']];
    }
}

/** What the merchant does in the admin, which goes through the order API as well. */
class Merchant extends Controller
{
    public function move(): void
    {
        $this->load->model('checkout/order');
        $method = MAJOR === 4 ? 'addHistory' : 'addOrderHistory';
        $this->model_checkout_order->$method((int) $this->request->get['order_id'], (int) $this->request->get['status']);
    }

    public function edit(): void
    {
        $this->load->model('checkout/order');
        $this->model_checkout_order->editOrder((int) $this->request->get['order_id'], ['total' => $this->request->get['total']]);
    }

    public function delete(): void
    {
        $this->load->model('checkout/order');
        $this->model_checkout_order->deleteOrder((int) $this->request->get['order_id']);
    }
}

const CONTROLLERS = [
    'mail/order' => MailOrder::class,
    'standin/merchant' => Merchant::class,
];

const MODELS = [
    'checkout/order' => Order::class,
    'setting/setting' => Setting::class,
    'localisation/geo_zone' => None::class,
    'setting/store' => None::class,
    'localisation/language' => None::class,
];

const PAGES = [
    'checkout/success' => 'success',
    'checkout/checkout' => 'other',
    'checkout/cart' => 'other',
    'checkout/confirm' => 'other',
    'checkout/failure' => 'other',
    'common/home' => 'other',
    'common/header' => 'part',
    'common/footer' => 'part',
    'common/column_left' => 'part',
    'common/column_right' => 'part',
    'common/content_top' => 'part',
    'common/content_bottom' => 'part',
];

/** @return array{object|null, string} */
function controllerOf(Registry $registry, string $route): array
{
    if (isset(PAGES[$route])) {
        return [new Pages($registry), PAGES[$route]];
    }
    foreach ([[$route, 'index'], splitRoute($route)] as [$path, $method]) {
        if (isset(CONTROLLERS[$path])) {
            return [new (CONTROLLERS[$path])($registry), $method];
        }
        $class = extensionClass('controller', $path);
        if ($class !== null) {
            return [new $class($registry), $method];
        }
    }
    return [null, ''];
}

function modelOf(string $route): ?string
{
    return MODELS[$route] ?? extensionClass('model', $route);
}

/** @return array{string, string} */
function splitRoute(string $route): array
{
    $at = strrpos($route, MAJOR === 4 ? '.' : '/');
    return $at === false ? [$route, 'index'] : [substr($route, 0, $at), substr($route, $at + 1)];
}

/** What an extension's own installation does: its tables, and the events that call it. */
function install(Registry $registry): void
{
    $folder = MAJOR === 4 ? DIR_EXTENSION . 'kessai_btcpay/system/kessai/' : DIR_SYSTEM . 'library/kessai_btcpay/';
    require_once $folder . 'autoload.php';
    $platform = 'Kessai\\OpenCart' . MAJOR . '\\Catalog';
    (new \Kessai\OpenCart\Extension(new $platform($registry)))->install();
    [$action, $separator, $move] = MAJOR === 4
        ? ['extension/kessai_btcpay/event/kessai_btcpay.', '.', 'addHistory']
        : ['extension/event/kessai_btcpay/', '/', 'addOrderHistory'];
    $events = [
        "model/checkout/order{$separator}$move/after" => 'moved',
        "model/checkout/order{$separator}editOrder/before" => 'beforeEdit',
        "model/checkout/order{$separator}editOrder/after" => 'edited',
        "model/checkout/order{$separator}deleteOrder/before" => 'deleted',
        'controller/checkout/confirm/before' => 'confirming',
    ];
    foreach ($events as $trigger => $method) {
        $registry->get('db')->query(
            "INSERT INTO oc_event SET code = 'kessai_btcpay', `trigger` = 'catalog/$trigger', action = '$action$method', status = 1, sort_order = 0"
        );
    }
}
