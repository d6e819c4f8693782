<?php

declare(strict_types=1);

namespace Kessai\OpenCart4;

use Kessai\OpenCart\Order\JournaledDatabase;
use Kessai\OpenCart\RegistryPlatform;

/** OpenCart 4, as its storefront is: where orders are moved. */
final class Catalog extends RegistryPlatform
{
    use Addresses;

    /** How events of the order model were named up to 4.0.2.3, and are since 4.1. */
    private const TRIGGERS = ['model/checkout/order/addHistory/', 'model/checkout/order.addHistory/'];

    public function moveOrder(int $orderId, int $statusId, ?callable $guard = null): void
    {
        $db = $this->registry->get('db');
        $held = $this->holdMails();
        if ($guard !== null) {
            $this->registry->set('db', new JournaledDatabase($db, $guard));
        }
        try {
            $this->model('checkout/order')->addHistory($orderId, $statusId);
        } finally {
            $this->registry->set('db', $db);
            foreach ($held as [$trigger, $route, $priority]) {
                $this->registry->get('event')->register($trigger, new \Opencart\System\Engine\Action($route), $priority);
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
                [$told, $args, $output] = ['checkout/order.addHistory', [$orderId, $to, '', false, false], null];
                $handler = new \Opencart\System\Engine\Action($route);
                $given = $isBefore ? [&$told, &$args] : [&$told, &$args, &$output];
                $handler->execute($this->registry, $given);
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
        $mail = new \Opencart\System\Library\Mail($engine, [
            'parameter' => $this->config('config_mail_parameter'),
            'smtp_hostname' => $this->config('config_mail_smtp_hostname'),
            'smtp_username' => $this->config('config_mail_smtp_username'),
            'smtp_password' => html_entity_decode((string) $this->config('config_mail_smtp_password'), ENT_QUOTES, 'UTF-8'),
            'smtp_port' => $this->config('config_mail_smtp_port'),
            'smtp_timeout' => $this->config('config_mail_smtp_timeout'),
        ]);
        $mail->setTo((string) $order['email']);
        $mail->setFrom((string) $this->config('config_email'));
        $mail->setSender(html_entity_decode((string) $order['store_name'], ENT_QUOTES, 'UTF-8'));
        $mail->setSubject($subject);
        $mail->setText($text);
        $mail->send();
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
        $sql = 'SELECT `trigger`, `action`, sort_order FROM `' . DB_PREFIX . "event` WHERE status = 1 AND `action` LIKE 'mail/%' ORDER BY sort_order";
        $events = [];
        foreach ($this->query($sql) as $row) {
            // The storefront registers them without the application's name.
            $trigger = preg_replace('~^catalog/~', '', (string) $row['trigger']);
            if (in_array(preg_replace('~(before|after)$~', '', $trigger), self::TRIGGERS, true)) {
                $events[] = [$trigger, (string) $row['action'], (int) $row['sort_order']];
            }
        }
        return $events;
    }

    private function model(string $route): object
    {
        $this->registry->get('load')->model($route);
        return $this->registry->get('model_' . str_replace('/', '_', $route));
    }
}
