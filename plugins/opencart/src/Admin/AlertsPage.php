<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;

/** All orders that need a person, and the books of all orders. */
final class AlertsPage
{
    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    private View $view;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = new Texts($backend->language());
        $this->view = new View($this->texts, $backend->major());
    }

    /** @return string HTML of the whole page */
    public function html(): string
    {
        $backend = $this->backend;
        $backend->setTitle($this->texts->of('menu'));
        return $this->view->render('alerts', [
            'header' => $backend->frame('header'),
            'left' => $backend->frame('column_left'),
            'footer' => $backend->frame('footer'),
            'home' => $backend->page('common/dashboard'),
            'self' => $backend->link('alerts'),
            'settings' => $backend->link(),
            'sheet' => $backend->link('sheet'),
            'again' => $backend->link('alertsContent'),
            'content' => $this->content(),
            'from' => date('Y-m-01'),
            'to' => date('Y-m-d'),
            'script' => $backend->asset('desk.js'),
        ]);
    }

    /** @return string HTML of what changes with every action */
    public function content(): string
    {
        $alerts = array_map(fn (array $alert): array => [
            'when' => date('Y-m-d H:i:s', $alert['at']),
            'url' => $this->backend->orderPage($alert['orderId']),
            'payment' => $this->backend->link('payment', ['order_id' => $alert['orderId']]),
        ] + $alert, $this->extension->alerts()->orders());
        return $this->view->render('alerts_content', ['alerts' => $alerts, 'mayChange' => $this->backend->mayChange()]);
    }
}
