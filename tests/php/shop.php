<?php

// One of a shop's processes: does what each line of its stdin says, and answers with a line.

declare(strict_types=1);

require __DIR__ . '/transports.php';
spl_autoload_register(static fn (string $class) => is_file($file = __DIR__ . "/shops/$class.php") && require $file);

use Kessai\Kessai;
use Kessai\KessaiException;
use Kessai\Sql\Connection;
use Kessai\Sql\MysqliConnection;
use Kessai\Sql\PdoConnection;
use Kessai\Sql\SqlOrders;

$config = json_decode($argv[1], true, 512, JSON_THROW_ON_ERROR);

function connection(array $config): Connection
{
    if ($config['driver'] === 'pdo') {
        $pdo = new PDO("mysql:unix_socket={$config['database']};dbname=shop;charset=utf8mb4", 'root', '');
        $pdo->setAttribute(PDO::ATTR_ERRMODE, $config['silent'] ? PDO::ERRMODE_SILENT : PDO::ERRMODE_EXCEPTION);
        $db = new PdoConnection($pdo);
    } else {
        mysqli_report($config['silent'] ? MYSQLI_REPORT_OFF : MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $db = new MysqliConnection(new mysqli(null, 'root', '', 'shop', null, $config['database']));
    }
    if ($config['lockWait'] !== null) {
        $db->query('SET SESSION innodb_lock_wait_timeout = ' . (int) $config['lockWait']);
    }
    return new MortalConnection($db, $config['end']);
}

$db = connection($config);
$shop = $config['shop'] === 'whole' ? new WholeShop($db) : new ForeignShop(new OrderApi(connection($config)));
$orders = new SqlOrders($db, $shop, $config['prefix']);
$now = $config['now'];
$kessai = new Kessai(transportOf($config['place']), $config['settings'], $orders, [
    'now' => static function () use (&$now): int {
        return $now;
    },
    'deadline' => $config['deadline'],
]);

/** @return mixed */
function work(Kessai $kessai, SqlOrders $orders, array $order)
{
    switch ($order['do']) {
        case 'tables':
            return $orders->createTables();
        case 'webhook':
            $answer = $kessai->webhook($order['body'], $order['headers']);
            return ['status' => $answer->status, 'body' => $answer->body];
        case 'reconcile':
            return array_map(
                static fn (array $one): array => array_diff_key($one, ['error' => 0]),
                iterator_to_array($kessai->reconcile($orders->records(), $order['all'] ?? false), false)
            );
        case 'carryOut':
            return $orders->carryOutLeft();
        case 'record':
            return $orders->record($order['orderId']);
        default:
            [$group, $method] = explode('.', $order['do']);
            return $kessai->$group()->$method($order['input']);
    }
}

echo "ready\n";
while (($line = fgets(STDIN)) !== false) {
    $order = json_decode($line, true, 512, JSON_THROW_ON_ERROR);
    $now = $order['now'];
    try {
        told(['ok' => work($kessai, $orders, $order)]);
    } catch (KessaiException $error) {
        told(['code' => $error->errorCode(), 'message' => $error->getMessage(), 'details' => $error->details()]);
    } catch (Throwable $error) {
        told(['thrown' => get_class($error), 'message' => $error->getMessage(), 'trace' => $error->getTraceAsString()]);
    }
}
