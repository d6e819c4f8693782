<?php

declare(strict_types=1);

namespace Kessai\Sender;

/**
 * One request on its way.
 *
 * @internal
 */
final class Exchange
{
    /** Linux's ENETUNREACH. */
    private const NO_NETWORK = 101;

    /** @var resource|\CurlHandle */
    public $handle;

    private string $id;

    /** @var array<string, string> */
    private array $headers = [];

    private string $body = '';

    private bool $isHeadWhole = false;

    /**
     * @param array<string, mixed> $request      as a step gives it
     * @param int                  $milliseconds the most that it may take
     * @param int                  $limit        the most that is read of its reply, in bytes
     */
    public function __construct(
        #[\SensitiveParameter]
        array $request,
        int $milliseconds,
        int $limit,
        ?string $caFile
    ) {
        $this->id = $request['id'];
        $lines = [];
        foreach ($request['headers'] as $name => $value) {
            $lines[] = "$name: $value";
        }
        $options = [
            CURLOPT_URL => $request['url'],
            CURLOPT_CUSTOMREQUEST => $request['method'],
            CURLOPT_HTTPHEADER => array_merge(['Content-Type:', 'Expect:'], $lines),
            CURLOPT_TIMEOUT_MS => $milliseconds,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_SSL_VERIFYPEER => true,
            CURLOPT_SSL_VERIFYHOST => 2,
            // A connection that was kept could have its request sent twice by libcurl.
            CURLOPT_FRESH_CONNECT => true,
            CURLOPT_FORBID_REUSE => true,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_PROXY => '',
            CURLOPT_HEADERFUNCTION => function ($_, string $line): int {
                $this->header($line);
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => function ($_, string $chunk) use ($limit): int {
                $this->body .= $chunk;
                return strlen($this->body) > $limit ? 0 : strlen($chunk);
            },
        ];
        if (!in_array($request['method'], ['GET', 'DELETE'], true)) {
            $options[CURLOPT_POSTFIELDS] = $request['body'] ?? '';
        }
        if ($caFile !== null) {
            $options[CURLOPT_CAINFO] = $caFile;
        }
        $this->handle = curl_init();
        curl_setopt_array($this->handle, $options);
    }

    /**
     * @param int                $result   of libcurl
     * @param array<int, string> $failures the protocol's words for libcurl's codes
     *
     * @return array<string, mixed>
     */
    public function response(int $result, array $failures): array
    {
        if ($result === CURLE_COULDNT_CONNECT && curl_getinfo($this->handle, CURLINFO_OS_ERRNO) === self::NO_NETWORK) {
            return ['id' => $this->id, 'failure' => 'offline'];
        }
        if ($result !== CURLE_OK || !$this->isHeadWhole) {
            return ['id' => $this->id, 'failure' => $failures[$result] ?? 'reset'];
        }
        $isText = (bool) preg_match('//u', $this->body);
        return [
            'id' => $this->id,
            'status' => (int) curl_getinfo($this->handle, CURLINFO_RESPONSE_CODE),
            'headers' => $this->headers,
        ] + ($isText ? ['body' => $this->body] : ['bodyBase64' => base64_encode($this->body)]);
    }

    private function header(string $line): void
    {
        $this->isHeadWhole = trim($line) === '';
        if (strncmp($line, 'HTTP/', 5) === 0) {
            // Of an interim answer (RFC 9110, 15.2) nothing counts.
            $this->headers = [];
            return;
        }
        [$name, $value] = explode(':', $line, 2) + [1 => null];
        if ($value !== null && preg_match('//u', $value)) {
            $name = strtolower(trim($name));
            $value = trim($value);
            $this->headers[$name] = isset($this->headers[$name]) ? "{$this->headers[$name]}, $value" : $value;
        }
    }
}
