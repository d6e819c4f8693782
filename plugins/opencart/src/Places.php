<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/**
 * How many messages a shop works on at a time. A server sends a webhook's messages one after another, so there are always places;
 * where what they wait for hangs, they must not take all of PHP's processes from the customers.
 */
final class Places
{
    private const PLACES = 2;

    /** Seconds; a message is worked off in a fraction of one. */
    private const WAIT = 1;

    private Lock $lock;

    public function __construct(Lock $lock)
    {
        $this->lock = $lock;
    }

    /**
     * @template T
     *
     * @param callable(): T $work
     *
     * @return T|null null where there is no place
     */
    public function within(callable $work)
    {
        $place = $this->free();
        if ($place === null) {
            return null;
        }
        try {
            return $work();
        } finally {
            $this->lock->release($place);
        }
    }

    private function free(): ?string
    {
        for ($number = 1; $number <= self::PLACES; $number++) {
            if ($this->lock->take("place $number", $number === self::PLACES ? self::WAIT : 0)) {
                return "place $number";
            }
        }
        return null;
    }
}
