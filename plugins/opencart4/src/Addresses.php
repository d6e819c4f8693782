<?php

declare(strict_types=1);

namespace Kessai\OpenCart4;

use Kessai\OpenCart\Extension;

/** Where the extension's pages are in OpenCart 4, in the storefront and in the admin alike. */
trait Addresses
{
    public function major(): int
    {
        return 4;
    }

    public function address(string $page, array $query = [], ?string $storeUrl = null): string
    {
        $store = (string) $storeUrl !== '' ? (string) $storeUrl : (defined('HTTP_CATALOG') ? HTTP_CATALOG : HTTP_SERVER);
        $route = 'extension/' . Extension::CODE . '/payment/' . Extension::CODE . ".$page";
        $rest = $query === [] ? '' : '&' . http_build_query($query, '', '&', PHP_QUERY_RFC3986);
        return rtrim($store, '/') . "/index.php?route=$route$rest";
    }

    public function quickCallback(): string
    {
        return rtrim((defined('HTTP_CATALOG') ? HTTP_CATALOG : HTTP_SERVER), '/') . '/' . 'extension/' . Extension::CODE . '/callback.php';
    }
}
