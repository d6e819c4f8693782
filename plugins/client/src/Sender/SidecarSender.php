<?php

declare(strict_types=1);

namespace Kessai\Sender;

use Kessai\Door;
use Kessai\KessaiException;
use Kessai\Sender;
use Kessai\Transport\Sends;

/** `kessai serve` sends: to the servers of its `--gateway`, and nowhere else. */
final class SidecarSender implements Sender
{
    private Door $door;

    private Sends $transport;

    public function __construct(Door $door, Sends $transport)
    {
        $this->door = $door;
        $this->transport = $transport;
    }

    public function send(
        #[\SensitiveParameter]
        array $requests,
        float $seconds,
        array $reach
    ): array {
        try {
            return $this->door->send($this->transport, $requests, $seconds);
        } catch (KessaiException $_) {
            // They count as lost: the core asks what became of them before it repeats anything.
            return [];
        }
    }
}
