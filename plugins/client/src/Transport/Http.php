<?php

declare(strict_types=1);

namespace Kessai\Transport;

/**
 * The sidecar over HTTP, on one kept connection. A step whose kept connection turns out to be dead is asked once more on a
 * new one (libcurl does so where nothing of a reply came); `send` gets a new connection each time, so that it never is.
 */
abstract class Http implements Sends
{
    private const CONNECT_MS = 2000;

    /** What a reply may take beyond the time that its requests had, in seconds. */
    private const GRACE = 2.0;

    /** Codes of libcurl for a connection that ended before the reply was whole. */
    private const LOST = [
        CURLE_PARTIAL_FILE,
        CURLE_GOT_NOTHING,
        CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,
    ];

    /** @var resource|\CurlHandle|null */
    private $handle;

    /** The process that opened the connection: two that share one would read each other's replies. */
    private int $owner = 0;

    /** Where the sidecar is, for people. */
    abstract protected function place(): string;

    /** The command that starts it there. */
    abstract protected function command(): string;

    abstract protected function origin(): string;

    /** @return array<int, mixed> options of libcurl */
    abstract protected function options(): array;

    /** @return string[] header lines */
    protected function headers(): array
    {
        return [];
    }

    public function step(
        string $op,
        #[\SensitiveParameter]
        string $input,
        #[\SensitiveParameter]
        ?string $raw,
        float $seconds
    ): Answer {
        $path = '/v1/pure/' . rawurlencode($op);
        if ($raw === null) {
            return $this->post($path, ['content-type: application/json'], $input, $seconds, false);
        }
        $headers = ['content-type: application/octet-stream', "kessai-input: $input"];
        return $this->post($path, $headers, $raw, $seconds, false);
    }

    public function send(
        #[\SensitiveParameter]
        string $requests,
        float $seconds
    ): Answer {
        $headers = ['content-type: application/json', 'kessai-timeout-ms: ' . self::milliseconds($seconds)];
        return $this->post('/v1/send', $headers, $requests, $seconds + self::GRACE, true);
    }

    /** @param string[] $headers */
    private function post(
        string $path,
        #[\SensitiveParameter]
        array $headers,
        #[\SensitiveParameter]
        string $body,
        float $seconds,
        bool $isOnce
    ): Answer {
        $handle = $this->handle();
        $said = [];
        $isHeadWhole = false;
        $text = '';
        curl_setopt_array($handle, $this->options() + [
            CURLOPT_URL => $this->origin() . $path,
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            // libcurl asks before it sends a large body, unless told; the sidecar wants it at once.
            CURLOPT_HTTPHEADER => array_merge($this->headers(), $headers, ['Expect:', 'Accept:']),
            CURLOPT_CONNECTTIMEOUT_MS => self::CONNECT_MS,
            CURLOPT_TIMEOUT_MS => self::milliseconds($seconds),
            CURLOPT_FRESH_CONNECT => $isOnce,
            CURLOPT_NOSIGNAL => true,
            // The environment's proxy is for the internet, and a token is for nobody but the sidecar.
            CURLOPT_PROXY => '',
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_HEADERFUNCTION => static function ($_, string $line) use (&$said, &$isHeadWhole): int {
                $isHeadWhole = trim($line) === '';
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $said[strtolower($name)] = trim($value);
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($_, string $chunk) use (&$text): int {
                $text .= $chunk;
                return strlen($text) > Answer::MOST_BYTES ? 0 : strlen($chunk);
            },
        ]);
        curl_exec($handle);
        $code = curl_errno($handle);
        if ($code === CURLE_OK && !$isHeadWhole) {
            $code = CURLE_GOT_NOTHING;
        }
        if ($code !== CURLE_OK) {
            throw $this->failed($code, $seconds);
        }
        return $this->read((int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE), $said, $text);
    }

    /**
     * @param array<string, string> $headers by lower-case name
     */
    private function read(int $status, array $headers, string $text): Answer
    {
        $version = $headers['kessai-version'] ?? null;
        // What stands between, such as nginx, answers so where the sidecar does not.
        if ($version === null && in_array($status, [502, 503, 504], true)) {
            throw new Failure('sidecar.lost', ['place' => $this->place()]);
        }
        if ($version === null) {
            throw new Failure('sidecar.foreign', ['place' => $this->place(), 'status' => (string) $status]);
        }
        $ops = $headers['kessai-ops'] ?? '';
        return new Answer($text, $version, ctype_digit($ops) ? (int) $ops : null);
    }

    private function failed(int $code, float $seconds): Failure
    {
        $values = [
            'place' => $this->place(),
            'command' => $this->command(),
            'seconds' => rtrim(rtrim(number_format($seconds, 1, '.', ''), '0'), '.'),
            'curl' => (string) curl_strerror($code),
        ];
        if ($code === CURLE_COULDNT_CONNECT || $code === CURLE_COULDNT_RESOLVE_HOST) {
            return new Failure('sidecar.absent', $values);
        }
        if ($code === CURLE_OPERATION_TIMEOUTED) {
            return new Failure('sidecar.timeout', $values);
        }
        if ($code === CURLE_WRITE_ERROR) {
            return new Failure('sidecar.replyTooLarge', $values);
        }
        return new Failure(in_array($code, self::LOST, true) ? 'sidecar.lost' : 'sidecar.foreign', $values);
    }

    /** @return resource|\CurlHandle */
    private function handle()
    {
        if (!$this->handle || $this->owner !== getmypid()) {
            $this->handle = curl_init();
            $this->owner = (int) getmypid();
        }
        return $this->handle;
    }

    private static function milliseconds(float $seconds): int
    {
        return max(1, (int) ceil($seconds * 1000));
    }
}
