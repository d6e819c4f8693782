<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Effect\AlertEffect;
use Kessai\OpenCart\Order\Moves;

/** What the shop does with an order on its own, as OpenCart's events tell it. None of these may fail what the shop is doing. */
final class Hooks
{
    private Extension $extension;

    /** @var array<int, string> what an order came to before it is edited */
    private static array $totals = [];

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /** After an order's status was changed, by anybody: one that was called off is not to be paid any more. */
    public function moved(int $orderId, int $statusId): void
    {
        if (!Moves::isMoving() && $this->extension->settings()->isClosing($statusId)) {
            $this->close($orderId);
        }
    }

    public function beforeEdit(int $orderId): void
    {
        self::$totals[$orderId] = $this->sumOf($orderId);
    }

    /** An order that comes to something else now needs another invoice: the next attempt to pay makes it. */
    public function edited(int $orderId): void
    {
        $before = self::$totals[$orderId] ?? '';
        unset(self::$totals[$orderId]);
        if ($before !== '' && $before !== $this->sumOf($orderId)) {
            $this->close($orderId);
        }
    }

    /** Before an order is deleted. At once, for afterwards there is no order any more. */
    public function deleted(int $orderId): void
    {
        if ($this->extension->orders()->record((string) $orderId) === null || $this->extension->ofDeparting()->closings()->close($orderId)) {
            return;
        }
        // What is paid from now on belongs to no order, and nobody would hear of it.
        $text = (new Texts((string) $this->extension->settings()->get('language')))->of('deleted_open', ['order' => $orderId]);
        $this->extension->alerts()->add((string) $orderId, new AlertEffect('shop.deleted', 'shop.deleted', $text));
    }

    private function sumOf(int $orderId): string
    {
        $order = $this->extension->platform()->order($orderId);
        if ($order === null || $order['payment_code'] !== Extension::CODE) {
            return '';
        }
        return "{$order['total']} {$order['currency_code']} {$order['currency_value']}";
    }

    private function close(int $orderId): void
    {
        $this->extension->closings()->add($orderId);
        $this->extension->afterwards();
    }
}
