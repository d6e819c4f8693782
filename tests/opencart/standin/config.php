<?php

/** The constants of the stand-in, as OpenCart's own config.php has them; `KESSAI_STANDIN` describes the shop. */

declare(strict_types=1);

namespace Standin;

(static function (): void {
    $shop = json_decode((string) getenv('KESSAI_STANDIN'), true, 8, JSON_THROW_ON_ERROR);
    $constants = [
        'HTTP_SERVER' => $shop['url'],
        'DB_DRIVER' => 'mysqli',
        'DB_HOSTNAME' => 'localhost',
        'DB_USERNAME' => 'root',
        'DB_PASSWORD' => '',
        'DB_DATABASE' => $shop['database'],
        'DB_PORT' => '3306',
        'DB_PREFIX' => 'oc_',
        'DIR_LOGS' => $shop['logs'],
    ];
    $constants += $shop['major'] === 4 ? [
        'DIR_EXTENSION' => $shop['extension'] . '/',
        'DIR_SYSTEM' => __DIR__ . '/',
    ] : [
        'HTTPS_SERVER' => $shop['url'],
        'DIR_APPLICATION' => $shop['extension'] . '/upload/catalog/',
        'DIR_SYSTEM' => $shop['extension'] . '/upload/system/',
    ];
    foreach ($constants as $name => $value) {
        if (!defined($name)) {
            define($name, $value);
        }
    }
})();
