<?php

declare(strict_types=1);

namespace Kessai\Sender;

use Kessai\Sender;

/**
 * PHP itself sends: to the server of the settings and of the call and nowhere else, by https or to this machine, following no
 * redirect and using no proxy.
 */
final class CurlSender implements Sender
{
    /** The most that is read of a reply, in bytes. */
    private const REPLY_LIMIT = 1024 * 1024;

    /** What is not here is `reset`: it may have arrived or not, which is the assumption that can never charge twice. */
    private const FAILURES = [
        CURLE_COULDNT_RESOLVE_HOST => 'dns',
        CURLE_COULDNT_CONNECT => 'refused',
        CURLE_OPERATION_TIMEOUTED => 'timeout',
        CURLE_WRITE_ERROR => 'tooLarge',
        CURLE_SSL_CONNECT_ERROR => 'tls',
        CURLE_SSL_ENGINE_NOTFOUND => 'tls',
        CURLE_SSL_ENGINE_SETFAILED => 'tls',
        CURLE_SSL_CERTPROBLEM => 'tls',
        CURLE_SSL_CIPHER => 'tls',
        CURLE_SSL_PEER_CERTIFICATE => 'tls',
        CURLE_SSL_CACERT_BADFILE => 'tls',
        CURLE_SSL_PINNEDPUBKEYNOTMATCH => 'tls',
    ];

    private ?string $caFile;

    /** @param string|null $caFile certificates of authorities, where the server's is none that the machine knows */
    public function __construct(?string $caFile = null)
    {
        $this->caFile = $caFile;
    }

    public function send(
        #[\SensitiveParameter]
        array $requests,
        float $seconds,
        array $reach
    ): array {
        $allowed = array_filter(array_map([Origin::class, 'of'], $reach));
        $deadline = microtime(true) + $seconds;
        $responses = $this->exchange($requests, $allowed, $deadline);
        // Only what changes nothing may be sent twice, and only where no answer came.
        $again = array_filter(
            $requests,
            static fn (array $request, int $at): bool => $request['method'] === 'GET'
                && in_array($responses[$at]['failure'] ?? '', ['refused', 'reset'], true),
            ARRAY_FILTER_USE_BOTH
        );
        $responses = array_replace($responses, $this->exchange($again, $allowed, $deadline));
        ksort($responses);
        return array_values($responses);
    }

    /**
     * @param array<int, array<string, mixed>> $requests
     * @param string[]                         $allowed  origins
     * @param float                            $deadline on the clock of `microtime(true)`
     *
     * @return array<int, array<string, mixed>> responses, by the keys of the requests
     */
    private function exchange(
        #[\SensitiveParameter]
        array $requests,
        array $allowed,
        float $deadline
    ): array {
        $multi = curl_multi_init();
        $exchanges = [];
        $responses = [];
        foreach ($requests as $at => $request) {
            $milliseconds = (int) min($request['timeoutMs'], ($deadline - microtime(true)) * 1000);
            $origin = Origin::of($request['url']);
            if ($origin === null || !in_array($origin, $allowed, true)) {
                $responses[$at] = ['id' => $request['id'], 'failure' => 'blocked'];
            } elseif ($milliseconds <= 0) {
                $responses[$at] = ['id' => $request['id'], 'failure' => 'timeout'];
            } else {
                $exchanges[$at] = new Exchange($request, $milliseconds, self::REPLY_LIMIT, $this->caFile);
                curl_multi_add_handle($multi, $exchanges[$at]->handle);
            }
        }
        $this->perform($multi);
        while ($done = curl_multi_info_read($multi)) {
            foreach ($exchanges as $at => $exchange) {
                if ($exchange->handle === $done['handle']) {
                    $responses[$at] = $exchange->response($done['result'], self::FAILURES);
                }
            }
        }
        foreach ($exchanges as $exchange) {
            curl_multi_remove_handle($multi, $exchange->handle);
        }
        curl_multi_close($multi);
        return $responses;
    }

    /** @param resource|\CurlMultiHandle $multi whose every request has a time of its own */
    private function perform($multi): void
    {
        do {
            $status = curl_multi_exec($multi, $running);
            if ($running > 0 && curl_multi_select($multi, 1.0) === -1) {
                usleep(1000);
            }
        } while ($running > 0 && $status === CURLM_OK);
    }
}
