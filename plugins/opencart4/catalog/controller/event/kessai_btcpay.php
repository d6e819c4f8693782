<?php

declare(strict_types=1);

namespace Opencart\Catalog\Controller\Extension\KessaiBtcpay\Event;

use Kessai\OpenCart4\Catalog;
use Kessai\OpenCart\Checkout\SessionOrder;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Hooks;
use Kessai\OpenCart\OpenCartLog;
use Kessai\OpenCart\Texts;

require_once DIR_EXTENSION . 'kessai_btcpay/system/kessai/autoload.php';

/** OpenCart's events. None of them may fail what the shop is doing. */
class KessaiBtcpay extends \Opencart\System\Engine\Controller
{
    /** After model/checkout/order addHistory. */
    public function moved(string &$route, array &$args, mixed &$output = null): void
    {
        $this->told(static fn (Hooks $hooks) => $hooks->moved((int) $args[0], (int) $args[1]));
    }

    /** Before model/checkout/order editOrder. */
    public function beforeEdit(string &$route, array &$args): void
    {
        $this->told(static fn (Hooks $hooks) => $hooks->beforeEdit((int) $args[0]));
    }

    /** After model/checkout/order editOrder. */
    public function edited(string &$route, array &$args, mixed &$output = null): void
    {
        $this->told(static fn (Hooks $hooks) => $hooks->edited((int) $args[0]));
    }

    /** Before model/checkout/order deleteOrder. */
    public function deleted(string &$route, array &$args): void
    {
        $this->told(static fn (Hooks $hooks) => $hooks->deleted((int) $args[0]));
    }

    /** Before controller/checkout/confirm. */
    public function confirming(string &$route, array &$args): void
    {
        $this->told(function (Hooks $hooks, Extension $extension): void {
            $texts = new Texts((string) $this->config->get('config_language'));
            (new SessionOrder($extension, $this->session, $this->cart, $texts))->renew();
        });
    }

    private function told(callable $tell): void
    {
        try {
            $extension = new Extension(new Catalog($this->registry));
            $tell(new Hooks($extension), $extension);
        } catch (\Throwable $error) {
            $this->log->write('kessai: ' . OpenCartLog::named($error));
        }
    }
}
