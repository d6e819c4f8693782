<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\KessaiException;
use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;
use Kessai\Ops\Btcpay;

/** The store's webhook for this shop: what the server has of it, and what is kept of that. */
final class Webhooks
{
    private Extension $extension;

    private Backend $backend;

    private float $deadline;

    /** @param float $deadline seconds for each of these with all its requests */
    public function __construct(Extension $extension, Backend $backend, float $deadline = 20.0)
    {
        $this->extension = $extension;
        $this->backend = $backend;
        $this->deadline = $deadline;
    }

    /** Where the server sends its messages, as far as this shop knows: asks nobody. */
    public function url(): string
    {
        $known = (string) $this->extension->settings()->get('webhookUrl');
        return $this->isOwn($known) ? $known : $this->backend->address('callback');
    }

    /** Whether an address is one of this shop's for messages. */
    public function isOwn(string $url): bool
    {
        return in_array($url, [$this->backend->quickCallback(), $this->backend->address('callback')], true);
    }

    /**
     * Makes it, or mends it in whatever is wrong with it.
     *
     * @param bool $hasMoved the merchant's word that the shop has moved to this address
     *
     * @throws KessaiException `connect.webhookMoved` where it goes to another address and nobody has said so
     */
    public function register(bool $hasMoved = false): void
    {
        $this->alone(function () use ($hasMoved): void {
            $known = (string) $this->extension->settings()->get('webhookUrl');
            $url = $this->best($known);
            $registered = $this->btcpay()->registerWebhook([
                'url' => $url,
                'webhookId' => $this->extension->settings()->get('webhookId'),
                // From one address of this shop to the other is no move.
                'moved' => $hasMoved || ($this->isOwn($known) && $url !== $known),
            ]);
            $this->keep([
                'webhookId' => $registered['webhookId'],
                'webhookUrl' => $registered['url'],
                'webhookEvents' => $registered['events'],
            ]);
        });
    }

    /** Where the server is to send its messages: where it does already, or else where this shop answers best. */
    private function best(string $known): string
    {
        $usual = $this->backend->address('callback');
        $quick = $this->backend->quickCallback();
        return $known !== $usual && Answers::asWebhook($quick) ? $quick : $usual;
    }

    /**
     * For a copy of a shop: one of its own, so that neither takes the other's messages.
     *
     * @throws KessaiException
     */
    public function separate(): void
    {
        $this->keep([
            'shopId' => Extension::newShopId(),
            'webhookSecrets' => [Connecting::newSecret()],
            'webhookId' => null,
        ]);
        $this->register();
    }

    /** @throws KessaiException */
    public function delete(): void
    {
        $this->btcpay()->deleteWebhook(['url' => $this->url()]);
        $this->keep(['webhookId' => null, 'webhookUrl' => null, 'webhookEvents' => null]);
    }

    private function btcpay(): Btcpay
    {
        return $this->extension->kessai((new Texts($this->backend->language()))->language, $this->deadline)->btcpay();
    }

    /**
     * One after the other: two at once would each make a webhook. No table is locked meanwhile.
     *
     * @param callable(): void $do
     */
    private function alone(callable $do): void
    {
        $name = 'kessai ' . md5(DB_DATABASE . $this->extension->prefix());
        $db = $this->extension->db();
        $db->query('SELECT GET_LOCK(?, ?)', [$name, (int) $this->deadline]);
        try {
            $do();
        } finally {
            $db->query('SELECT RELEASE_LOCK(?)', [$name]);
        }
    }

    /** @param array<string, mixed> $changes null removes */
    private function keep(array $changes): void
    {
        $this->extension->changeSettings(static function (array $settings) use ($changes): array {
            return array_filter($changes + $settings, static fn ($value): bool => $value !== null);
        });
    }
}
