<?php

declare(strict_types=1);

namespace Kessai\Transport;

/** `kessai serve --tcp`, with the token of its `--token-file`; or nginx before it, by https. */
final class Tcp extends Http
{
    private string $origin;

    private string $token;

    /**
     * @param string $origin such as `http://127.0.0.1:8787`; https for any other machine
     * @param string $token  the text of the token file
     */
    public function __construct(
        string $origin,
        #[\SensitiveParameter]
        string $token
    ) {
        $origin = rtrim($origin, '/');
        $isSafe = preg_match('~^(https://[^/?#@\s]+|http://(127(\.\d{1,3}){3}|\[::1\]|localhost)(:\d{1,5})?)$~Di', $origin);
        if (!$isSafe) {
            throw new \InvalidArgumentException('The origin must be http on this machine, or https: keys travel over it.');
        }
        $this->origin = $origin;
        $this->token = trim($token);
        if (!preg_match('/^[\x21-\x7e]+$/D', $this->token)) {
            throw new \InvalidArgumentException('The token must be one line of ASCII characters, as in the token file.');
        }
    }

    protected function place(): string
    {
        return $this->origin;
    }

    protected function command(): string
    {
        $address = preg_replace('~^https?://~i', '', $this->origin);
        return "npx kessai serve --tcp $address --token-file FILE --gateway https://your-btcpay-server";
    }

    protected function origin(): string
    {
        return $this->origin;
    }

    protected function options(): array
    {
        return [];
    }

    protected function headers(): array
    {
        return ["authorization: Bearer {$this->token}"];
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['origin' => $this->origin];
    }
}
