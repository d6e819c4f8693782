<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Transport;
use Kessai\Transport\Process;
use Kessai\Transport\Tcp;
use Kessai\Transport\UnixSocket;

/**
 * What the merchant has chosen, and the keys that belong to this shop: the document `settings`.
 *
 * Members, none of which need be there:
 * - of the connection: `serverUrl`, `apiKey`, `storeId`, `storeName`, `webhookSecrets` (as of kessai's settings), `savedAttempt` (a hash
 *   of the attempt that it came by), and of the webhook as it was last registered `webhookId`, `webhookUrl`, `webhookEvents`
 * - of the shop, made once at the installation: `shopId`, `shopKey`, `jobKey`
 * - `enabled` bool, `mode` `redirect` or `modal`, `minimum` decimal text in the shop's base currency, `geoZoneId`, `sortOrder`
 * - `statuses`: money case => id of OpenCart's order status, or null to leave the order alone; a case that is missing has the
 *   preset's; `refunded`: id or null; `closing`: ids of statuses into which an order is moved to call it off
 * - `customerData`: field => bool, as of kessai's settings
 * - `paymentMethods`: such as `BTC-CHAIN`; empty for the server's own choice
 * - `language`: of notes in the order history, and of alerts: `en` or `ja`
 * - `transport`: `socket`, `tcp` or `process`; `socketPath`; `tcpOrigin`, `tcpToken`; `node`, `cli` (paths); `sender`: `php`, or
 *   `kessai` where the sidecar sends what goes to the server
 * - `debug`: `off`, `error` or `all`
 */
final class Settings
{
    public const NAME = 'settings';

    /** Order statuses in which OpenCart calls an order off: canceled, denied, canceled reversal, voided. */
    private const CLOSING = [7, 8, 9, 16];

    /** @var array<string, mixed> */
    private array $values;

    /** @param array<string, mixed> $values */
    public function __construct(
        #[\SensitiveParameter]
        array $values
    ) {
        $this->values = $values + [
            'enabled' => false,
            'mode' => 'redirect',
            'minimum' => '',
            'geoZoneId' => 0,
            'sortOrder' => 0,
            'statuses' => [],
            'refunded' => null,
            'closing' => self::CLOSING,
            'customerData' => [],
            'paymentMethods' => [],
            'webhookSecrets' => [],
            'language' => 'en',
            'transport' => 'socket',
            'socketPath' => '/run/kessai/kessai.sock',
            'tcpOrigin' => 'http://127.0.0.1:8787',
            'tcpToken' => '',
            'node' => 'node',
            'cli' => '',
            'sender' => 'php',
            'debug' => 'error',
        ];
    }

    /** @return mixed null where it is not set */
    public function get(string $name)
    {
        return $this->values[$name] ?? null;
    }

    /** @return array<string, mixed> with every key and secret in it */
    public function all(): array
    {
        return $this->values;
    }

    /** Whether there is a server to be paid through. */
    public function isConnected(): bool
    {
        return isset($this->values['serverUrl'], $this->values['apiKey'], $this->values['storeId']);
    }

    /** Whether an order is called off by having this status. */
    public function isClosing(int $statusId): bool
    {
        return in_array($statusId, array_map('intval', (array) $this->values['closing']), true);
    }

    public function transport(): Transport
    {
        switch ($this->values['transport']) {
            case 'tcp':
                return new Tcp($this->values['tcpOrigin'], $this->values['tcpToken']);
            case 'process':
                $cli = $this->values['cli'] === '' ? dirname(__DIR__, 2) . '/node/kessai.mjs' : $this->values['cli'];
                return new Process($cli, $this->values['node']);
            default:
                return new UnixSocket($this->values['socketPath']);
        }
    }

    /**
     * kessai's own settings (docs/manual/protocol.md).
     *
     * @return array<string, mixed>
     */
    public function forKessai(): array
    {
        $given = array_intersect_key(
            $this->values,
            array_flip(['serverUrl', 'apiKey', 'storeId', 'shopId', 'shopKey', 'webhookSecrets', 'language'])
        );
        $chosen = array_filter($this->values['customerData']);
        $methods = $this->values['paymentMethods'];
        $statuses = ['preset' => 'opencart', 'map' => array_map([self::class, 'status'], $this->values['statuses'])];
        if ($this->values['refunded'] !== null) {
            $statuses['refunded'] = (string) $this->values['refunded'];
        }
        return $given
            + ['statuses' => array_filter($statuses, static fn ($value): bool => $value !== [])]
            + ($chosen === [] ? [] : ['customerData' => $chosen])
            + ($methods === [] ? [] : ['checkout' => ['paymentMethods' => array_values($methods)]]);
    }

    /** @param int|string|null $id */
    private static function status($id): ?string
    {
        return $id === null ? null : (string) $id;
    }

    /** @return array<string, string> nothing of a key */
    public function __debugInfo(): array
    {
        return [];
    }
}
