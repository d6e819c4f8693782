<?php

declare(strict_types=1);

namespace Kessai\OpenCart3;

use Kessai\OpenCart\RegistryCatalog;

/** The storefront of OpenCart 3. */
final class Catalog extends RegistryCatalog
{
    use Addresses;

    public function mailMove(int $orderId, int $from, int $to): void
    {
        // Without an engine OpenCart 3 would end the process.
        if ((string) $this->config('config_mail_engine') !== '') {
            parent::mailMove($orderId, $from, $to);
        }
    }

    public function mailCustomer(int $orderId, string $subject, string $text): void
    {
        $order = $this->order($orderId);
        $engine = (string) $this->config('config_mail_engine');
        if ($order === null || $engine === '') {
            return;
        }
        $mail = new \Mail($engine);
        foreach (['parameter', 'smtp_hostname', 'smtp_username', 'smtp_port', 'smtp_timeout'] as $option) {
            $mail->$option = $this->config("config_mail_$option");
        }
        $mail->smtp_password = html_entity_decode((string) $this->config('config_mail_smtp_password'), ENT_QUOTES, 'UTF-8');
        $mail->setTo((string) $order['email']);
        $mail->setFrom((string) $this->config('config_email'));
        $mail->setSender(html_entity_decode((string) $order['store_name'], ENT_QUOTES, 'UTF-8'));
        $mail->setSubject($subject);
        $mail->setText($text);
        $mail->send();
    }

    protected function move(object $orders, int $orderId, int $statusId): void
    {
        $orders->addOrderHistory($orderId, $statusId);
    }

    protected function moveEvents(): array
    {
        return ['model/checkout/order/addOrderHistory'];
    }

    protected function action(string $route): object
    {
        return new \Action($route);
    }
}
