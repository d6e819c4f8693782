<?php

declare(strict_types=1);

namespace Kessai\OpenCart3;

use Kessai\OpenCart\Admin\Hook;
use Kessai\OpenCart\Admin\RegistryBackend;
use Kessai\OpenCart\Extension;
use Kessai\Ops\Table;

/** The admin of OpenCart 3. */
final class AdminBackend extends RegistryBackend
{
    use Addresses;

    public function language(): string
    {
        return (string) $this->config('config_admin_language');
    }

    public function jobFile(): string
    {
        return DIR_SYSTEM . 'library/' . Extension::CODE . '/job.php';
    }

    public function asset(string $file): string
    {
        return 'view/javascript/' . Extension::CODE . "/$file?v=" . Table::VERSION;
    }

    public function addHooks(): void
    {
        $this->removeHooks();
        $adding = new Hook('catalog/model/checkout/order/addOrder/before', 'adding');
        foreach (array_merge(Hook::all('/', 'addOrderHistory'), [$adding]) as $hook) {
            $action = 'extension/event/' . Extension::CODE . "/{$hook->method}";
            $this->model('setting/event')->addEvent(Extension::CODE, $hook->trigger, $action);
        }
    }

    protected function route(): string
    {
        return 'extension/payment/' . Extension::CODE;
    }

    protected function installer(): string
    {
        return 'extension/extension/payment';
    }

    protected function separator(): string
    {
        return '/';
    }
}
