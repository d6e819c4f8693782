<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\KessaiException;
use Kessai\OpenCart\Connection\Authorized;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Settings;
use Kessai\OpenCart\Texts;
use Kessai\Ops\Btcpay;

/**
 * How the shop is connected to a store of BTCPay Server (docs/manual/connect.md): the server's own page gives a key, which waits in
 * the document `connect` until the admin who asked for it has seen what it is for and saves.
 *
 * @phpstan-type Found array{serverUrl: string, storeId: string, storeName?: string|null, apiKey: string}
 */
final class Connecting
{
    /** Asked of a server before the merchant is sent there: no server knows it. */
    private const NOBODYS_KEY = '0000000000000000000000000000000000000000';

    /** What a key needs that was made by hand, as the server's page for keys names it. The last two: the webhook, and refunds. */
    public const PERMISSIONS = [
        'btcpay.store.canviewinvoices',
        'btcpay.store.cancreateinvoice',
        'btcpay.store.canmodifyinvoices',
        'btcpay.store.canviewstoresettings',
        'btcpay.store.webhooks.canmodifywebhooks',
        'btcpay.store.cancreatenonapprovedpullpayments',
    ];

    /** Seconds for each of these with all its requests: a save makes several, and its page waits for them. */
    private const DEADLINE = 12.0;

    /** How long messages are still taken that were signed with the secret of before, in seconds. */
    private const FORMER = 86400;

    private Extension $extension;

    private Backend $backend;

    private string $language;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->language = (new Texts($backend->language()))->language;
    }

    /**
     * Begins: the merchant typed the server's address.
     *
     * @return string the server's page, to which the merchant goes
     *
     * @throws KessaiException
     */
    public function start(string $serverUrl): string
    {
        $begun = $this->btcpay()->authorizeUrl([
            'serverUrl' => $serverUrl,
            'applicationName' => (string) $this->backend->config('config_name'),
            'applicationIdentifier' => 'kessai-opencart',
            'callbackUrl' => $this->backend->address('authorized'),
            'session' => $this->session(),
            'language' => $this->language,
        ]);
        try {
            // The merchant would stand before an error of the browser, without a remedy, if nobody were there. That the key is
            // refused is as it must be, and nothing for the log.
            $silent = $this->extension->with(new Settings(['debug' => 'off'] + $this->extension->settings()->all()));
            (new self($silent, $this->backend))->check($serverUrl, self::NOBODYS_KEY);
        } catch (KessaiException $error) {
            if ($error->errorCode() !== 'btcpay.unauthorized') {
                throw $error;
            }
        }
        $this->keep([
            'connection' => $begun['connection'],
            'adminUrl' => $this->backend->link(),
            'language' => $this->language,
        ]);
        return $begun['url'];
    }

    /**
     * The key that waits for this admin, and what it is good for.
     *
     * @return array<string, mixed>|null as of `btcpay.checkConnection`, with `apiKey` and `attempt`; null where none waits
     *
     * @throws KessaiException `connect.session`, `connect.expired`, or as of the check
     */
    public function waiting(): ?array
    {
        $attempt = $this->extension->documents()->read(Authorized::DOCUMENT);
        if (!isset($attempt['connection']) || $this->isSaved($attempt)) {
            return null;
        }
        $opened = $this->btcpay()->openAuthorization([
            'connection' => $attempt['connection'],
            'session' => $this->session(),
            'language' => $this->language,
        ]);
        if (!isset($opened['apiKey'])) {
            return null;
        }
        $checked = $this->check($opened['serverUrl'], $opened['apiKey']);
        return $checked + ['apiKey' => $opened['apiKey'], 'attempt' => $attempt];
    }

    /** Whether an attempt was begun whose key may be there: asks nobody. */
    public function isBegun(): bool
    {
        $attempt = $this->extension->documents()->read(Authorized::DOCUMENT);
        return isset($attempt['connection']) && !$this->isSaved($attempt);
    }

    public function discard(): void
    {
        $this->keep([]);
    }

    /**
     * Whether server, key and store make a shop that can be paid.
     *
     * @return array<string, mixed> as of `btcpay.checkConnection`
     *
     * @throws KessaiException
     */
    public function check(
        string $serverUrl,
        #[\SensitiveParameter]
        string $apiKey,
        string $storeId = ''
    ): array {
        $asked = ['serverUrl' => $serverUrl, 'apiKey' => $apiKey, 'language' => $this->language];
        return $this->btcpay()->checkConnection($asked + ($storeId === '' ? [] : ['storeId' => $storeId]));
    }

    /**
     * What the settings become by a connection. The first secret is new; that of before holds for another day where the store is
     * the same, because the server signs with it until the webhook is registered anew.
     *
     * @param array<string, mixed>      $settings
     * @param Found                     $found
     * @param array<string, mixed>|null $attempt that it came by
     *
     * @return array<string, mixed>
     */
    public function connected(
        #[\SensitiveParameter]
        array $settings,
        #[\SensitiveParameter]
        array $found,
        #[\SensitiveParameter]
        ?array $attempt = null
    ): array {
        $hash = $attempt === null ? null : self::hash($attempt);
        if ($hash !== null && ($settings['savedAttempt'] ?? null) === $hash) {
            // Clicked twice: a second secret would be one that the server does not sign with.
            return $settings;
        }
        $isSame = ($settings['serverUrl'] ?? null) === $found['serverUrl'] && ($settings['storeId'] ?? null) === $found['storeId'];
        $former = $isSame ? array_slice($settings['webhookSecrets'] ?? [], 0, 1) : [];
        foreach ($former as $index => $secret) {
            $former[$index] = ['name' => 'former', 'until' => time() + self::FORMER] + $secret;
        }
        $access = array_intersect_key($found, array_flip(['serverUrl', 'apiKey', 'storeId', 'storeName']));
        $secrets = ['webhookSecrets' => array_merge([self::newSecret()], $former)];
        if (!$isSame) {
            unset($settings['webhookId'], $settings['webhookUrl'], $settings['webhookEvents']);
        }
        return $access + $secrets + ($hash === null ? [] : ['savedAttempt' => $hash]) + $settings;
    }

    /**
     * Forgets server, key and store. The webhook is taken away first, where the server can be asked.
     *
     * @throws KessaiException where the webhook is still there; the shop is disconnected all the same
     */
    public function disconnect(): void
    {
        try {
            (new Webhooks($this->extension, $this->backend, 10.0))->delete();
        } finally {
            $this->extension->changeSettings(static function (array $settings): array {
                $gone = ['serverUrl', 'apiKey', 'storeId', 'storeName', 'webhookSecrets', 'webhookId', 'webhookUrl', 'webhookEvents'];
                return ['enabled' => false] + array_diff_key($settings, array_flip($gone));
            });
        }
    }

    /** @return array{name: string, secret: string} */
    public static function newSecret(): array
    {
        return ['name' => 'main', 'secret' => bin2hex(random_bytes(32))];
    }

    private function btcpay(): Btcpay
    {
        return $this->extension->kessai($this->language, self::DEADLINE)->btcpay();
    }

    /** Known to this admin's browser and this shop: the session's own id is nobody else's business. */
    private function session(): string
    {
        return hash_hmac('sha256', $this->backend->session(), (string) $this->extension->settings()->get('shopKey'));
    }

    /** @param array<string, mixed> $attempt */
    private function isSaved(
        #[\SensitiveParameter]
        array $attempt
    ): bool {
        return $this->extension->settings()->get('savedAttempt') === self::hash($attempt);
    }

    /** @param array<string, mixed> $attempt */
    private static function hash(
        #[\SensitiveParameter]
        array $attempt
    ): string {
        return hash('sha256', (string) $attempt['connection']);
    }

    /** @param array<string, string> $attempt */
    private function keep(
        #[\SensitiveParameter]
        array $attempt
    ): void {
        $this->extension->documents()->change(Authorized::DOCUMENT, static fn (): array => $attempt);
    }
}
