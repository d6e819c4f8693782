<?php

declare(strict_types=1);

namespace Kessai\Transport;

/** `kessai serve` on a unix socket: the socket's permissions say who may call. */
final class UnixSocket extends Http
{
    private string $path;

    /** @param string $path where `kessai serve` listens */
    public function __construct(string $path = '/run/kessai/kessai.sock')
    {
        $this->path = $path;
    }

    protected function place(): string
    {
        return $this->path;
    }

    protected function command(): string
    {
        return "npx kessai serve --socket {$this->path} --gateway https://your-btcpay-server";
    }

    protected function origin(): string
    {
        return 'http://kessai';
    }

    protected function options(): array
    {
        return [CURLOPT_UNIX_SOCKET_PATH => $this->path];
    }
}
