<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

use Kessai\Kessai;
use Kessai\OpenCart\Order\Alerts;
use Kessai\OpenCart\Order\Closings;
use Kessai\OpenCart\Order\DepartingShop;
use Kessai\OpenCart\Order\MailQueue;
use Kessai\OpenCart\Order\Moves;
use Kessai\OpenCart\Order\OpenCartShop;
use Kessai\Sender\CurlSender;
use Kessai\Shop;
use Kessai\Sql\Connection;
use Kessai\Sql\SqlOrders;

/** The extension in one shop: everything that its controllers need, made when it is first asked for. */
final class Extension
{
    /** What OpenCart calls the extension and its payment method. */
    public const CODE = 'kessai_btcpay';

    /** Seconds for what waits, once a page has been sent. */
    private const AFTERWARDS = 10.0;

    private Platform $platform;

    private bool $isAfterwards = false;

    private ?Connection $db = null;

    private ?Settings $settings = null;

    private ?SqlOrders $orders = null;

    /** @param Connection|null $db of the extension's own; opened when it is needed */
    public function __construct(Platform $platform, ?Connection $db = null)
    {
        $this->platform = $platform;
        $this->db = $db;
    }

    public function platform(): Platform
    {
        return $this->platform;
    }

    /** The extension's own connection. */
    public function db(): Connection
    {
        return $this->db = $this->db ?? OwnConnection::open();
    }

    /** The prefix of the extension's own tables. */
    public function prefix(): string
    {
        return DB_PREFIX . 'kessai_';
    }

    public function documents(): Documents
    {
        return new Documents($this->db(), $this->prefix());
    }

    public function settings(): Settings
    {
        return $this->settings = $this->settings ?? new Settings($this->documents()->read(Settings::NAME));
    }

    /** @param callable(array<string, mixed>): array<string, mixed> $change */
    public function changeSettings(callable $change): Settings
    {
        return $this->settings = new Settings($this->documents()->change(Settings::NAME, $change));
    }

    public function orders(): SqlOrders
    {
        if ($this->orders === null) {
            $shop = new OpenCartShop($this->platform, $this->db(), $this->moves(), $this->mails(), $this->alerts());
            $this->orders = $this->ordersOf($shop);
        }
        return $this->orders;
    }

    /** The same for an order that is about to be deleted. */
    public function ofDeparting(): self
    {
        $other = clone $this;
        $other->orders = $this->ordersOf(new DepartingShop($this->platform, $this->alerts()));
        return $other;
    }

    private function ordersOf(Shop $shop): SqlOrders
    {
        return new SqlOrders($this->db(), $shop, $this->prefix(), $this->log());
    }

    public function moves(): Moves
    {
        return new Moves($this->platform, $this->prefix());
    }

    public function mails(): MailQueue
    {
        return new MailQueue($this->platform, $this->db(), $this->prefix());
    }

    public function alerts(): Alerts
    {
        return new Alerts($this->db(), $this->prefix());
    }

    public function closings(): Closings
    {
        return new Closings($this);
    }

    /** Sees to what waits once the page that is being made has been sent. */
    public function afterwards(): void
    {
        if ($this->isAfterwards) {
            return;
        }
        $this->isAfterwards = true;
        register_shutdown_function(function (): void {
            if (function_exists('fastcgi_finish_request')) {
                fastcgi_finish_request();
            }
            try {
                $this->closings()->work(self::AFTERWARDS);
                $this->mails()->send(self::AFTERWARDS);
            } catch (\Throwable $error) {
                $this->log()->error('kessai: what waits was left to the job', ['exception' => $error]);
            }
        });
    }

    public function log(): OpenCartLog
    {
        return new OpenCartLog($this->platform, (string) $this->settings()->get('debug'));
    }

    /**
     * kessai with this shop's settings and orders.
     *
     * @param string|null $language  of messages; the settings' unless told
     * @param float       $deadline  seconds for one operation with all its requests
     */
    public function kessai(?string $language = null, float $deadline = 20.0): Kessai
    {
        $settings = $this->settings()->forKessai();
        return $this->kessaiWith($language === null ? $settings : ['language' => $language] + $settings, $deadline);
    }

    /**
     * kessai before there are settings: to connect.
     *
     * @param array<string, mixed> $settings
     */
    public function kessaiWith(
        #[\SensitiveParameter]
        array $settings,
        float $deadline = 20.0
    ): Kessai {
        $options = ['logger' => $this->log(), 'deadline' => $deadline];
        if ($this->settings()->get('sender') === 'php') {
            $options['sender'] = new CurlSender();
        }
        return new Kessai($this->settings()->transport(), $settings, $this->orders(), $options);
    }

    /** Makes the tables that are missing, and the keys of this shop: at the installation, and after an update. */
    public function install(): void
    {
        $this->documents()->createTable();
        $this->orders()->createTables();
        $this->moves()->createTable();
        $this->mails()->createTable();
        $this->alerts()->createTable();
        $this->closings()->createTable();
        $this->changeSettings(static function (array $settings): array {
            return $settings + [
                'shopId' => self::newShopId(),
                'shopKey' => bin2hex(random_bytes(32)),
                'jobKey' => bin2hex(random_bytes(16)),
            ];
        });
    }

    /** A name for this shop that no other has: a store may have several. */
    public static function newShopId(): string
    {
        return 'opencart-' . bin2hex(random_bytes(8));
    }

    /** The same shop with other settings: to try those that are not saved yet. */
    public function with(Settings $settings): self
    {
        $other = clone $this;
        $other->settings = $settings;
        $other->orders = null;
        return $other;
    }

    /** Deletes all that the extension has stored, payment records and keys among it: the merchant's explicit word. */
    public function erase(): void
    {
        foreach (['order', 'invoice', 'effect', 'move', 'mail', 'alert', 'closing', 'document'] as $table) {
            $this->db()->query("DROP TABLE IF EXISTS `{$this->prefix()}$table`");
        }
        $this->settings = null;
    }
}
