<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\RegistryPlatform;

/** What the admin of OpenCart 3 and that of OpenCart 4 have in common: the registry, and most models. */
abstract class RegistryBackend extends RegistryPlatform implements Backend
{
    /** The route of this extension's page, to which permissions are given. */
    abstract protected function route(): string;

    /** The route of OpenCart's own page that installs payment methods. */
    abstract protected function installer(): string;

    /** What stands between a route and the method of its controller. */
    abstract protected function separator(): string;

    public function moveOrder(int $orderId, int $statusId, ?callable $guard = null): void
    {
        throw new \LogicException('Orders are moved in the storefront.');
    }

    public function mailMove(int $orderId, int $from, int $to): void
    {
        throw new \LogicException('Mails are sent in the storefront.');
    }

    public function mailCustomer(int $orderId, string $subject, string $text): void
    {
        throw new \LogicException('Mails are sent in the storefront.');
    }

    public function mayChange(): bool
    {
        return (bool) $this->registry->get('user')->hasPermission('modify', $this->route());
    }

    public function mayInstall(): bool
    {
        return (bool) $this->registry->get('user')->hasPermission('modify', $this->installer());
    }

    public function session(): string
    {
        return (string) $this->registry->get('session')->getId();
    }

    public function link(string $action = '', array $query = []): string
    {
        return $this->page($this->route() . ($action === '' ? '' : $this->separator() . $action), $query);
    }

    public function page(string $route, array $query = []): string
    {
        $query = ['user_token' => $this->registry->get('session')->data['user_token'] ?? ''] + $query;
        $link = $this->registry->get('url')->link($route, http_build_query($query), true);
        return str_replace('&amp;', '&', $link);
    }

    public function orderPage(string $orderId): string
    {
        return $this->page("sale/order{$this->separator()}info", ['order_id' => $orderId]);
    }

    public function list(): string
    {
        return $this->page('marketplace/extension', ['type' => 'payment']);
    }

    public function frame(string $part): string
    {
        return $this->registry->get('load')->controller("common/$part");
    }

    public function setTitle(string $title): void
    {
        $this->registry->get('document')->setTitle($title);
    }

    public function orderStatuses(): array
    {
        $rows = $this->model('localisation/order_status')->getOrderStatuses();
        return array_column($rows, 'name', 'order_status_id');
    }

    public function geoZones(): array
    {
        return array_column($this->model('localisation/geo_zone')->getGeoZones(), 'name', 'geo_zone_id');
    }

    public function publish(array $settings): void
    {
        $code = 'payment_' . Extension::CODE;
        $named = [];
        foreach ($settings as $name => $value) {
            $named["{$code}_$name"] = (string) $value;
        }
        $this->model('setting/setting')->editSetting($code, $named);
    }

    public function removeHooks(): void
    {
        $this->model('setting/event')->deleteEventByCode(Extension::CODE);
    }

    public function removePermissions(): void
    {
        $table = '`' . DB_PREFIX . 'user_group`';
        foreach ($this->query("SELECT user_group_id, permission FROM $table") as $group) {
            $permissions = json_decode((string) $group['permission'], true) ?: [];
            foreach ($permissions as $kind => $routes) {
                // As a list: OpenCart's own way leaves an object with holes in it.
                $permissions[$kind] = array_values(array_diff((array) $routes, [$this->route()]));
            }
            $text = json_encode($permissions);
            if (strpos((string) $group['permission'], Extension::CODE) !== false) {
                $this->query("UPDATE $table SET permission = ? WHERE user_group_id = ?", [$text, $group['user_group_id']]);
            }
        }
    }

    /** One of OpenCart's own models, such as `setting/event`. */
    protected function model(string $route): object
    {
        $this->registry->get('load')->model($route);
        return $this->registry->get('model_' . str_replace('/', '_', $route));
    }
}
