<?php

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** What the admin of OpenCart 3 calls this extension for. */
class ControllerExtensionEventKessaiBtcpay extends Controller
{
    /** Before the menu at the left is drawn. */
    public function columnLeft(&$route, &$data)
    {
        if ($this->user->hasPermission('access', 'extension/payment/kessai_btcpay')) {
            $backend = new \Kessai\OpenCart3\AdminBackend($this->registry);
            $badge = new \Kessai\OpenCart\Admin\Badge(new \Kessai\OpenCart\Extension($backend), $backend);
            $data['menus'] = $badge->into($data['menus']);
        }
    }
}
