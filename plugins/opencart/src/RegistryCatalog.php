<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\OpenCart\Order\JournaledDatabase;
use Kessai\OpenCart\Order\OrderBefore;

/** OpenCart's storefront, where orders are moved: what OpenCart 3 and OpenCart 4 have in common. */
abstract class RegistryCatalog extends RegistryPlatform
{
    /** Moves an order by OpenCart's own order API. */
    abstract protected function move(object $orders, int $orderId, int $statusId): void;

    /** @return string[] the order API's move, as events are named after it: `model/checkout/order/addHistory` */
    abstract protected function moveEvents(): array;

    /** @return object OpenCart's Action for a route */
    abstract protected function action(string $route): object;

    /**
     * @param array<string, mixed> $options of the mail server, as OpenCart names them
     *
     * @return object OpenCart's Mail
     */
    abstract protected function newMail(string $engine, array $options): object;

    public function moveOrder(int $orderId, int $statusId, ?callable $guard = null): void
    {
        $db = $this->registry->get('db');
        $held = $this->holdMails();
        if ($guard !== null) {
            $this->registry->set('db', new JournaledDatabase($db, $guard));
        }
        try {
            $this->move($this->model('checkout/order'), $orderId, $statusId);
        } finally {
            $this->registry->set('db', $db);
            foreach ($held as [$trigger, $route, $priority]) {
                $this->registry->get('event')->register($trigger, $this->action($route), $priority);
            }
        }
    }

    public function mailMove(int $orderId, int $from, int $to): void
    {
        $model = $this->model('checkout/order');
        foreach ($this->mailEvents() as [$trigger, $route]) {
            $isBefore = substr($trigger, -7) === '/before';
            // What runs before the move looks at the order's old status.
            $this->registry->set('model_checkout_order', $isBefore ? new OrderBefore($model, $orderId, $from) : $model);
            try {
                [$told, $args, $output] = [substr(dirname($trigger), strlen('model/')), [$orderId, $to, '', false, false], null];
                $given = $isBefore ? [&$told, &$args] : [&$told, &$args, &$output];
                $this->action($route)->execute($this->registry, $given);
            } finally {
                $this->registry->set('model_checkout_order', $model);
            }
        }
    }

    public function mailCustomer(int $orderId, string $subject, string $text): void
    {
        $order = $this->order($orderId);
        $engine = (string) $this->config('config_mail_engine');
        if ($order === null || $engine === '') {
            return;
        }
        $options = [];
        foreach (['parameter', 'smtp_hostname', 'smtp_username', 'smtp_port', 'smtp_timeout'] as $name) {
            $options[$name] = $this->config("config_mail_$name");
        }
        // OpenCart keeps what is typed into its settings as HTML.
        $options['smtp_password'] = html_entity_decode((string) $this->config('config_mail_smtp_password'), ENT_QUOTES, 'UTF-8');
        $mail = $this->newMail($engine, $options);
        $mail->setTo((string) $order['email']);
        $mail->setFrom((string) $this->config('config_email'));
        $mail->setSender(html_entity_decode((string) $order['store_name'], ENT_QUOTES, 'UTF-8'));
        $mail->setSubject($subject);
        $mail->setText($text);
        $mail->send();
    }

    /** One of OpenCart's own models, such as `checkout/order`. */
    protected function model(string $route): object
    {
        $this->registry->get('load')->model($route);
        return $this->registry->get('model_' . str_replace('/', '_', $route));
    }

    /**
     * Takes OpenCart's own mails off the move: its handlers wait for the mail server, and fail with it, before the status is
     * written.
     *
     * @return list<array{string, string, int}> what was taken off
     */
    private function holdMails(): array
    {
        $held = $this->mailEvents();
        foreach ($held as [$trigger, $route]) {
            $this->registry->get('event')->unregister($trigger, $route);
        }
        return $held;
    }

    /** @return list<array{string, string, int}> trigger, route and priority */
    private function mailEvents(): array
    {
        // Vouchers are mailed by the total of that name in OpenCart 3.
        $sql = 'SELECT `trigger`, `action`, sort_order FROM `' . DB_PREFIX . "event` WHERE status = 1
            AND (`action` LIKE 'mail/%' OR `action` = 'extension/total/voucher/send') ORDER BY sort_order";
        $events = [];
        foreach ($this->query($sql) as $row) {
            // The storefront registers them without the application's name.
            $trigger = preg_replace('~^catalog/~', '', (string) $row['trigger']);
            if (in_array(preg_replace('~/(before|after)$~', '', $trigger), $this->moveEvents(), true)) {
                $events[] = [$trigger, (string) $row['action'], (int) $row['sort_order']];
            }
        }
        return $events;
    }
}
