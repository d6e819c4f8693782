<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Takeover;

use Kessai\OpenCart\Admin\Backend;

/**
 * BTCPay Server's own extension for OpenCart (`btcpay`, 3.1.0 and 4.2.2), as far as its settings and its table tell of it. They
 * are read only; the one thing that is changed is whether it is offered to customers.
 */
final class Official
{
    private const CODE = 'payment_btcpay';

    /** Its setting for a status => the money cases that it stood for. */
    private const STATUSES = [
        'new_status_id' => ['new', 'partlyPaid'],
        'paid_status_id' => ['processing'],
        'settled_status_id' => ['settled', 'markedSettled'],
        'settled_paidover_status_id' => ['settledOverpaid'],
        'invalid_status_id' => ['invalid', 'markedInvalid'],
        'expired_status_id' => ['expiredUnpaid'],
        'expired_partialpayment_status_id' => ['expiredPartlyPaid', 'paidLatePartly'],
        'expired_paidlate_status_id' => ['paidLate'],
    ];

    /** Invoices that are looked at: those of the newest orders, the others have ended long since. */
    private const NEWEST = 500;

    private Backend $backend;

    /** @var array<string, string> by name without the prefix */
    private array $settings;

    public function __construct(Backend $backend)
    {
        $this->backend = $backend;
        $sql = 'SELECT `key`, value FROM `' . DB_PREFIX . 'setting` WHERE code = ? AND store_id = 0';
        $this->settings = [];
        foreach ($backend->query($sql, [self::CODE]) as $row) {
            $name = substr((string) $row['key'], strlen(self::CODE) + 1);
            // OpenCart stores what was typed escaped for HTML.
            $this->settings[$name] = html_entity_decode((string) $row['value'], ENT_QUOTES, 'UTF-8');
        }
    }

    /** Whether it is set up in this shop. */
    public function isThere(): bool
    {
        return $this->text('url') !== '' && $this->text('api_auth_token') !== '' && $this->text('btcpay_storeid') !== '';
    }

    public function isOn(): bool
    {
        return $this->text('status') === '1';
    }

    /** @return array{serverUrl: string, apiKey: string, storeId: string} */
    public function access(): array
    {
        return [
            'serverUrl' => $this->text('url'),
            'apiKey' => $this->text('api_auth_token'),
            'storeId' => $this->text('btcpay_storeid'),
        ];
    }

    /** Where the server sends its messages for it; empty where no webhook was made. */
    public function webhookUrl(): string
    {
        $webhook = json_decode($this->text('webhook'), true);
        return is_array($webhook) && is_string($webhook['url'] ?? null) ? $webhook['url'] : '';
    }

    /** @return array<string, mixed> its choices as this extension's settings say them, but for the connection */
    public function choices(): array
    {
        $known = $this->backend->orderStatuses();
        $statuses = [];
        foreach (self::STATUSES as $name => $cases) {
            $id = (int) $this->text($name);
            if (isset($known[$id])) {
                $statuses += array_fill_keys($cases, $id);
            }
        }
        $minimum = $this->text('total');
        $refunded = (int) $this->text('refunded_status_id');
        return [
            'statuses' => $statuses,
            'refunded' => isset($known[$refunded]) ? $refunded : null,
            'mode' => $this->text('modal_mode') === '1' ? 'modal' : 'redirect',
            'minimum' => preg_match('/^\d{1,12}(\.\d{1,4})?$/D', $minimum) && (float) $minimum > 0 ? $minimum : '',
            'geoZoneId' => (int) $this->text('geo_zone_id'),
            'sortOrder' => (int) $this->text('sort_order'),
            'debug' => $this->text('debug_mode') === '1' ? 'all' : 'error',
        ];
    }

    /** @return array<string, string> its newest invoices: invoice id => order id */
    public function invoices(): array
    {
        $table = DB_PREFIX . 'btcpay_order';
        $sql = 'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?';
        if ($this->backend->query($sql, [$table]) === []) {
            return [];
        }
        $rows = $this->backend->query("SELECT invoice_id, order_id FROM `$table` ORDER BY btcpay_order_id DESC LIMIT " . self::NEWEST);
        return array_map('strval', array_column($rows, 'order_id', 'invoice_id'));
    }

    /** No customer is offered it any more. What is still open it goes on looking after, while it is installed. */
    public function switchOff(): void
    {
        $sql = 'UPDATE `' . DB_PREFIX . "setting` SET value = '0' WHERE code = ? AND `key` = ? AND store_id = 0";
        $this->backend->query($sql, [self::CODE, self::CODE . '_status']);
        $this->settings['status'] = '0';
    }

    private function text(string $name): string
    {
        return trim($this->settings[$name] ?? '');
    }
}
