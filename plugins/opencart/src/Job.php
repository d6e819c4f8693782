<?php

declare(strict_types=1);

namespace Kessai\OpenCart;

/**
 * What has to be done without anybody asking: plans and mails that a process left behind, invoices to be closed, and orders whose
 * webhooks were lost. Every few minutes; one at a time, and never for long.
 */
final class Job
{
    /** Seconds for the whole. */
    private const SECONDS = 50.0;

    /** Days after which an order is not looked at any more unless the server tells of it: the longest an invoice is watched. */
    private const DAYS = 60;

    private Extension $extension;

    public function __construct(Extension $extension)
    {
        $this->extension = $extension;
    }

    /** Whether the caller may have it run: the machine's own scheduler, or whoever has the address from the settings page. */
    public function isCalledBy(string $key): bool
    {
        $known = (string) $this->extension->settings()->get('jobKey');
        return PHP_SAPI === 'cli' || ($known !== '' && hash_equals($known, $key));
    }

    /**
     * @return array{checked: int, failed: int, left: bool, busy: bool} `left`: the time was over before all was done
     *
     * @throws \Kessai\KessaiException where kessai or the server cannot be asked at all
     */
    public function run(): array
    {
        $done = ['checked' => 0, 'failed' => 0, 'left' => false, 'busy' => false];
        $lock = new Lock($this->extension->db(), $this->extension->prefix());
        if (!$lock->take('job', 0)) {
            return ['busy' => true] + $done;
        }
        try {
            $end = microtime(true) + self::SECONDS;
            $this->extension->orders()->carryOutLeft();
            $this->extension->mails()->send(self::SECONDS / 5);
            if ($this->extension->settings()->isConnected()) {
                $this->extension->closings()->work(self::SECONDS / 5);
                $done = $this->reconcile($done, $end);
            }
            $this->extension->mails()->send(self::SECONDS / 5);
            return $done;
        } finally {
            $lock->release('job');
        }
    }

    /**
     * @param array{checked: int, failed: int, left: bool, busy: bool} $done
     *
     * @return array{checked: int, failed: int, left: bool, busy: bool}
     */
    private function reconcile(array $done, float $end): array
    {
        foreach ($this->extension->kessai()->reconcile($this->records()) as $found) {
            $done['checked'] += $found['outcome'] === 'checked' ? 1 : 0;
            if ($found['outcome'] === 'failed') {
                $done['failed']++;
                $this->extension->log()->error('kessai: an order could not be looked at', ['orderId' => $found['orderId']]);
            }
            if (microtime(true) >= $end) {
                return ['left' => true] + $done;
            }
        }
        return $done;
    }

    /** @return \Generator<int, array{orderId: string, record: string}> */
    private function records(): \Generator
    {
        $last = 0;
        do {
            $rows = $this->extension->db()->query(
                "SELECT shop.order_id AS id, kessai.record AS record
                 FROM `" . DB_PREFIX . "order` AS shop JOIN `{$this->extension->prefix()}order` AS kessai
                 ON kessai.order_id = CAST(shop.order_id AS CHAR)
                 WHERE shop.order_id > ? AND shop.date_added > NOW() - INTERVAL " . self::DAYS . " DAY AND kessai.record IS NOT NULL
                 ORDER BY shop.order_id LIMIT 100",
                [$last]
            );
            foreach ($rows as $row) {
                $last = (int) $row['id'];
                yield ['orderId' => (string) $row['id'], 'record' => (string) $row['record']];
            }
        } while ($rows !== []);
    }
}
