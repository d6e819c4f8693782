<?php

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** The settings of the extension in the admin of OpenCart 3. */
class ControllerExtensionPaymentKessaiBtcpay extends Controller
{
    public function install()
    {
        $this->installation()->install();
    }

    public function uninstall()
    {
        $this->installation()->uninstall();
    }

    private function installation(): \Kessai\OpenCart\Admin\Installation
    {
        $backend = new \Kessai\OpenCart3\AdminBackend($this->registry);
        return new \Kessai\OpenCart\Admin\Installation(new \Kessai\OpenCart\Extension($backend), $backend);
    }
}
