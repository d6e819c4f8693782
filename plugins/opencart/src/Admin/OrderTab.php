<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\OpenCartLog;
use Kessai\OpenCart\Texts;

/**
 * What the admin sees of an order's payment on the order's page. It is made from the record alone; what the payment server has to
 * be asked for comes after the page, by {@see \Kessai\OpenCart\Desk\Desk}.
 */
final class OrderTab
{
    /** The codes by which a history tells of refunds, whatever became of them. */
    private const REFUNDS = ['refund', 'refundPaid', 'refundCancelled'];

    /** The codes by which a history tells of money. */
    private const MONEY = ['received', 'receivedLate'];

    /** The money cases in which the customer can still pay. */
    private const PAYABLE = ['new', 'partlyPaid'];

    /** Those of which BTCPay Server refunds nothing. */
    private const UNDECIDED = ['new', 'partlyPaid', 'processing', 'expiredUnpaid'];

    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    private View $view;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = new Texts($backend->language());
        $this->view = new View($this->texts, $backend->major());
    }

    /**
     * @param string $orderId as of the shop
     *
     * @return string HTML with the script that it needs
     */
    public function html(string $orderId): string
    {
        return $this->view->render('order', [
            'content' => $this->content($orderId),
            'orderId' => $orderId,
            'sheet' => $this->backend->link('sheet'),
            'again' => $this->backend->link('orderContent', ['order_id' => $orderId]),
            'script' => $this->backend->asset('desk.js'),
        ]);
    }

    /**
     * The tab as a page: OpenCart shows no tab of an order whose customer has chosen another way to pay since, and there may be
     * money to give back.
     */
    public function page(string $orderId): string
    {
        $backend = $this->backend;
        $title = $this->texts->of('order_title_admin', ['order' => $orderId]);
        $backend->setTitle($title);
        return $this->view->render('order_page', [
            'header' => $backend->frame('header'),
            'left' => $backend->frame('column_left'),
            'footer' => $backend->frame('footer'),
            'title' => $title,
            'home' => $backend->page('common/dashboard'),
            'alerts' => $backend->link('alerts'),
            'self' => $backend->link('payment', ['order_id' => $orderId]),
            'order' => $backend->orderPage($orderId),
            'tab' => $this->html($orderId),
        ]);
    }

    /**
     * Never throws: the rest of the order's page must be shown.
     *
     * @return string HTML of what changes with every action
     */
    public function content(string $orderId): string
    {
        try {
            $record = $this->extension->orders()->record($orderId);
            if ($record === null) {
                return $this->view->render('order_none', []);
            }
            $kessai = $this->extension->kessai($this->texts->language);
            $timeline = $kessai->order()->timeline(['record' => $record, 'language' => $this->texts->language]);
            $case = $kessai->checkout()->standing(['record' => $record])['case'];
            return $this->view->render('order_content', $this->shown($orderId, $timeline, $case));
        } catch (KessaiException $error) {
            return $this->view->render('problem', ['error' => $error->getMessage(), 'remedy' => $error->remedy()]);
        } catch (\Throwable $error) {
            $this->backend->log('kessai: order tab: ' . OpenCartLog::named($error));
            return $this->view->render('problem', [
                'error' => $this->texts->of('desk_failed'),
                'remedy' => $this->texts->of('desk_failed_remedy'),
            ]);
        }
    }

    /**
     * @param array<string, mixed> $timeline
     * @param string               $case     the order's money case
     *
     * @return array<string, mixed>
     */
    private function shown(string $orderId, array $timeline, string $case): array
    {
        $entries = $timeline['entries'];
        $codes = array_column($entries, 'code');
        $hasMoney = array_intersect($codes, self::MONEY) !== [];
        return [
            'mayChange' => $this->backend->mayChange(),
            'alerts' => array_map([$this, 'dated'], $timeline['alerts']),
            'handsOff' => isset($timeline['handsOff']) ? $this->texts->of("hands_off_{$timeline['handsOff']}") : null,
            'invoices' => $this->invoices($entries),
            'case' => $this->texts->of("case_$case"),
            'isPayable' => in_array($case, self::PAYABLE, true),
            'isRefundable' => $hasMoney && !in_array($case, self::UNDECIDED, true),
            'refundKey' => $this->refundKey($orderId, count(array_intersect($codes, self::REFUNDS))),
            'entries' => array_reverse(array_map([$this, 'dated'], $entries)),
        ];
    }

    /**
     * Two admins who look at the same order have the same key, and so make the same refund, whatever each has typed; only who
     * has seen the refund that was made can make another.
     *
     * @param int $made refunds that the history tells of
     */
    private function refundKey(string $orderId, int $made): string
    {
        return hash_hmac('sha256', "refund\n$orderId\n$made", (string) $this->extension->settings()->get('shopKey'));
    }

    /**
     * @param list<array<string, mixed>> $entries
     *
     * @return list<array{id: string, url: string}> the newest first; `url` of the server's own page about it
     */
    private function invoices(array $entries): array
    {
        $ids = array_reverse(array_values(array_unique(array_filter(array_column($entries, 'invoiceId')))));
        $server = rtrim((string) $this->extension->settings()->get('serverUrl'), '/');
        return array_map(static fn (string $id): array => [
            'id' => $id,
            'url' => preg_match('~^https?://~i', $server) ? "$server/invoices/" . rawurlencode($id) : '',
        ], $ids);
    }

    /**
     * @param array<string, mixed> $told
     *
     * @return array<string, mixed>
     */
    private function dated(array $told): array
    {
        return ['when' => date('Y-m-d H:i:s', $told['at'])] + $told;
    }
}
