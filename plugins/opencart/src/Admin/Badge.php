<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\OpenCartLog;
use Kessai\OpenCart\Texts;

/**
 * An entry of the menu at the left, below the shop's sales, with the number of open alerts: the admin sees it on every page.
 */
final class Badge
{
    private Extension $extension;

    private Backend $backend;

    private View $view;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->view = new View(new Texts($backend->language()), $backend->major());
    }

    /**
     * Never throws: no page of the admin must fail because of it.
     *
     * @param list<array<string, mixed>> $menus of OpenCart's template `common/column_left`
     *
     * @return list<array<string, mixed>>
     */
    public function into(array $menus): array
    {
        try {
            $open = $this->extension->alerts()->open();
        } catch (\Throwable $error) {
            $this->backend->log('kessai: badge: ' . OpenCartLog::named($error));
            return $menus;
        }
        $entry = [
            'id' => 'menu-kessai',
            'icon' => $this->backend->major() === 3 ? 'fa-bitcoin' : 'fa-brands fa-bitcoin',
            // The template of the menu escapes nothing.
            'name' => $this->view->render('badge', ['open' => $open]),
            'href' => $this->backend->link('alerts'),
            'children' => [],
        ];
        $sale = array_search('menu-sale', array_column($menus, 'id'), true);
        array_splice($menus, $sale === false ? count($menus) : $sale + 1, 0, [$entry]);
        return $menus;
    }
}
