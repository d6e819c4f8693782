<?php

declare(strict_types=1);

namespace Kessai\OpenCart3;

use Kessai\OpenCart\Extension;

/** Where the extension's pages are in OpenCart 3, in the storefront and in the admin alike. */
trait Addresses
{
    public function major(): int
    {
        return 3;
    }

    public function address(string $page, array $query = [], ?string $storeUrl = null): string
    {
        $store = (string) $storeUrl !== '' ? (string) $storeUrl : self::storefront();
        $route = 'extension/payment/' . Extension::CODE . "/$page";
        $rest = $query === [] ? '' : '&' . http_build_query($query, '', '&', PHP_QUERY_RFC3986);
        return rtrim($store, '/') . "/index.php?route=$route$rest";
    }

    public function quickCallback(): string
    {
        return rtrim(self::storefront(), '/') . '/' . 'catalog/view/javascript/' . Extension::CODE . '/callback.php';
    }

    /** Of the default store: the admin knows it under other names than the storefront itself. */
    private static function storefront(): string
    {
        if (defined('HTTPS_CATALOG')) {
            return HTTPS_CATALOG;
        }
        return defined('HTTP_CATALOG') ? HTTP_CATALOG : HTTPS_SERVER;
    }
}
