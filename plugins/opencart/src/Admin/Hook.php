<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

/** A place in OpenCart at which it calls this extension: a row of its table of events. */
final class Hook
{
    /** As in the table of events: `catalog/model/checkout/order/addHistory/after`. */
    public string $trigger;

    /** The method of this extension's controller of events. */
    public string $method;

    public function __construct(string $trigger, string $method)
    {
        $this->trigger = $trigger;
        $this->method = $method;
    }

    /**
     * All of them.
     *
     * @param string $separator between a class and its method: `/`, or `.` since OpenCart 4.1
     * @param string $add       the method by which OpenCart moves an order
     *
     * @return list<self>
     */
    public static function all(string $separator, string $add): array
    {
        $order = "catalog/model/checkout/order$separator";
        $hooks = [
            new self("$order$add/after", 'moved'),
            new self("{$order}editOrder/before", 'beforeEdit'),
            new self("{$order}editOrder/after", 'edited'),
            new self("{$order}deleteOrder/before", 'deleted'),
            new self('catalog/controller/checkout/confirm/before', 'confirming'),
            new self('admin/view/common/column_left/before', 'columnLeft'),
        ];
        // OpenCart 4.1 deletes orders in the admin, all others in the storefront.
        return $separator === '.' ? array_merge($hooks, [new self('admin/model/sale/order.deleteOrder/before', 'deleted')]) : $hooks;
    }
}
