<?php

namespace Opencart\Admin\Controller\Extension\KessaiBtcpay\Event;

require_once DIR_EXTENSION . 'kessai_btcpay/system/kessai/autoload.php';

/** What the admin of OpenCart 4 calls this extension for. */
class KessaiBtcpay extends \Opencart\System\Engine\Controller
{
    /** Before the menu at the left is drawn. */
    public function columnLeft(string &$route, array &$data): void
    {
        if ($this->user->hasPermission('access', 'extension/kessai_btcpay/payment/kessai_btcpay')) {
            $backend = new \Kessai\OpenCart4\AdminBackend($this->registry);
            $badge = new \Kessai\OpenCart\Admin\Badge(new \Kessai\OpenCart\Extension($backend), $backend);
            $data['menus'] = $badge->into($data['menus']);
        }
    }

    /** Before model/sale/order deleteOrder. Fails nothing of what the merchant does. */
    public function deleted(string &$route, array &$args): void
    {
        try {
            $backend = new \Kessai\OpenCart4\AdminBackend($this->registry);
            (new \Kessai\OpenCart\Hooks(new \Kessai\OpenCart\Extension($backend)))->deleted((int) $args[0]);
        } catch (\Throwable $error) {
            $this->log->write('kessai: ' . \Kessai\OpenCart\OpenCartLog::named($error));
        }
    }
}
