<?php

declare(strict_types=1);

namespace Kessai\Transport;

use Kessai\Transport;

/** A transport whose other side sends requests to gateways. */
interface Sends extends Transport
{
    /**
     * Has the requests of a step sent. They are sent once or not at all, whatever happens on the way.
     *
     * @param string $requests `{"send": […]}`, JSON text in ASCII
     * @param float  $seconds  the most that all of them may take
     *
     * @throws Failure where it is not known what became of them
     */
    public function send(string $requests, float $seconds): Answer;
}
