<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Takeover;

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\OpenCart\Admin\Backend;
use Kessai\OpenCart\Admin\Connecting;
use Kessai\OpenCart\Admin\Publication;
use Kessai\OpenCart\Admin\Webhooks;
use Kessai\OpenCart\Extension;

/**
 * Taking over from BTCPay Server's own extension: its connection and its choices become this extension's, and customers are offered
 * this one instead. Invoices that it made stay its own until they end: they do not carry this shop's tag, and kessai takes
 * nobody's word for whose an invoice is.
 */
final class Takeover
{
    private Extension $extension;

    private Backend $backend;

    private Official $official;

    private string $language;

    /** @param string $language of what goes wrong */
    public function __construct(Extension $extension, Backend $backend, Official $official, string $language)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->official = $official;
        $this->language = $language;
    }

    /**
     * What the server says of the connection that would be taken over.
     *
     * @return array<string, mixed> as of `btcpay.checkConnection`
     *
     * @throws KessaiException
     */
    public function check(): array
    {
        ['serverUrl' => $serverUrl, 'apiKey' => $apiKey, 'storeId' => $storeId] = $this->official->access();
        return (new Connecting($this->extension, $this->backend))->check($serverUrl, $apiKey, $storeId);
    }

    /**
     * The official extension's invoices that can still change.
     *
     * @param array<string, mixed> $checked of {@see check()}
     *
     * @return list<array{orderId: string, invoiceId: string}>
     *
     * @throws KessaiException
     */
    public function open(array $checked): array
    {
        $known = $this->official->invoices();
        $listed = $known === [] ? [] : $this->kessai($checked)->btcpay()->listInvoices(['statuses' => ['New', 'Processing'], 'take' => 500])['invoices'];
        $open = [];
        foreach ($listed as ['id' => $invoiceId]) {
            if (isset($known[$invoiceId])) {
                $open[] = ['orderId' => $known[$invoiceId], 'invoiceId' => $invoiceId];
            }
        }
        return $open;
    }

    /**
     * Takes over. The official extension is switched off last: until this one works, customers pay by that.
     *
     * @throws KessaiException what was done until then is saved, and can be done again
     */
    public function take(): void
    {
        $found = $this->check() + $this->official->access();
        $isOn = $this->official->isOn();
        $connecting = new Connecting($this->extension, $this->backend);
        $this->extension->changeSettings(fn (array $settings): array => $connecting->connected(
            $this->official->choices() + $settings,
            $found
        ));
        (new Webhooks($this->extension, $this->backend))->register();
        if ($isOn) {
            $this->extension->changeSettings(static fn (array $settings): array => ['enabled' => true] + $settings);
        }
        (new Publication($this->extension, $this->backend))->publish();
        $this->official->switchOff();
    }

    /**
     * Takes away the official extension's webhook, once none of its invoices is open.
     *
     * @throws KessaiException
     */
    public function finish(): void
    {
        $this->kessai($this->check())->btcpay()->deleteWebhook(['url' => $this->official->webhookUrl()]);
    }

    /** @param array<string, mixed> $checked */
    private function kessai(array $checked): Kessai
    {
        $access = ['serverUrl' => $checked['serverUrl'], 'storeId' => $checked['storeId']] + $this->official->access();
        return $this->extension->kessaiWith($access + $this->extension->settings()->forKessai() + ['language' => $this->language]);
    }
}
