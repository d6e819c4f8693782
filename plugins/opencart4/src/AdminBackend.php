<?php

declare(strict_types=1);

namespace Kessai\OpenCart4;

use Kessai\OpenCart\Admin\Hook;
use Kessai\OpenCart\Admin\RegistryBackend;
use Kessai\OpenCart\Extension;
use Kessai\Ops\Table;

/** The admin of OpenCart 4. */
final class AdminBackend extends RegistryBackend
{
    use Addresses;

    /** The folder of this extension, as routes and addresses name it. */
    private const FOLDER = 'extension/' . Extension::CODE;

    public function language(): string
    {
        return (string) $this->config('config_language_admin');
    }

    public function jobFile(): string
    {
        return DIR_EXTENSION . Extension::CODE . '/job.php';
    }

    public function asset(string $file): string
    {
        return HTTP_CATALOG . self::FOLDER . "/admin/view/javascript/$file?v=" . Table::VERSION;
    }

    public function addHooks(): void
    {
        $this->removeHooks();
        $isSince41 = version_compare($this->version(), '4.1.0.0', '>=');
        foreach (Hook::all($isSince41 ? '.' : '/', 'addHistory') as $hook) {
            $this->model('setting/event')->addEvent([
                'code' => Extension::CODE,
                'description' => 'kessai: BTCPay Server',
                'trigger' => $hook->trigger,
                'action' => self::FOLDER . '/event/' . Extension::CODE . ".{$hook->method}",
                'status' => 1,
                'sort_order' => 0,
            ]);
        }
        $this->model('setting/startup')->addStartup([
            'code' => Extension::CODE,
            'description' => 'kessai: BTCPay Server',
            'action' => 'catalog/' . self::FOLDER . '/startup/' . Extension::CODE,
            'status' => 1,
            'sort_order' => 0,
        ]);
        $action = self::FOLDER . '/cron/' . Extension::CODE;
        $this->model('setting/cron')->addCron(Extension::CODE, 'kessai: BTCPay Server', 'hour', $action, true);
    }

    public function removeHooks(): void
    {
        parent::removeHooks();
        $this->model('setting/startup')->deleteStartupByCode(Extension::CODE);
        $this->model('setting/cron')->deleteCronByCode(Extension::CODE);
    }

    protected function route(): string
    {
        return self::FOLDER . '/payment/' . Extension::CODE;
    }

    protected function installer(): string
    {
        return 'extension/payment';
    }

    protected function separator(): string
    {
        return '.';
    }
}
