<?php

declare(strict_types=1);

// For shops without Composer.
spl_autoload_register(static function (string $class): void {
    if (strncmp($class, 'Kessai\\', 7) !== 0) {
        return;
    }
    $file = __DIR__ . '/src/' . str_replace('\\', '/', substr($class, 7)) . '.php';
    if (is_file($file)) {
        require $file;
    }
});
