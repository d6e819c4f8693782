<?php

declare(strict_types=1);

namespace Kessai;

/** Sends the requests of a step to the gateway. */
interface Sender
{
    /**
     * All at once, with no lock held. Never throws for what happens on the way: a failure is a response too, and a response
     * that is missing counts as lost.
     *
     * @param array<int, array<string, mixed>> $requests the `send` of a reply
     * @param float                            $seconds  the most that all of them may take
     * @param string[]                         $reach    addresses to whose servers they may go
     *
     * @return array<int, array<string, mixed>> responses as docs/manual/protocol.md has them
     */
    public function send(array $requests, float $seconds, array $reach): array;
}
