<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Takeover;

use Kessai\KessaiException;
use Kessai\OpenCart\Admin\Backend;
use Kessai\OpenCart\Admin\View;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;

/** What would be taken over from the official extension, and the button that does it. */
final class TakeoverPage
{
    private Extension $extension;

    private Backend $backend;

    private Texts $texts;

    private Official $official;

    private Takeover $takeover;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->texts = new Texts($backend->language());
        $this->official = new Official($backend);
        $this->takeover = new Takeover($extension, $backend, $this->official, $this->texts->language);
    }

    /**
     * @param string $do what the page's button said: `take`, `finish`, or nothing
     *
     * @return string HTML of the whole page
     */
    public function html(string $do): string
    {
        $this->backend->setTitle($this->texts->of('takeover'));
        $backend = $this->backend;
        return (new View($this->texts, $backend->major()))->render('takeover', $this->done($do) + $this->found() + [
            'header' => $backend->frame('header'),
            'left' => $backend->frame('column_left'),
            'footer' => $backend->frame('footer'),
            'home' => $backend->page('common/dashboard'),
            'self' => $backend->link('takeover'),
            'settings' => $backend->link(),
            'mayChange' => $backend->mayChange(),
        ]);
    }

    /** @return array{said: string, problem: array{error: string, remedy: string}|null} */
    private function done(string $do): array
    {
        $said = ['take' => 'takeover_taken', 'finish' => 'takeover_finished'][$do] ?? null;
        if ($said === null || !$this->official->isThere()) {
            return ['said' => '', 'problem' => null];
        }
        if (!$this->backend->mayChange()) {
            return ['said' => '', 'problem' => ['error' => $this->texts->of('forbidden'), 'remedy' => $this->texts->of('forbidden_remedy')]];
        }
        try {
            $do === 'take' ? $this->takeover->take() : $this->takeover->finish();
            return ['said' => $this->texts->of($said), 'problem' => null];
        } catch (KessaiException $error) {
            return ['said' => '', 'problem' => self::told($error)];
        }
    }

    /** @return array<string, mixed> */
    private function found(): array
    {
        $found = ['isThere' => $this->official->isThere(), 'checks' => [], 'open' => null, 'obstacle' => null, 'rows' => [], 'statuses' => []];
        $found += ['isOn' => $this->official->isOn(), 'webhook' => $this->official->webhookUrl()];
        $found['isTaken'] = $this->isTaken();
        if (!$found['isThere']) {
            return $found;
        }
        $choices = $this->official->choices();
        ['serverUrl' => $serverUrl, 'apiKey' => $apiKey, 'storeId' => $storeId] = $this->official->access();
        $zones = $this->backend->geoZones();
        $found['rows'] = [
            'takeover_server' => $serverUrl,
            'takeover_store' => $storeId,
            'takeover_key' => '…' . substr($apiKey, -4),
            'takeover_mode' => $this->texts->of("takeover_mode_{$choices['mode']}"),
            'takeover_minimum' => $choices['minimum'] === '' ? '–' : $choices['minimum'],
            'takeover_zone' => $zones[$choices['geoZoneId']] ?? $this->texts->of('takeover_zone_all'),
            'takeover_sort' => (string) $choices['sortOrder'],
        ];
        $names = $this->backend->orderStatuses();
        foreach ($choices['statuses'] + ($choices['refunded'] === null ? [] : ['refunded' => $choices['refunded']]) as $case => $id) {
            $found['statuses'][$this->texts->of($case === 'refunded' ? 'takeover_refunded' : "case_$case")] = $names[$id];
        }
        try {
            $checked = $this->takeover->check();
            $found['checks'] = array_filter($checked['checks'], static fn (array $check): bool => $check['verdict'] !== 'ok');
            $found['open'] = $this->takeover->open($checked);
        } catch (KessaiException $error) {
            $found['obstacle'] = self::told($error);
        }
        return $found;
    }

    /** Whether customers are offered this extension instead, at the same store. */
    private function isTaken(): bool
    {
        $settings = $this->extension->settings();
        return !$this->official->isOn() && $settings->isConnected() && $settings->get('storeId') === $this->official->access()['storeId'];
    }

    /** @return array{error: string, remedy: string} */
    private static function told(KessaiException $error): array
    {
        return ['error' => $error->getMessage(), 'remedy' => $error->remedy()];
    }
}
