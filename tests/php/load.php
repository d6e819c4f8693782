<?php

// Every class of the client, so that PHP says whatever it has to say of each.

declare(strict_types=1);

require __DIR__ . '/transports.php';

$root = dirname(__DIR__, 2) . '/plugins/client/src';
$loaded = 0;
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS)) as $file) {
    $class = 'Kessai\\' . strtr(substr((string) $file, strlen($root) + 1, -4), '/', '\\');
    $loaded += (int) (class_exists($class) || interface_exists($class));
}
told($loaded);
