<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Takeover\TakeoverPage;

/** The pages of the extension's controller in the admin of either version: reads requests and shows what comes of them. */
trait Pages
{
    abstract protected function backend(): Backend;

    public function index(): void
    {
        $this->response->setOutput($this->made(SettingsActions::class)->html());
    }

    public function save(): void
    {
        $this->json($this->made(SettingsActions::class)->save($this->request->post));
    }

    /** What a button of the settings page does. */
    public function act(): void
    {
        $this->json($this->made(SettingsActions::class)->act((string) ($this->request->get['do'] ?? ''), $this->request->post));
    }

    public function install(): void
    {
        $this->made(Installation::class)->install();
    }

    public function uninstall(): void
    {
        $this->made(Installation::class)->uninstall();
    }

    /** The tab on an order's page. */
    public function order(): string
    {
        return $this->made(OrderTab::class)->html($this->orderId());
    }

    /** The tab once more, after something was done in it. */
    public function orderContent(): void
    {
        $this->response->setOutput($this->made(OrderTab::class)->content($this->orderId()));
    }

    /** The tab as a page of its own. */
    public function payment(): void
    {
        $this->response->setOutput($this->made(OrderTab::class)->page($this->orderId()));
    }

    /** Signs what the admin wants done. */
    public function sheet(): void
    {
        $this->json($this->made(Sheets::class)->make((string) file_get_contents('php://input')));
    }

    /** All orders that need a person. */
    public function alerts(): void
    {
        $this->response->setOutput($this->made(AlertsPage::class)->html());
    }

    /** The list once more, after something was done in it. */
    public function alertsContent(): void
    {
        $this->response->setOutput($this->made(AlertsPage::class)->content());
    }

    /** What can be taken over from the official extension. */
    public function takeover(): void
    {
        $this->response->setOutput($this->made(TakeoverPage::class)->html((string) ($this->request->post['do'] ?? '')));
    }

    /**
     * @template T of object
     *
     * @param class-string<T> $class made of extension and backend
     *
     * @return T
     */
    private function made(string $class): object
    {
        $backend = $this->backend();
        return new $class(new Extension($backend), $backend);
    }

    private function orderId(): string
    {
        return (string) (int) ($this->request->get['order_id'] ?? 0);
    }

    /** @param array<string, mixed> $answer */
    private function json(array $answer): void
    {
        $this->response->addHeader('Content-Type: application/json');
        $this->response->setOutput((string) json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE));
    }
}
