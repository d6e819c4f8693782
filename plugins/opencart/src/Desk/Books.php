<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Desk;

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;

/** Payments and refunds of orders for whoever keeps the books: in words, and as CSV. Amounts are decimals as they came. */
final class Books
{
    /** Orders in one piece of an export. */
    private const PIECE = 50;

    /** Seconds after which a piece ends earlier: a payment server may have to be asked about each order. */
    private const PATIENCE = 10.0;

    private Extension $extension;

    private Kessai $kessai;

    private Texts $texts;

    public function __construct(Extension $extension, Kessai $kessai, Texts $texts)
    {
        $this->extension = $extension;
        $this->kessai = $kessai;
        $this->texts = $texts;
    }

    /**
     * An order's payments and refunds, for a page.
     *
     * @return array{
     *     amount: string, paidAt: string, complete: bool, currency: string, coins: list<string>,
     *     lines: list<array<string, string>>
     * } times and amounts as they are to be shown
     */
    public function statement(string $orderId): array
    {
        $found = $this->kessai->order()->statement(['orderId' => $orderId]);
        return [
            'amount' => self::money($found['amount'] ?? null, $found['currency'] ?? null),
            'paidAt' => isset($found['paidAt']) ? self::when($found['paidAt']) : '',
            'complete' => $found['complete'],
            'currency' => $found['currency'] ?? '',
            'coins' => array_values(array_unique(array_filter(array_map(
                static fn (array $line): string => $line['kind'] === 'payment' ? $line['coin'] ?? '' : '',
                $found['lines']
            )))),
            'lines' => array_map([$this, 'line'], $found['lines']),
        ];
    }

    /** @return string the CSV file of one order */
    public function order(string $orderId): string
    {
        return Csv::MARK . Csv::lines(array_merge([$this->columns()], $this->rows($this->placed($orderId, $orderId, '', ''))));
    }

    /**
     * A piece of the CSV file of the orders that were placed between two days.
     *
     * @param string $from  `2026-01-31`, that day included
     * @param string $to    the same
     * @param string $after the order with which the piece before this one ended; empty for the first
     *
     * @return array{csv: string, after: string|null} `after` for the next piece; null where this is the last
     */
    public function piece(string $from, string $to, string $after): array
    {
        $began = microtime(true);
        $csv = $after === '' ? Csv::MARK . Csv::lines([$this->columns()]) : '';
        foreach ($this->placed((string) ((int) $after + 1), '', $from, $to) as $order) {
            $csv .= Csv::lines($this->rows([$order]));
            $last = (string) $order['order_id'];
            if (microtime(true) - $began > self::PATIENCE) {
                break;
            }
        }
        return ['csv' => $csv, 'after' => $last ?? null];
    }

    /**
     * Orders with a payment record, by number.
     *
     * @param string $first number
     * @param string $last  number; empty for no end
     * @param string $from  day; empty for all
     * @param string $to    the same
     *
     * @return list<array<string, string|int|null>>
     */
    private function placed(string $first, string $last, string $from, string $to): array
    {
        $orders = DB_PREFIX . 'order';
        $status = DB_PREFIX . 'order_status';
        $where = '`order`.order_id >= ?';
        $values = [(string) $this->extension->platform()->config('config_language_id'), $first];
        if ($last !== '') {
            $where .= ' AND `order`.order_id <= ?';
            $values[] = $last;
        }
        if ($from !== '') {
            $where .= ' AND `order`.date_added >= ? AND `order`.date_added < DATE_ADD(?, INTERVAL 1 DAY)';
            array_push($values, $from, $to);
        }
        return $this->extension->platform()->query(
            "SELECT `order`.order_id, `order`.date_added, `order`.firstname, `order`.lastname, status.name AS status
             FROM `$orders` AS `order`
             JOIN `{$this->extension->prefix()}order` AS known ON known.order_id = CAST(`order`.order_id AS BINARY)
             LEFT JOIN `$status` AS status
               ON status.order_status_id = `order`.order_status_id AND status.language_id = ?
             WHERE $where AND known.record IS NOT NULL
             ORDER BY `order`.order_id LIMIT " . self::PIECE,
            $values
        );
    }

    /** @return list<string> */
    private function columns(): array
    {
        $names = [
            'order', 'placed', 'status', 'customer', 'invoiced', 'currency', 'kind', 'at', 'state', 'value', 'coin', 'rate', 'worth',
            'currency', 'method', 'transaction', 'invoice', 'remark',
        ];
        $zone = ['zone' => date_default_timezone_get()];
        return array_map(fn (string $name): string => $this->texts->of("csv_$name", $zone), $names);
    }

    /**
     * @param list<array<string, string|int|null>> $orders
     *
     * @return list<list<string>>
     */
    private function rows(array $orders): array
    {
        $rows = [];
        foreach ($orders as $order) {
            $name = html_entity_decode(trim("{$order['firstname']} {$order['lastname']}"), ENT_QUOTES, 'UTF-8');
            $placed = [(string) $order['order_id'], (string) $order['date_added'], (string) $order['status'], $name];
            try {
                $found = $this->kessai->order()->statement(['orderId' => (string) $order['order_id']]);
            } catch (KessaiException $error) {
                if (strncmp($error->errorCode(), 'record.', 7) !== 0) {
                    throw $error;
                }
                // One order that cannot be read is no reason to have no books.
                $rows[] = array_merge($placed, array_fill(0, 13, ''), [$error->getMessage()]);
                continue;
            }
            foreach ($found['lines'] as $line) {
                $shown = $this->line($line);
                $rows[] = array_merge($placed, [
                    $found['amount'] ?? '', $found['currency'] ?? '', $shown['kind'], $shown['at'], $shown['state'],
                    $line['value'] ?? '', $line['coin'] ?? '', $line['rate'] ?? '', $line['worth'] ?? '', $line['currency'] ?? '',
                    $line['method'] ?? '', $line['transactionId'] ?? $line['id'], $line['invoiceId'],
                    implode(' ', array_filter([$shown['late'], $found['complete'] ? '' : $this->texts->of('csv_incomplete')])),
                ]);
            }
        }
        return $rows;
    }

    /**
     * @param array<string, mixed> $line of a statement
     *
     * @return array<string, string>
     */
    private function line(array $line): array
    {
        return [
            'isRefund' => $line['kind'] === 'refund' ? '1' : '',
            'kind' => $this->texts->of("kind_{$line['kind']}"),
            'at' => self::when($line['at']),
            'amount' => self::money($line['value'] ?? null, $line['coin'] ?? null),
            'rate' => $line['rate'] ?? '',
            'worth' => self::money($line['worth'] ?? null, $line['currency'] ?? null),
            'method' => $line['method'] ?? '',
            'transaction' => $line['transactionId'] ?? $line['id'],
            'state' => $this->texts->of("state_{$line['state']}"),
            'late' => $line['late'] ? $this->texts->of('late') : '',
            'claimLink' => $line['claimLink'] ?? '',
        ];
    }

    private static function money(?string $amount, ?string $currency): string
    {
        return $amount === null ? '' : trim("$amount $currency");
    }

    /** @param int $at unix seconds */
    private static function when(int $at): string
    {
        return date('Y-m-d H:i:s', $at);
    }
}
