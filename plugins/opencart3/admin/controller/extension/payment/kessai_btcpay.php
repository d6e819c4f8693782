<?php

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** The settings of the extension in the admin of OpenCart 3, and an order's payment. */
class ControllerExtensionPaymentKessaiBtcpay extends Controller
{
    use \Kessai\OpenCart\Admin\Pages;

    protected function backend(): \Kessai\OpenCart\Admin\Backend
    {
        return new \Kessai\OpenCart3\AdminBackend($this->registry);
    }
}
