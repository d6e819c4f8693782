<?php

declare(strict_types=1);

namespace Kessai\OpenCart\Admin;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Texts;

/** What installing and uninstalling do beyond OpenCart's own. Records and settings outlive both: an upgrade is one after the other. */
final class Installation
{
    /** Seconds for the payment server, whose absence must not keep anybody from uninstalling. */
    private const DEADLINE = 5.0;

    private Extension $extension;

    private Backend $backend;

    public function __construct(Extension $extension, Backend $backend)
    {
        $this->extension = $extension;
        $this->backend = $backend;
    }

    public function install(): void
    {
        $this->extension->install();
        $language = (new Texts($this->backend->language()))->language;
        $this->extension->changeSettings(static fn (array $settings): array => $settings + ['language' => $language]);
        $this->backend->addHooks();
        (new Publication($this->extension, $this->backend))->publish();
        $this->atServer(static function (Webhooks $webhooks): void {
            $webhooks->register();
        });
    }

    public function uninstall(): void
    {
        $this->backend->removeHooks();
        $this->backend->removePermissions();
        $this->atServer(static function (Webhooks $webhooks): void {
            $webhooks->delete();
        });
    }

    /** @param callable(Webhooks): void $do */
    private function atServer(callable $do): void
    {
        try {
            if ($this->extension->settings()->isConnected()) {
                $do(new Webhooks($this->extension, $this->backend, self::DEADLINE));
            }
        } catch (\Throwable $error) {
            // The settings page tells of it, and the doctor.
            $this->extension->log()->error('kessai: the webhook was left as it is', ['exception' => $error]);
        }
    }
}
