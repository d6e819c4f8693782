<?php

declare(strict_types=1);

namespace Kessai\OpenCart4;

use Kessai\OpenCart\RegistryCatalog;

/** The storefront of OpenCart 4. */
final class Catalog extends RegistryCatalog
{
    use Addresses;

    protected function newMail(string $engine, array $options): object
    {
        return new \Opencart\System\Library\Mail($engine, $options);
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
