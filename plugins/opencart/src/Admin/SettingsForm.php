<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Settings;
use Kessai\OpenCart\Texts;
use Kessai\Transport\Tcp;

/** The form of the settings: what was typed, checked as far as that goes without asking anybody. */
final class SettingsForm
{
    /** Of the customer's data, what may be sent to the server. */
    public const CUSTOMER = ['email', 'name', 'phone', 'address1', 'address2', 'city', 'state', 'zip', 'country'];

    /** The usual methods; others can be typed. */
    public const METHODS = ['BTC-CHAIN', 'BTC-LN', 'BTC-LNURL'];

    /** Settings that take one of some words. */
    private const WORDS = [
        'mode' => ['redirect', 'modal'],
        'language' => ['en', 'ja'],
        'transport' => ['socket', 'tcp', 'process'],
        'debug' => ['off', 'error', 'all'],
    ];

    /** @var array<string, mixed> settings, as of {@see Settings}: those that the form has */
    public array $values = [];

    /** @var array<string, string> by the name of the field: what is wrong with it */
    public array $errors = [];

    /** @var array<string, mixed> */
    private array $typed;

    private string $tcpToken;

    private Texts $texts;

    /**
     * @param array<string, mixed>                                           $typed   by field, as the merchant typed it
     * @param Settings                                                       $now     what a field that is left empty keeps
     * @param array{statuses: array<int, string>, zones: array<int, string>} $choices of the shop, by id
     */
    public function __construct(
        #[\SensitiveParameter]
        array $typed,
        Settings $now,
        array $choices,
        Texts $texts
    ) {
        $this->typed = $typed;
        $this->tcpToken = (string) $now->get('tcpToken');
        $this->texts = $texts;
        foreach (self::WORDS as $name => $words) {
            $this->values[$name] = in_array($this->text($name), $words, true) ? $this->text($name) : $words[0];
        }
        // A key that waits is saved by a click that may switch the method on as well.
        $this->values['enabled'] = $this->text('enabled') === '1' || $this->text('enableToo') === '1';
        $this->values['sender'] = $this->text('sender') === 'kessai' ? 'kessai' : 'php';
        $this->readMinimum();
        $this->readSortOrder();
        $zone = (int) $this->text('geoZoneId');
        $this->values['geoZoneId'] = isset($choices['zones'][$zone]) ? $zone : 0;
        $this->values['customerData'] = array_fill_keys(array_intersect(self::CUSTOMER, $this->list('customerData')), true);
        $this->readMethods();
        $this->readStatuses($choices['statuses']);
        $this->readTransport();
    }

    /** What was typed into a field, without the space around it. */
    public function text(string $name): string
    {
        $value = $this->typed[$name] ?? '';
        return is_string($value) ? trim($value) : '';
    }

    private function readMinimum(): void
    {
        $minimum = $this->text('minimum');
        if ($minimum !== '' && !preg_match('/^\d{1,11}(\.\d{1,4})?$/D', $minimum)) {
            $this->errors['minimum'] = $this->texts->of('error_minimum');
        }
        $this->values['minimum'] = $minimum;
    }

    private function readSortOrder(): void
    {
        $order = $this->text('sortOrder');
        if (!preg_match('/^-?\d{0,3}$/D', $order)) {
            $this->errors['sortOrder'] = $this->texts->of('error_sort_order');
        }
        $this->values['sortOrder'] = (int) $order;
    }

    private function readMethods(): void
    {
        $others = preg_split('/[\s,]+/', $this->text('otherMethods'), -1, PREG_SPLIT_NO_EMPTY) ?: [];
        if (preg_grep('/^[A-Za-z0-9_-]{2,40}$/D', $others, PREG_GREP_INVERT) !== []) {
            $this->errors['otherMethods'] = $this->texts->of('error_methods');
        }
        $chosen = array_intersect(self::METHODS, $this->list('paymentMethods'));
        $this->values['paymentMethods'] = array_values(array_unique(array_merge($chosen, $others)));
    }

    /** @param array<int, string> $statuses */
    private function readStatuses(array $statuses): void
    {
        $typed = is_array($this->typed['statuses'] ?? null) ? $this->typed['statuses'] : [];
        $chosen = [];
        foreach (array_keys(MoneyCases::preset()) as $case) {
            $status = (string) ($typed[$case] ?? '');
            if ($status === 'none') {
                $chosen[$case] = null;
            } elseif ($status !== '' && isset($statuses[(int) $status])) {
                $chosen[$case] = (int) $status;
            } elseif ($status !== '') {
                $this->errors["statuses[$case]"] = $this->texts->of('error_status');
            }
        }
        $this->values['statuses'] = $chosen;
        $refunded = (int) $this->text('refunded');
        $this->values['refunded'] = isset($statuses[$refunded]) ? $refunded : null;
        $this->values['closing'] = array_values(array_intersect(array_keys($statuses), array_map('intval', $this->list('closing'))));
    }

    private function readTransport(): void
    {
        $this->values['socketPath'] = $this->text('socketPath');
        $this->values['tcpOrigin'] = $this->text('tcpOrigin');
        $this->values['node'] = $this->text('node') === '' ? 'node' : $this->text('node');
        $this->values['cli'] = $this->text('cli');
        if ($this->text('tcpToken') !== '') {
            // Empty keeps what is there: the form never shows it.
            $this->values['tcpToken'] = $this->text('tcpToken');
        }
        switch ($this->values['transport']) {
            case 'socket':
                if (strncmp($this->values['socketPath'], '/', 1) !== 0) {
                    $this->errors['socketPath'] = $this->texts->of('error_socket_path');
                }
                break;
            case 'tcp':
                $token = $this->values['tcpToken'] ?? $this->tcpToken;
                $this->try('tcpOrigin', fn (): Tcp => new Tcp($this->values['tcpOrigin'], 'a'));
                $this->try('tcpToken', static fn (): Tcp => new Tcp('http://localhost', $token));
        }
    }

    /** @param callable(): Tcp $make refuses what no transport can be made of */
    private function try(string $field, callable $make): void
    {
        try {
            $make();
        } catch (\InvalidArgumentException $error) {
            $this->errors[$field] = $this->texts->of('error_' . strtolower((string) preg_replace('/[A-Z]/', '_$0', $field)));
        }
    }

    /** @return list<string> */
    private function list(string $name): array
    {
        $value = $this->typed[$name] ?? [];
        return is_array($value) ? array_values(array_filter($value, 'is_string')) : [];
    }
}
