<?php

declare(strict_types=1);

// What an extension for OpenCart is made of, wherever it lies: the folders stand beside this file in the repository as they do in a shop.
spl_autoload_register(static function (string $class): void {
    $folders = [
        'Kessai\\OpenCart3\\' => 'opencart3/src/',
        'Kessai\\OpenCart4\\' => 'opencart4/src/',
        'Kessai\\OpenCart\\' => 'opencart/src/',
        'Kessai\\' => 'client/src/',
    ];
    foreach ($folders as $prefix => $folder) {
        if (strncmp($class, $prefix, strlen($prefix)) === 0) {
            $file = __DIR__ . '/' . $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;
            }
            return;
        }
    }
});
