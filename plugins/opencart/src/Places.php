<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Sql\Connection;

/**
 * How many messages a shop works on at a time. A server sends a webhook's messages one after another, so there are always places;
 * where what they wait for hangs, they must not take all of PHP's processes from the customers.
 */
final class Places
{
    private const PLACES = 2;

    /** Seconds; a message is worked off in a fraction of one. */
    private const WAIT = 1;

    private Connection $db;

    private string $prefix;

    /** @param Connection $db which keeps a place until it is given back, or the connection ends */
    public function __construct(Connection $db, string $prefix)
    {
        $this->db = $db;
        $this->prefix = $prefix;
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
            $this->db->query('SELECT RELEASE_LOCK(?)', [$place]);
        }
    }

    private function free(): ?string
    {
        for ($number = 1; $number <= self::PLACES; $number++) {
            $place = Names::lock("place $number", $this->prefix);
            $seconds = $number === self::PLACES ? self::WAIT : 0;
            if ((int) $this->db->query('SELECT GET_LOCK(?, ?) AS got', [$place, $seconds])[0]['got'] === 1) {
                return $place;
            }
        }
        return null;
    }
}
