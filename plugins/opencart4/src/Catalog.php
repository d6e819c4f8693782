<?php

declare(strict_types=1);

namespace Kessai\OpenCart4;

use Kessai\OpenCart\RegistryCatalog;

/** The storefront of OpenCart 4. */
final class Catalog extends RegistryCatalog
{
    use Addresses;

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

    protected function move(object $orders, int $orderId, int $statusId): void
    {
        $orders->addHistory($orderId, $statusId);
    }

    protected function moveEvents(): array
    {
        // As they were named up to 4.0.2.3, and are since 4.1.
        return ['model/checkout/order/addHistory', 'model/checkout/order.addHistory'];
    }

    protected function action(string $route): object
    {
        return new \Opencart\System\Engine\Action($route);
    }
}
