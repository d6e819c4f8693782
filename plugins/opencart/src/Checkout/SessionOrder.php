<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Checkout;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;

/** The order that a customer's session is about. OpenCart's session and cart are the same in both versions. */
final class SessionOrder
{
    /** What the cart was when its order's payment began. */
    private const CART = 'kessai_cart';

    private Extension $extension;

    private object $session;

    private object $cart;

    private Texts $texts;

    public function __construct(Extension $extension, object $session, object $cart, Texts $texts)
    {
        $this->extension = $extension;
        $this->session = $session;
        $this->cart = $cart;
        $this->texts = $texts;
    }

    /**
     * The customer's last click. Whatever fails leaves cart and order as they are.
     *
     * @return array<string, mixed> for the page: `redirect`, or `modal` with what openCheckout takes, or `error`
     */
    public function confirm(): array
    {
        $orderId = $this->orderId();
        $order = $this->order();
        if ($order === null) {
            return ['error' => $this->texts->of('error_order')];
        }
        try {
            $made = (new Payment($this->extension))->invoice($orderId);
        } catch (KessaiException $error) {
            if ($error->errorCode() === 'order.hasPayment') {
                $links = new Links($this->extension, $this->extension->kessai());
                return ['redirect' => $links->back($order)];
            }
            $this->extension->log()->error('kessai: the payment page could not be opened', [
                'orderId' => $orderId, 'code' => $error->errorCode(), 'message' => $error->getMessage(), 'remedy' => $error->remedy(),
            ]);
            return ['error' => $this->texts->of('error_page')];
        } catch (\Throwable $error) {
            $this->extension->log()->error('kessai: the payment page could not be opened', ['orderId' => $orderId, 'exception' => $error]);
            return ['error' => $this->texts->of('error_page')];
        } finally {
            // The order's mail, once the answer is out.
            $this->extension->afterwards();
        }
        if ($made === null) {
            return ['error' => $this->texts->of('error_order')];
        }
        $this->session->data[self::CART] = $this->digest();
        $isModal = $this->extension->settings()->get('mode') === 'modal';
        return $isModal ? ['modal' => $made] : ['redirect' => $made['checkoutLink']];
    }

    /**
     * Before the shop draws its confirmation: an order whose payment has begun is not edited any more by OpenCart, so a cart that
     * was changed since needs an order of its own. The first is closed, so that nobody pays it by mistake.
     */
    public function renew(): void
    {
        $orderId = $this->orderId();
        $order = $this->order();
        if ($order === null || (int) $order['order_status_id'] === 0) {
            return;
        }
        $record = $this->extension->orders()->record((string) $orderId);
        if ($record === null) {
            return;
        }
        // A cart that was changed needs nobody to be asked.
        if ($this->begun() === $orderId && $this->isOpen($record)) {
            return;
        }
        unset($this->session->data['order_id'], $this->session->data[self::CART]);
        $this->extension->closings()->add($orderId);
        $this->extension->afterwards();
    }

    /** Whether there is still something to be paid on the order's invoice. */
    private function isOpen(string $record): bool
    {
        $page = $this->extension->kessai()->checkout()->standing(['record' => $record])['page'];
        return in_array($page, ['waiting', 'partlyPaid'], true);
    }

    /** The order whose payment has begun, where the cart is still what it was then; 0 where there is none. */
    public function begun(): int
    {
        return ($this->session->data[self::CART] ?? '') === $this->digest() ? $this->orderId() : 0;
    }

    /**
     * OpenCart 4.1.0.3 voids an order that nobody has paid yet whenever its checkout is drawn again. It is given back, for the
     * customer is about to pay it.
     */
    public function unvoid(): void
    {
        $orderId = $this->orderId();
        $void = (int) $this->extension->platform()->config('config_void_status_id');
        if ($orderId === 0 || $void === 0) {
            return;
        }
        $prefix = DB_PREFIX;
        $this->extension->platform()->query(
            "UPDATE `{$prefix}order` SET order_status_id = 0 WHERE order_id = ? AND order_status_id = ? AND NOT EXISTS
             (SELECT 1 FROM `{$prefix}order_history` AS h WHERE h.order_id = ? AND h.order_status_id NOT IN (0, ?))",
            [$orderId, $void, $orderId, $void]
        );
    }

    /** The customer is back: the cart is emptied where its own order has money, and not otherwise. */
    public function returned(int $orderId, bool $hasMoney): void
    {
        if (!$hasMoney || $this->orderId() !== $orderId) {
            return;
        }
        $this->cart->clear();
        $done = [
            'order_id', 'payment_address', 'payment_method', 'payment_methods', 'shipping_address', 'shipping_method', 'shipping_methods',
            'guest', 'comment', 'agree', 'coupon', 'reward', 'voucher', 'vouchers', 'totals', self::CART,
        ];
        foreach ($done as $name) {
            unset($this->session->data[$name]);
        }
    }

    /** @return array<string, mixed>|null null where there is none, or it is to be paid otherwise */
    private function order(): ?array
    {
        $order = $this->orderId() === 0 ? null : $this->extension->platform()->order($this->orderId());
        return $order !== null && $order['payment_code'] === Extension::CODE ? $order : null;
    }

    private function orderId(): int
    {
        return (int) ($this->session->data['order_id'] ?? 0);
    }

    private function digest(): string
    {
        $products = array_map(
            static fn (array $product): array => [$product['product_id'], $product['quantity'], $product['option'] ?? [], $product['total']],
            array_values($this->cart->getProducts())
        );
        $names = [
            'currency', 'coupon', 'reward', 'voucher', 'vouchers', 'shipping_method', 'shipping_address', 'payment_method', 'payment_address',
            'customer', 'guest', 'customer_id', 'comment',
        ];
        $chosen = array_intersect_key($this->session->data, array_flip($names));
        ksort($chosen);
        return hash('sha256', (string) json_encode([$this->orderId(), $products, $chosen]));
    }
}
