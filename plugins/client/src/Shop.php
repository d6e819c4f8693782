<?php

declare(strict_types=1);

namespace Kessai;

use Kessai\Effect\Effect;

/** What {@see Sql\SqlOrders} has to know of a shop's own orders, and has it do with them. */
interface Shop
{
    /**
     * An order as the shop shows it at this moment; null where there is none of this id. Order ids are text and come from
     * messages: check the form before the database compares them with a number. A table of InnoDB is read with `FOR UPDATE`.
     *
     * @return array{status: string, method?: string|null, shipped?: bool|null, short?: bool|null}|null `status`: the shop's own,
     *     as text; `method`: `btcpay` (or nothing) while the order is still paid through kessai; `shipped`: goods have left;
     *     `short`: goods that had gone back on sale could not all be taken again
     */
    public function order(string $orderId): ?array;

    /**
     * Does an effect within the transaction that stores the record, on its connection, and returns true. Returns false where
     * that cannot be: the table is MyISAM, the shop's own code commits, or it is a mail. It is then stored as planned, and
     * {@see carryOut()} does it after the commit.
     */
    public function apply(string $orderId, Effect $effect): bool;

    /**
     * Does an effect that {@see apply()} left. Once, and again only where the process ended before that could be noted: levels
     * (`status`, `stock`, `points`, `paidDate`, `goods`) say what is to be and are harmless twice, notices have a key. A status
     * comes only while the order still has the status it was decided on.
     *
     * What is thrown leaves the plan as it is, and nothing new is decided for this order until it could be carried out; a mail
     * that fails holds up nothing. It is done under the order's lock and before a webhook is answered: hand a mail to a queue
     * rather than to a server that may be slow.
     */
    public function carryOut(string $orderId, Effect $effect): void;
}
