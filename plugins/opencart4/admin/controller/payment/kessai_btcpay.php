<?php

namespace Opencart\Admin\Controller\Extension\KessaiBtcpay\Payment;

require_once DIR_EXTENSION . 'kessai_btcpay/system/kessai/autoload.php';

/** The settings of the extension in the admin of OpenCart 4, and an order's payment. */
class KessaiBtcpay extends \Opencart\System\Engine\Controller
{
    use \Kessai\OpenCart\Admin\Pages;

    protected function backend(): \Kessai\OpenCart\Admin\Backend
    {
        return new \Kessai\OpenCart4\AdminBackend($this->registry);
    }
}
