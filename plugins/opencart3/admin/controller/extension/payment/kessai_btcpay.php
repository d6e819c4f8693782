<?php

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** The settings of the extension in the admin of OpenCart 3. */
class ControllerExtensionPaymentKessaiBtcpay extends Controller
{
    public function index()
    {
        $this->response->setOutput($this->settings()->html());
    }

    public function save()
    {
        $this->json($this->settings()->save($this->request->post));
    }

    /** What a button of the settings page does. */
    public function act()
    {
        $this->json($this->settings()->act((string) ($this->request->get['do'] ?? ''), $this->request->post));
    }

    public function install()
    {
        $this->installation()->install();
    }

    public function uninstall()
    {
        $this->installation()->uninstall();
    }

    /** The tab on an order's page. */
    public function order()
    {
        return $this->orderTab()->html($this->orderId());
    }

    /** The tab once more, after something was done in it. */
    public function orderContent()
    {
        $this->response->setOutput($this->orderTab()->content($this->orderId()));
    }

    /** The tab as a page of its own. */
    public function payment()
    {
        $this->response->setOutput($this->orderTab()->page($this->orderId()));
    }

    /** Signs what the admin wants done. */
    public function sheet()
    {
        $backend = $this->backend();
        $sheets = new \Kessai\OpenCart\Admin\Sheets(new \Kessai\OpenCart\Extension($backend), $backend);
        $this->json($sheets->make((string) file_get_contents('php://input')));
    }

    /** All orders that need a person. */
    public function alerts()
    {
        $this->response->setOutput($this->alertsPage()->html());
    }

    /** The list once more, after something was done in it. */
    public function alertsContent()
    {
        $this->response->setOutput($this->alertsPage()->content());
    }

    /** What can be taken over from the official extension. */
    public function takeover()
    {
        $backend = $this->backend();
        $page = new \Kessai\OpenCart\Takeover\TakeoverPage(new \Kessai\OpenCart\Extension($backend), $backend);
        $this->response->setOutput($page->html((string) ($this->request->post['do'] ?? '')));
    }

    private function settings(): \Kessai\OpenCart\Admin\SettingsActions
    {
        $backend = $this->backend();
        return new \Kessai\OpenCart\Admin\SettingsActions(new \Kessai\OpenCart\Extension($backend), $backend);
    }

    private function orderTab(): \Kessai\OpenCart\Admin\OrderTab
    {
        $backend = $this->backend();
        return new \Kessai\OpenCart\Admin\OrderTab(new \Kessai\OpenCart\Extension($backend), $backend);
    }

    private function alertsPage(): \Kessai\OpenCart\Admin\AlertsPage
    {
        $backend = $this->backend();
        return new \Kessai\OpenCart\Admin\AlertsPage(new \Kessai\OpenCart\Extension($backend), $backend);
    }

    private function orderId(): string
    {
        return (string) (int) ($this->request->get['order_id'] ?? 0);
    }

    private function backend(): \Kessai\OpenCart3\AdminBackend
    {
        return new \Kessai\OpenCart3\AdminBackend($this->registry);
    }

    private function installation(): \Kessai\OpenCart\Admin\Installation
    {
        $backend = $this->backend();
        return new \Kessai\OpenCart\Admin\Installation(new \Kessai\OpenCart\Extension($backend), $backend);
    }

    /** @param array<string, mixed> $answer */
    private function json(array $answer)
    {
        $this->response->addHeader('Content-Type: application/json');
        $this->response->setOutput((string) json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE));
    }
}
