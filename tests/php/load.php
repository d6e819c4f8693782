<?php

// Every class of the client and of the extensions, so that PHP says whatever it has to say of each.

declare(strict_types=1);

require __DIR__ . '/transports.php';

$plugins = dirname(__DIR__, 2) . '/plugins';
require "$plugins/autoload.php";

$folders = [
    'Kessai\\' => 'client/src',
    'Kessai\\OpenCart\\' => 'opencart/src',
    'Kessai\\OpenCart3\\' => 'opencart3/src',
    'Kessai\\OpenCart4\\' => 'opencart4/src',
];
$loaded = 0;
foreach ($folders as $namespace => $folder) {
    $root = "$plugins/$folder";
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS)) as $file) {
        $class = $namespace . strtr(substr((string) $file, strlen($root) + 1, -4), '/', '\\');
        $loaded += (int) (class_exists($class) || interface_exists($class) || trait_exists($class));
    }
}
told($loaded);
