<?php

declare(strict_types=1);

namespace Opencart\Catalog\Controller\Extension\KessaiBtcpay\Cron;

use Kessai\OpenCart\Extension;
use Kessai\OpenCart\Job;
use Kessai\OpenCart4\Catalog;

require_once DIR_EXTENSION . 'kessai_btcpay/system/kessai/autoload.php';

/** What is due, by OpenCart's own scheduler. */
class KessaiBtcpay extends \Opencart\System\Engine\Controller
{
    public function index(int $cron_id, string $code, string|int $cycle, string $date_added, string $date_modified): void
    {
        $extension = new Extension(new Catalog($this->registry));
        try {
            (new Job($extension))->run();
        } catch (\Throwable $error) {
            // The other jobs of the shop come after this one.
            $extension->log()->error('kessai: the job failed', ['exception' => $error]);
        }
    }
}
