<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Settings;
use Kessai\OpenCart\Texts;
use Kessai\OpenCart\Transport\Guide;
use Kessai\OpenCart\Transport\Indicator;

/**
 * What the page of the settings asks for. Answers are for its script: `parts` (HTML by the name of the part), `fields` (what is
 * wrong, by field), `said`, `error` and `remedy`, `warnings`, `goto` (an address).
 */
final class SettingsActions
{
    /** What has to be typed before everything is deleted. */
    public const ERASE = 'DELETE';

    /** All of them need the permission to change: what they find is for nobody else either. */
    private const ACTIONS = [
        'ping', 'guide', 'connect', 'review', 'discard', 'repair', 'moved', 'separate', 'deleteWebhook', 'disconnect', 'doctor', 'erase',
    ];

    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    private SettingsPage $page;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = new Texts($backend->language());
        $this->page = new SettingsPage($extension, $backend, $this->texts);
    }

    /** @return string HTML of the whole page */
    public function html(): string
    {
        return $this->page->html();
    }

    /**
     * @param array<string, mixed> $typed as OpenCart has it, escaped
     *
     * @return array<string, mixed> for JSON
     */
    public function save(
        #[\SensitiveParameter]
        array $typed
    ): array {
        return $this->guarded(function () use ($typed): array {
            $saving = new Saving($this->extension, $this->backend, $this->texts);
            if (!$saving->save(self::raw($typed))) {
                return [
                    'error' => $this->texts->of('not_saved'),
                    'remedy' => '',
                    'fields' => $saving->errors,
                    'warnings' => $saving->warnings,
                ];
            }
            return ['said' => $this->texts->of('saved'), 'warnings' => $saving->warnings] + $this->renewed();
        });
    }

    /**
     * @param string               $do    one of the actions
     * @param array<string, mixed> $typed as OpenCart has it, escaped
     *
     * @return array<string, mixed> for JSON
     */
    public function act(
        string $do,
        #[\SensitiveParameter]
        array $typed
    ): array {
        return $this->guarded(function () use ($do, $typed): array {
            return in_array($do, self::ACTIONS, true)
                ? $this->$do(self::raw($typed))
                : ['error' => $this->texts->of('unknown_action'), 'remedy' => ''];
        });
    }

    /**
     * @param callable(): array<string, mixed> $do
     *
     * @return array<string, mixed>
     */
    private function guarded(callable $do): array
    {
        if (!$this->backend->mayChange()) {
            return ['error' => $this->texts->of('forbidden'), 'remedy' => $this->texts->of('forbidden_remedy')];
        }
        try {
            return $do();
        } catch (KessaiException $error) {
            return ['error' => $error->getMessage(), 'remedy' => $error->remedy()];
        } catch (\Throwable $error) {
            $this->extension->log()->error('kessai: the settings page', ['exception' => $error]);
            return ['error' => $this->texts->of('action_failed'), 'remedy' => $this->texts->of('action_failed_remedy')];
        }
    }

    /**
     * @param array<string, mixed> $typed
     *
     * @return array<string, mixed>
     */
    private function ping(
        #[\SensitiveParameter]
        array $typed
    ): array {
        $now = $this->extension->settings();
        $form = new SettingsForm($typed, $now, ['statuses' => [], 'zones' => []], $this->texts);
        $wrong = array_intersect_key($form->errors, array_flip(['socketPath', 'tcpOrigin', 'tcpToken']));
        if ($wrong !== []) {
            $seen = ['state' => 'failing', 'message' => reset($wrong), 'remedy' => '', 'version' => '', 'milliseconds' => 0];
        } else {
            $seen = (new Indicator($this->texts))->look(new Settings($form->values + $now->all()));
        }
        return ['parts' => ['indicator' => $this->page->indicator($seen), 'steps' => $this->page->steps($seen)]];
    }

    /**
     * @param array<string, mixed> $typed
     *
     * @return array<string, mixed>
     */
    private function guide(array $typed): array
    {
        $kind = in_array($typed['kind'] ?? '', Guide::KINDS, true) ? $typed['kind'] : Guide::KINDS[0];
        return ['parts' => ["guide-$kind" => $this->page->guide($kind)]];
    }

    /**
     * @param array<string, mixed> $typed
     *
     * @return array<string, mixed>
     */
    private function connect(
        #[\SensitiveParameter]
        array $typed
    ): array {
        // The merchant leaves the page: what was typed would be lost. A key by hand is another way, and so is one that waits.
        $kept = array_diff_key($typed, array_flip(['serverUrl', 'storeId', 'apiKey', 'seenServerUrl', 'enableToo']));
        $saving = new Saving($this->extension, $this->backend, $this->texts);
        if (!$saving->save($this->extension->settings()->isConnected() ? $kept : ['enabled' => ''] + $kept)) {
            return ['error' => $this->texts->of('not_saved'), 'remedy' => '', 'fields' => $saving->errors];
        }
        try {
            $url = (new Connecting($this->extension, $this->backend))->start(trim((string) ($typed['serverUrl'] ?? '')));
            return ['goto' => $url];
        } catch (KessaiException $error) {
            $details = $error->details();
            if (is_array($details) && ($details['path'] ?? '') === 'callbackUrl') {
                return ['error' => $this->texts->of('shop_http'), 'remedy' => $this->texts->of('shop_http_remedy')];
            }
            if (!preg_match('/^(config|gateway|btcpay|connect)\./', $error->errorCode())) {
                throw $error;
            }
            return ['fields' => ['serverUrl' => "{$error->getMessage()} {$error->remedy()}"]];
        }
    }

    /** @return array<string, mixed> */
    private function review(): array
    {
        $connecting = new Connecting($this->extension, $this->backend);
        try {
            return ['parts' => ['connection' => $this->page->connection($connecting->waiting(), null, true)]];
        } catch (KessaiException $error) {
            if ($error->errorCode() === 'connect.session') {
                // Another admin's attempt is theirs.
                return ['parts' => ['connection' => $this->page->connection(null, null, true)]];
            }
            if (preg_match('/^(connect|btcpay)\./', $error->errorCode())) {
                // Nothing will come of this one any more: the merchant begins anew.
                $connecting->discard();
            }
            return ['parts' => ['connection' => $this->page->connection(null, $error, true)]];
        }
    }

    /** @return array<string, mixed> */
    private function discard(): array
    {
        (new Connecting($this->extension, $this->backend))->discard();
        return ['parts' => ['connection' => $this->page->connection()]];
    }

    /** @return array<string, mixed> */
    private function repair(): array
    {
        return $this->withWebhook('webhook_repaired', static fn (Webhooks $webhooks) => $webhooks->register());
    }

    /** @return array<string, mixed> */
    private function moved(): array
    {
        return $this->withWebhook('webhook_repaired', static fn (Webhooks $webhooks) => $webhooks->register(true));
    }

    /** @return array<string, mixed> */
    private function separate(): array
    {
        return $this->withWebhook('webhook_repaired', static fn (Webhooks $webhooks) => $webhooks->separate());
    }

    /** @return array<string, mixed> */
    private function deleteWebhook(): array
    {
        return $this->withWebhook('webhook_deleted', static fn (Webhooks $webhooks) => $webhooks->delete());
    }

    /**
     * @param string                   $said text for when it is done
     * @param callable(Webhooks): void $do
     *
     * @return array<string, mixed>
     */
    private function withWebhook(string $said, callable $do): array
    {
        try {
            $do(new Webhooks($this->extension, $this->backend));
            return ['said' => $this->texts->of($said)] + $this->renewed();
        } catch (KessaiException $error) {
            return ['parts' => ['connection' => $this->page->connection(null, $error, true)]];
        }
    }

    /** @return array<string, mixed> */
    private function disconnect(): array
    {
        try {
            (new Connecting($this->extension, $this->backend))->disconnect();
            $warnings = [];
        } catch (KessaiException $error) {
            $warnings = ["{$this->texts->of('warning_webhook_left')} {$error->getMessage()} {$error->remedy()}"];
        }
        (new Publication($this->extension, $this->backend))->publish();
        return ['said' => $this->texts->of('disconnected'), 'warnings' => $warnings] + $this->renewed();
    }

    /** @return array<string, mixed> */
    private function doctor(): array
    {
        try {
            $diagnosis = $this->extension->kessai($this->texts->language)->doctor()->run([
                'callbackUrl' => (new Webhooks($this->extension, $this->backend))->url(),
                'webhookId' => $this->extension->settings()->get('webhookId'),
                'language' => $this->texts->language,
            ]);
        } catch (KessaiException $error) {
            // It needs kessai itself, and a report is wanted then more than ever.
            $diagnosis = ['verdict' => 'failed', 'checks' => [[
                'id' => 'host.kessai',
                'verdict' => 'failed',
                'found' => $error->errorCode(),
                'title' => 'kessai',
                'meaning' => $error->getMessage(),
                'remedy' => $error->remedy(),
            ]]];
        }
        return ['parts' => ['doctor' => $this->page->doctor($diagnosis)]];
    }

    /**
     * @param array<string, mixed> $typed
     *
     * @return array<string, mixed>
     */
    private function erase(array $typed): array
    {
        if (($typed['erase'] ?? '') !== self::ERASE) {
            return ['fields' => ['erase' => $this->texts->of('error_erase', ['word' => self::ERASE])]];
        }
        if ($this->extension->settings()->isConnected()) {
            try {
                (new Webhooks($this->extension, $this->backend, 5.0))->delete();
            } catch (\Throwable $error) {
                // A server that is gone keeps nobody from deleting.
                $this->extension->log()->error('kessai: the webhook was left as it is', ['exception' => $error]);
            }
        }
        $this->extension->erase();
        // As on the first day: the extension itself stays installed.
        (new Installation($this->extension, $this->backend))->setUp();
        return ['said' => $this->texts->of('erased'), 'goto' => $this->backend->link()];
    }

    /** @return array<string, mixed> what of the page is another now, and what it is to ask again */
    private function renewed(): array
    {
        return ['parts' => ['connection' => $this->page->connection()], 'again' => ['ping']];
    }

    /**
     * What was typed: OpenCart escapes for HTML whatever comes in.
     *
     * @param array<string, mixed> $typed
     *
     * @return array<string, mixed>
     */
    private static function raw(
        #[\SensitiveParameter]
        array $typed
    ): array {
        return array_map(static fn ($value) => is_array($value) ? self::raw($value) : htmlspecialchars_decode((string) $value), $typed);
    }
}
