<?php

use Kessai\KessaiException;
use Kessai\OpenCart\Callback;
use Kessai\OpenCart\Checkout\OrderPage;
use Kessai\OpenCart\Checkout\Payment;
use Kessai\OpenCart\Checkout\SessionOrder;
use Kessai\OpenCart\Connection\Authorized;
use Kessai\OpenCart\Desk\Request;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Job;
use Kessai\OpenCart\Page;
use Kessai\OpenCart\Texts;
use Kessai\OpenCart3\Catalog;

require_once DIR_SYSTEM . 'library/kessai_btcpay/autoload.php';

/** The pages of the storefront: reads requests and shows what comes of them. */
class ControllerExtensionPaymentKessaiBtcpay extends Controller
{
    /** @var Extension|null */
    private static $extension;

    /** The button at the end of the checkout. */
    public function index()
    {
        $view = 'catalog/view/javascript/kessai_btcpay';
        return $this->load->view('extension/payment/kessai_btcpay', [
            'texts' => $this->texts()->all(),
            // Without a host: the checkout may be drawn under another one of the shop's.
            'confirm' => 'index.php?route=extension/payment/kessai_btcpay/confirm',
            'checkout_script' => "$view/checkout.js",
            'modal_script' => "$view/kessai.js",
        ]);
    }

    /** The order that was just confirmed, paid on the server's page or in its modal. */
    public function confirm()
    {
        $this->json($this->sessionOrder()->confirm());
    }

    /** What BTCPay Server tells. */
    public function callback()
    {
        (new Callback())->take(fn (): Extension => $this->extension());
        exit;
    }

    /** Where BTCPay Server's own page sends the key, across sites and without a cookie. */
    public function authorized()
    {
        $page = new Page($this->texts());
        $page->withoutCookies();
        $page->leadOn((new Authorized($this->extension()))->take((string) ($this->request->get['state'] ?? ''), (string) file_get_contents('php://input')));
        exit;
    }

    /** Where the customer comes back to: a cookie that is `SameSite=Strict` comes with the next request only. */
    public function back()
    {
        $page = new Page($this->texts());
        if (!isset($this->request->cookie[$this->config->get('session_name')])) {
            // A new session would take the place of the customer's own, and the cart with it.
            $page->withoutCookies();
        }
        $page->leadOn(['url' => $this->link('order', ['t' => $this->token()])]);
        exit;
    }

    /** How the order of a return link stands. */
    public function order()
    {
        $this->response->addHeader('Referrer-Policy: no-referrer');
        try {
            $order = (new OrderPage($this->extension()))->show($this->token(), $this->texts()->language);
        } catch (KessaiException $error) {
            $this->response->addHeader($this->request->server['SERVER_PROTOCOL'] . ' ' . $error->answer());
            $this->page($this->texts()->of('order_title', ['order' => '']), $this->told($error), 'unknown');
            return;
        }
        $this->sessionOrder()->returned($order['orderId'], $order['hasMoney']);
        $this->page($this->texts()->of('order_title', ['order' => $order['orderId']]), $order['text'], $order['page'], [
            'status_url' => $this->link('status', ['t' => $order['statusToken']]),
            'pay_url' => $order['canPay'] ? $this->link('pay', ['t' => $this->token()]) : '',
            'again_url' => $order['hasMoney'] ? '' : $this->url->link('checkout/checkout', '', true),
        ]);
    }

    /** What the order's page and the modal ask again and again. */
    public function status()
    {
        try {
            $this->json((new OrderPage($this->extension()))->status($this->token(), $this->texts()->language));
        } catch (KessaiException $error) {
            $this->response->addHeader($this->request->server['SERVER_PROTOCOL'] . ' ' . $error->answer());
            $this->json(['code' => $error->errorCode()]);
        }
    }

    /** On to the payment page of a return link's order. */
    public function pay()
    {
        try {
            $extension = $this->extension();
            $orderId = (new OrderPage($extension))->orderOf($this->token());
            $invoice = (new Payment($extension))->invoice($orderId);
            if ($invoice !== null) {
                $this->response->redirect($invoice['checkoutLink']);
            }
            $this->page($this->texts()->of('method_title'), $this->texts()->of('error_order'), 'unknown');
        } catch (KessaiException $error) {
            if ($error->errorCode() === 'order.hasPayment') {
                $this->response->redirect($this->link('order', ['t' => $this->token()]));
            }
            $this->page($this->texts()->of('method_title'), $this->told($error), 'unknown');
        }
    }

    /** What an admin signed. */
    public function desk()
    {
        (new Request())->take(fn (): Extension => $this->extension(), (string) ($this->request->post['sheet'] ?? ''));
        exit;
    }

    /** What is due, for a shop whose scheduler calls an address: `&key=` is on the settings page. */
    public function job()
    {
        $extension = $this->extension();
        $job = new Job($extension);
        if (!$job->isCalledBy((string) ($this->request->get['key'] ?? ''))) {
            $this->response->addHeader($this->request->server['SERVER_PROTOCOL'] . ' 403');
            $this->json(['code' => 'job.key']);
            return;
        }
        try {
            $this->json($job->run());
        } catch (KessaiException $error) {
            $this->response->addHeader($this->request->server['SERVER_PROTOCOL'] . ' 503');
            $this->json(['code' => $error->errorCode(), 'message' => $error->getMessage(), 'remedy' => $error->remedy()]);
        }
    }

    private function told(KessaiException $error): string
    {
        $this->extension()->log()->info('kessai: a page could not be shown', ['code' => $error->errorCode()]);
        return $this->texts()->of(strncmp($error->errorCode(), 'return.', 7) === 0 ? 'error_link' : 'error_page');
    }

    /** @param array<string, string> $links */
    private function page(string $title, string $text, string $state, array $links = [])
    {
        $this->document->setTitle($title);
        $parts = ['header', 'footer', 'column_left', 'column_right', 'content_top', 'content_bottom'];
        $shown = ['title' => $title, 'text' => $text, 'state' => $state, 'texts' => $this->texts()->all()] + $links;
        $shown['order_script'] = 'catalog/view/javascript/kessai_btcpay/order.js';
        $shown['shop_url'] = $this->url->link('common/home');
        foreach ($parts as $part) {
            $shown[$part] = $this->load->controller("common/$part");
        }
        $this->response->setOutput($this->load->view('extension/payment/kessai_btcpay_order', $shown));
    }

    /** @param array<string, mixed> $value */
    private function json(array $value)
    {
        $this->response->addHeader('Content-Type: application/json');
        $this->response->setOutput((string) json_encode($value));
    }

    /** @param array<string, string> $query */
    private function link(string $page, array $query = []): string
    {
        $store = $this->config->get(empty($this->request->server['HTTPS']) ? 'config_url' : 'config_ssl');
        return $this->extension()->platform()->address($page, $query, (string) $store);
    }

    private function token(): string
    {
        $token = $this->request->get['t'] ?? '';
        return is_string($token) ? $token : '';
    }

    private function texts(): Texts
    {
        return new Texts((string) $this->session->data['language']);
    }

    private function sessionOrder(): SessionOrder
    {
        return new SessionOrder($this->extension(), $this->session, $this->cart, $this->texts());
    }

    private function extension(): Extension
    {
        return self::$extension ??= new Extension(new Catalog($this->registry));
    }
}
