<?php

use Kessai\OpenCart3\Catalog;
use Kessai\OpenCart\Checkout\SessionOrder;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Hooks;
use Kessai\OpenCart\OpenCartLog;
use Kessai\OpenCart\Texts;

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** OpenCart's events. None of them may fail what the shop is doing. */
class ControllerExtensionEventKessaiBtcpay extends Controller
{
    /** After model/checkout/order addOrderHistory. */
    public function moved(&$route, &$args, &$output = null)
    {
        $this->told(static function (Hooks $hooks) use ($args) {
            $hooks->moved((int) $args[0], (int) $args[1]);
        });
    }

    /** Before model/checkout/order editOrder. */
    public function beforeEdit(&$route, &$args)
    {
        $this->told(static function (Hooks $hooks) use ($args) {
            $hooks->beforeEdit((int) $args[0]);
        });
    }

    /** After model/checkout/order editOrder. */
    public function edited(&$route, &$args, &$output = null)
    {
        $this->told(static function (Hooks $hooks) use ($args) {
            $hooks->edited((int) $args[0]);
        });
    }

    /** Before model/checkout/order deleteOrder. */
    public function deleted(&$route, &$args)
    {
        $this->told(static function (Hooks $hooks) use ($args) {
            $hooks->deleted((int) $args[0]);
        });
    }

    /** Before controller/checkout/confirm. */
    public function confirming(&$route, &$args)
    {
        $this->told(function (Hooks $hooks, Extension $extension) {
            $this->sessionOrder($extension)->renew();
        });
    }

    /**
     * Before model/checkout/order addOrder, which OpenCart 3 calls with every drawing of its confirmation: an order whose payment
     * goes on stays the customer's.
     *
     * @return int|null the order to be taken instead
     */
    public function adding(&$route, &$args)
    {
        return $this->told(function (Hooks $hooks, Extension $extension) {
            return $this->sessionOrder($extension)->begun() ?: null;
        });
    }

    private function sessionOrder(Extension $extension): SessionOrder
    {
        return new SessionOrder($extension, $this->session, $this->cart, new Texts((string) $this->session->data['language']));
    }

    /** @return mixed what it gives; null where it fails */
    private function told(callable $tell)
    {
        try {
            $extension = new Extension(new Catalog($this->registry));
            return $tell(new Hooks($extension), $extension);
        } catch (\Throwable $error) {
            $this->log->write('kessai: ' . OpenCartLog::named($error));
            return null;
        }
    }
}
