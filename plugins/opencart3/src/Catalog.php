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

    protected function newMail(string $engine, array $options): object
    {
        $mail = new \Mail($engine);
        foreach ($options as $name => $value) {
            $mail->$name = $value;
        }
        return $mail;
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
