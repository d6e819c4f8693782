<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Settings;
use Kessai\OpenCart\Texts;
use Kessai\OpenCart\Transport\Indicator;

/**
 * One click on "Save". What is switched on has to work: settings that would leave customers before a payment that cannot be made are
 * not saved, and what is wrong stands beside its field. What was wrong before, or may be better in a minute, is told and no obstacle.
 */
final class Saving
{
    /** Where an error of connecting is told; at the server's address unless it is here. */
    private const FIELDS = [
        'btcpay.unauthorized' => 'apiKey',
        'btcpay.forbidden' => 'apiKey',
        'connect.legacyKey' => 'apiKey',
        'connect.permissions' => 'apiKey',
        'connect.stores' => 'storeId',
        'connect.otherStore' => 'storeId',
        'btcpay.notFound' => 'storeId',
    ];

    private const TRANSPORT = ['transport', 'socketPath', 'tcpOrigin', 'tcpToken', 'node', 'cli', 'sender'];

    /** @var array<string, string> by the name of the field: what is wrong */
    public array $errors = [];

    /** @var list<string> what is saved all the same and should be known */
    public array $warnings = [];

    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    public function __construct(Extension $extension, Backend $backend, Texts $texts)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = $texts;
    }

    /**
     * @param array<string, mixed> $typed by field
     *
     * @return bool whether it is saved
     */
    public function save(
        #[\SensitiveParameter]
        array $typed
    ): bool {
        $choices = ['statuses' => $this->backend->orderStatuses(), 'zones' => $this->backend->geoZones()];
        $now = $this->extension->settings();
        $form = new SettingsForm($typed, $now, $choices, $this->texts);
        $this->errors = $form->errors;
        if ($this->errors !== []) {
            return false;
        }
        $wanted = new Settings($form->values + $now->all());
        $isNew = $this->differs($wanted, $now, ['enabled']) && $form->values['enabled'];
        $isOther = $isNew || $this->differs($wanted, $now, self::TRANSPORT);
        $isToConnect = $form->text('apiKey') !== '' || $form->text('seenServerUrl') !== '';
        $isAlive = $this->checkTransport($wanted, $isToConnect || ($isOther && $wanted->get('enabled')));
        $this->checkAddress($form, $now, $isToConnect);
        $found = $isAlive && $this->errors === [] ? $this->found($form, $wanted, $isNew) : null;
        if ($this->errors !== []) {
            return false;
        }
        $this->store($form->values, $found);
        return true;
    }

    /** @param list<string> $names */
    private function differs(Settings $a, Settings $b, array $names): bool
    {
        foreach ($names as $name) {
            if ($a->get($name) !== $b->get($name)) {
                return true;
            }
        }
        return false;
    }

    private function checkTransport(Settings $wanted, bool $isObstacle): bool
    {
        $seen = (new Indicator($this->texts))->look($wanted);
        $isAlive = $seen['state'] !== 'failing';
        if (!$isAlive) {
            $this->tell('transport', "{$seen['message']} {$seen['remedy']}", $isObstacle);
        }
        return $isAlive;
    }

    /**
     * An address without a key connects nothing. One that is typed before there is a connection is kept all the same; beside a
     * connection it is refused: the key that is stored goes to no other server.
     */
    private function checkAddress(SettingsForm $form, Settings $now, bool $isToConnect): void
    {
        $server = $form->text('serverUrl');
        $store = $form->text('storeId');
        if ($isToConnect || $server === '') {
            return;
        }
        if (!$now->isConnected()) {
            if (preg_match('~^https?://[\w.:/@%\[\]-]+$~D', $server)) {
                $form->values['serverUrl'] = $server;
                $this->warnings[] = $this->texts->of('warning_not_connected');
            } else {
                $this->errors['serverUrl'] = $this->texts->of('error_server_url');
            }
        } elseif (rtrim($server, '/') !== rtrim((string) $now->get('serverUrl'), '/')) {
            $this->errors['serverUrl'] = $this->texts->of('error_key_needed');
        } elseif ($store !== '' && $store !== $now->get('storeId')) {
            $this->errors['storeId'] = $this->texts->of('error_key_needed');
        }
    }

    /**
     * The connection of these settings: the one that was typed, the one that waits and was looked at, or the one that is there.
     *
     * @return array<string, mixed>|null what is to be connected anew
     */
    private function found(SettingsForm $form, Settings $wanted, bool $isNew): ?array
    {
        $connecting = new Connecting($this->extension->with($wanted), $this->backend);
        $key = $form->text('apiKey');
        $seen = $form->text('seenServerUrl');
        try {
            if ($key !== '') {
                $server = $form->text('serverUrl');
                $found = $connecting->check($server, $key, $form->text('storeId')) + ['apiKey' => $key, 'attempt' => null];
            } elseif ($seen !== '') {
                $found = $connecting->waiting();
                if ($found === null || $found['serverUrl'] !== $seen || $found['storeId'] !== $form->text('seenStoreId')) {
                    $this->errors['waiting'] = $this->texts->of('error_other_key');
                    return null;
                }
            } elseif (!$wanted->isConnected()) {
                if ($wanted->get('enabled')) {
                    $this->errors['enabled'] = $this->texts->of('error_not_connected');
                }
                return null;
            } else {
                $found = $connecting->check((string) $wanted->get('serverUrl'), (string) $wanted->get('apiKey'), (string) $wanted->get('storeId'));
            }
        } catch (KessaiException $error) {
            $field = $seen !== '' && $key === '' ? 'waiting' : self::FIELDS[$error->errorCode()] ?? 'serverUrl';
            $this->tell($field, "{$error->getMessage()} {$error->remedy()}", $isNew || $key !== '' || $seen !== '');
            return null;
        }
        foreach ($found['checks'] as $check) {
            if ($check['verdict'] === 'failed') {
                $this->tell($form->text('enableToo') === '1' ? 'waiting' : 'enabled', "{$check['meaning']} " . ($check['remedy'] ?? ''), $isNew);
            }
        }
        return isset($found['apiKey']) ? $found : null;
    }

    /**
     * @param array<string, mixed>      $values
     * @param array<string, mixed>|null $found
     */
    private function store(
        #[\SensitiveParameter]
        array $values,
        #[\SensitiveParameter]
        ?array $found
    ): void {
        $connecting = new Connecting($this->extension, $this->backend);
        if ($found !== null) {
            $this->leave($found);
        }
        $this->extension->changeSettings(static function (array $settings) use ($values, $found, $connecting): array {
            $settings = $values + $settings;
            return $found === null ? $settings : $connecting->connected($settings, $found, $found['attempt']);
        });
        if ($found !== null && $found['attempt'] !== null) {
            $connecting->discard();
        }
        (new Publication($this->extension, $this->backend))->publish();
        if ($found !== null) {
            $this->register();
        }
    }

    /**
     * Takes the webhook of another store away before it is forgotten.
     *
     * @param array<string, mixed> $found what is connected instead
     */
    private function leave(
        #[\SensitiveParameter]
        array $found
    ): void {
        $now = $this->extension->settings();
        $isSame = $now->get('serverUrl') === $found['serverUrl'] && $now->get('storeId') === $found['storeId'];
        if ($isSame || $now->get('webhookId') === null) {
            return;
        }
        try {
            (new Webhooks($this->extension, $this->backend, 5.0))->delete();
        } catch (KessaiException $error) {
            $this->warnings[] = "{$this->texts->of('warning_webhook_left')} {$error->getMessage()} {$error->remedy()}";
        }
    }

    private function register(): void
    {
        try {
            (new Webhooks($this->extension, $this->backend))->register();
        } catch (KessaiException $error) {
            $this->warnings[] = "{$this->texts->of('warning_webhook')} {$error->getMessage()} {$error->remedy()}";
        }
    }

    private function tell(string $field, string $text, bool $isObstacle): void
    {
        if ($isObstacle) {
            $this->errors[$field] = trim($text);
        } else {
            $this->warnings[] = trim($text);
        }
    }
}
