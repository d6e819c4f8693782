<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Settings;
use Kessai\OpenCart\Takeover\Official;
use Kessai\OpenCart\Texts;
use Kessai\OpenCart\Transport\Guide;
use Kessai\OpenCart\Transport\Machine;

/** The page of the settings, and the parts of it that change by themselves. No key, token or secret is in it. */
final class SettingsPage
{
    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    private View $view;

    public function __construct(Extension $extension, Backend $backend, Texts $texts)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = $texts;
        $this->view = new View($texts, $backend->major());
    }

    /** @return string HTML of the whole page */
    public function html(): string
    {
        $backend = $this->backend;
        $settings = $this->extension->settings();
        $backend->setTitle($this->texts->of('settings_title'));
        return $this->view->render('settings', [
            'header' => $backend->frame('header'),
            'left' => $backend->frame('column_left'),
            'footer' => $backend->frame('footer'),
            'home' => $backend->page('common/dashboard'),
            'list' => $backend->list(),
            'self' => $backend->link(),
            'alerts' => $backend->link('alerts'),
            'save' => $backend->link('save'),
            'act' => $backend->link('act'),
            'script' => $backend->asset('settings.js'),
            'style' => $backend->asset('settings.css'),
            'takeover' => (new Official($backend))->isThere() ? $backend->link('takeover') : '',
            'steps' => $this->steps(null),
            'connection' => $this->connection(),
            'first' => $this->first($settings),
            's' => $this->shown($settings),
            'currency' => (string) $backend->config('config_currency'),
            'zones' => $backend->geoZones(),
            'statuses' => $backend->orderStatuses(),
            'cases' => $this->cases($settings),
            'methods' => SettingsForm::METHODS,
            'otherMethods' => implode(', ', array_diff($settings->get('paymentMethods'), SettingsForm::METHODS)),
            'customer' => SettingsForm::CUSTOMER,
            'kinds' => Guide::KINDS,
            'jobFile' => $backend->jobFile(),
            'job' => $backend->mayChange() ? $backend->address('job', ['key' => (string) $settings->get('jobKey')]) : '',
        ]);
    }

    /**
     * The three steps at the top.
     *
     * @param array{state: string, message: string, remedy: string}|null $seen of the indicator; null while it is still asked
     */
    public function steps(?array $seen): string
    {
        $settings = $this->extension->settings();
        return $this->view->render('settings_steps', [
            'seen' => $seen,
            'isConnected' => $settings->isConnected(),
            'isHeard' => $settings->get('webhookId') !== null,
            'store' => (string) ($settings->get('storeName') ?? $settings->get('storeId')),
            'isOn' => $settings->isConnected() && $settings->get('enabled'),
        ]);
    }

    /** @param array{state: string, message: string, remedy: string} $seen of the indicator */
    public function indicator(array $seen): string
    {
        return $this->view->render('settings_indicator', ['seen' => $seen]);
    }

    public function guide(string $kind): string
    {
        $steps = (new Guide($this->texts))->commands($kind, Machine::facts($this->extension->settings()));
        return $this->view->render('settings_guide', ['steps' => $steps]);
    }

    /**
     * The connection: how to make one, the key that waits, or the one that is there.
     *
     * @param array<string, mixed>|null $waiting as of {@see Connecting::waiting()}
     * @param KessaiException|null      $error   why the key that waits cannot be looked at, or something was not done
     * @param bool                      $isSeen  whether it was looked for a key that waits; else the page asks for it
     */
    public function connection(?array $waiting = null, ?KessaiException $error = null, bool $isSeen = false): string
    {
        $settings = $this->extension->settings();
        $webhooks = new Webhooks($this->extension, $this->backend);
        $key = (string) $settings->get('apiKey');
        return $this->view->render('settings_connection', [
            'isConnected' => $settings->isConnected(),
            'isBegun' => !$isSeen && (new Connecting($this->extension, $this->backend))->isBegun(),
            'isOn' => (bool) $settings->get('enabled'),
            'waiting' => $waiting === null ? null : array_diff_key($waiting, ['apiKey' => 0, 'attempt' => 0]),
            'canPay' => $waiting !== null && !in_array('failed', array_column($waiting['checks'], 'verdict'), true),
            'error' => $error === null ? null : ['message' => $error->getMessage(), 'remedy' => $error->remedy()],
            'serverUrl' => (string) $settings->get('serverUrl'),
            'storeId' => (string) $settings->get('storeId'),
            'storeName' => (string) $settings->get('storeName'),
            'maskedKey' => $key === '' ? '' : '••••••••' . substr($key, -4),
            'shopId' => (string) $settings->get('shopId'),
            'webhook' => $settings->get('webhookId') === null ? null : [
                'id' => $settings->get('webhookId'),
                'url' => $settings->get('webhookUrl'),
                'events' => (array) $settings->get('webhookEvents'),
            ],
            'webhookUrl' => $webhooks->url(),
            'isElsewhere' => $error === null
                ? $settings->get('webhookId') !== null && !$webhooks->isOwn((string) $settings->get('webhookUrl'))
                : $error->errorCode() === 'connect.webhookMoved',
            'permissions' => Connecting::PERMISSIONS,
        ]);
    }

    /** @param array<string, mixed> $diagnosis as of `doctor.run` */
    public function doctor(array $diagnosis): string
    {
        $shop = "OpenCart {$this->backend->version()}";
        return $this->view->render('settings_doctor', [
            'verdict' => $diagnosis['verdict'],
            'checks' => $diagnosis['checks'],
            'report' => DoctorReport::text($diagnosis, $shop, (string) $this->extension->settings()->get('transport')),
        ]);
    }

    /** The tab that is open: where something waits for the merchant. */
    private function first(Settings $settings): string
    {
        if ((new Connecting($this->extension, $this->backend))->isBegun()) {
            return 'connection';
        }
        return $settings->isConnected() ? 'checkout' : 'kessai';
    }

    /** @return array<string, mixed> settings without what nobody is to see */
    private function shown(Settings $settings): array
    {
        $secret = ['apiKey', 'webhookSecrets', 'shopKey', 'jobKey', 'tcpToken', 'savedAttempt'];
        return array_diff_key($settings->all(), array_flip($secret)) + ['hasToken' => $settings->get('tcpToken') !== ''];
    }

    /** @return array<string, list<array{name: string, chosen: string, usual: string}>> `usual`: what happens unless something is chosen */
    private function cases(Settings $settings): array
    {
        $statuses = $this->backend->orderStatuses();
        $chosen = $settings->get('statuses');
        $groups = [];
        foreach (MoneyCases::GROUPS as $group => $cases) {
            foreach ($cases as $case => $status) {
                $groups[$group][] = [
                    'name' => $case,
                    'chosen' => array_key_exists($case, $chosen) ? (string) ($chosen[$case] ?? 'none') : '',
                    'usual' => $status === null ? $this->texts->of('status_alone') : $statuses[$status] ?? "#$status",
                ];
            }
        }
        return $groups;
    }
}
