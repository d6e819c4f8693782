<?php

declare(strict_types=1);

require __DIR__ . '/../../plugins/client/autoload.php';

use Kessai\Transport;
use Kessai\Transport\Process;
use Kessai\Transport\Tcp;
use Kessai\Transport\UnixSocket;

/** @param array{socket?: string, tcp?: string, token?: string, cli?: string, node?: string} $place */
function transportOf(array $place): Transport
{
    if (isset($place['socket'])) {
        return new UnixSocket($place['socket']);
    }
    if (isset($place['tcp'])) {
        return new Tcp($place['tcp'], $place['token']);
    }
    return new Process($place['cli'] ?? null, $place['node'] ?? 'node');
}

/** @return mixed the JSON on stdin */
function given()
{
    return json_decode((string) stream_get_contents(STDIN), true, 512, JSON_THROW_ON_ERROR);
}

/** @param mixed $value */
function told($value): void
{
    echo json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES), "\n";
}
