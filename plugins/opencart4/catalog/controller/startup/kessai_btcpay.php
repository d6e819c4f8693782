<?php

declare(strict_types=1);

namespace Opencart\Catalog\Controller\Extension\KessaiBtcpay\Startup;

/**
 * Before OpenCart shuts the storefront for maintenance: what the payment server, the scheduler and admins ask of this extension is
 * answered all the same, as in OpenCart 3, which leaves payment methods open by itself.
 */
class KessaiBtcpay extends \Opencart\System\Engine\Controller
{
    private const OPEN = ['callback', 'authorized', 'desk', 'job'];

    public function index(): void
    {
        $pages = array_map(static fn (string $page): string => "extension/kessai_btcpay/payment/kessai_btcpay.$page", self::OPEN);
        if (in_array($this->request->get['route'] ?? '', $pages, true)) {
            $this->config->set('config_maintenance', 0);
        }
    }
}
