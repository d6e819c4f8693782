<?php

/**
 * A small shop that calls an extension as OpenCart does, in the tests' own words: its registry, its routes, its order API and its
 * mails, and its habit of answering errors with 200. The router of PHP's own web server; `KESSAI_STANDIN` describes the shop:
 * `major`, `version`, `url`, `extension` (what js/dev/plugins.js wrote), `database` (mysqli: socket and name).
 */

declare(strict_types=1);

namespace Standin;

require_once __DIR__ . '/config.php';

$shop = json_decode((string) getenv('KESSAI_STANDIN'), true, 8, JSON_THROW_ON_ERROR);

define('VERSION', $shop['version']);

require __DIR__ . '/engine.php';
require __DIR__ . '/library.php';
require __DIR__ . '/shop.php';

if ($shop['major'] === 4) {
    require __DIR__ . '/opencart4.php';
} else {
    require __DIR__ . '/opencart3.php';
}

$config = new Config();
$log = new Log();
$isShown = static fn (): bool => (bool) $config->get('config_error_display');

// Where errors are shown, the answer stays 200; where they are not, the customer is sent to another page.
set_error_handler(static function (int $code, string $message, string $file, int $line) use ($log, $isShown): bool {
    if ((error_reporting() & $code) === 0) {
        return false;
    }
    $log->write("PHP error: $message in $file on line $line");
    if ($isShown()) {
        echo "<b>Error</b>: $message in <b>$file</b> on line <b>$line</b>";
    } elseif (($code & (E_ERROR | E_USER_ERROR)) !== 0) {
        header('Location: error.html');
        exit;
    }
    return true;
});
set_exception_handler(static function (\Throwable $error) use ($log, $isShown): void {
    $log->write($error->getMessage() . ' in ' . $error->getFile() . ' on line ' . $error->getLine());
    if ($isShown()) {
        echo $error->getMessage();
        exit;
    }
    header('Location: error.html');
    exit;
});

$registry = new Registry();
$registry->set('config', $config);
$registry->set('log', $log);
$registry->set('event', new Event($registry));
$registry->set('load', new Loader($registry, $shop['major']));
$registry->set('request', new Request());
$registry->set('response', new Response());
$registry->set('db', new DB('mysqli', DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, DB_PORT));
$config->readSettings($registry->get('db'));
$session = new Session('db', $registry);
$registry->set('session', $session);
$session->start($_COOKIE['OCSESSID'] ?? '');
setcookie('OCSESSID', $session->getId(), ['path' => '/', 'httponly' => true] + ($shop['major'] === 4 ? ['samesite' => 'Strict'] : []));
foreach (['cache' => Cache::class, 'document' => Document::class] as $name => $class) {
    $registry->set($name, new $class());
}
$registry->set('url', new Url(HTTP_SERVER));
// OpenCart 3 keeps the language in the session, OpenCart 4 in every address.
$chosen = $shop['major'] === 4 ? $_GET['language'] ?? null : $session->data['language'] ?? null;
$code = $session->data['language'] = $chosen ?? $config->get('config_language');
$registry->set('language', new Language($code, $shop['major']));
$config->set('config_language', $code);
$config->set('config_language_id', 1);
foreach (['customer' => Customer::class, 'currency' => Currency::class, 'tax' => Tax::class, 'cart' => Cart::class] as $name => $class) {
    $registry->set($name, new $class($registry));
}
$registry->get('event')->readEvents();

if (($_GET['route'] ?? '') === 'standin/install') {
    install($registry);
} else {
    dispatch($registry, (string) ($_GET['route'] ?? 'common/home'));
}
$registry->get('response')->output();
