<?php

namespace Opencart\Admin\Controller\Extension\KessaiBtcpay\Payment;

require_once DIR_EXTENSION . 'kessai_btcpay/system/kessai/autoload.php';

/** The settings of the extension in the admin of OpenCart 4. */
class KessaiBtcpay extends \Opencart\System\Engine\Controller
{
    public function install(): void
    {
        $this->installation()->install();
    }

    public function uninstall(): void
    {
        $this->installation()->uninstall();
    }

    private function installation(): \Kessai\OpenCart\Admin\Installation
    {
        $backend = new \Kessai\OpenCart4\AdminBackend($this->registry);
        return new \Kessai\OpenCart\Admin\Installation(new \Kessai\OpenCart\Extension($backend), $backend);
    }
}
