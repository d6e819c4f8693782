<?php

declare(strict_types=1);

namespace Kessai\OpenCart3;

use Kessai\OpenCart\Admin\Hook;
use Kessai\OpenCart\Admin\RegistryBackend;
use Kessai\OpenCart\Extension;

/** The admin of OpenCart 3. */
final class AdminBackend extends RegistryBackend
{
    public function major(): int
    {
        return 3;
    }

    public function address(string $page, array $query = [], ?string $storeUrl = null): string
    {
        $route = $this->route() . ($page === 'index' ? '' : "/$page");
        return ($storeUrl ?? self::storefront()) . 'index.php?' . http_build_query(['route' => $route] + $query);
    }

    public function language(): string
    {
        return (string) $this->config('config_admin_language');
    }

    public function asset(string $file): string
    {
        return 'view/javascript/' . Extension::CODE . "/$file";
    }

    public function addHooks(): void
    {
        $this->removeHooks();
        foreach (Hook::all('/', 'addOrderHistory') as $hook) {
            $action = 'extension/event/' . Extension::CODE . "/{$hook->method}";
            $this->model('setting/event')->addEvent(Extension::CODE, $hook->trigger, $action);
        }
    }

    protected function route(): string
    {
        return 'extension/payment/' . Extension::CODE;
    }

    protected function separator(): string
    {
        return '/';
    }

    private static function storefront(): string
    {
        return defined('HTTPS_CATALOG') ? HTTPS_CATALOG : HTTP_CATALOG;
    }
}
