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

    /** OpenCart calls these for whoever may install; their own addresses can be called by anybody who may look at the settings. */
    public function install(): void
    {
        if ($this->backend->mayInstall()) {
            $this->setUp();
        }
    }

    /** Makes what is missing: tables, keys, hooks, what OpenCart reads of the settings, and the webhook of a shop that is connected. */
    public function setUp(): void
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
        if (!$this->backend->mayInstall()) {
            return;
        }
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
