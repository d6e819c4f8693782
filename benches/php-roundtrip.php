<?php

declare(strict_types=1);

/**
 * How long a step takes from PHP: `{op, inputs, sockets: {name: path}}` on stdin, `{name: microseconds}` on stdout. The best of three
 * runs, the sockets taking turns every few milliseconds as in measure.js.
 */

require __DIR__ . '/../plugins/client/autoload.php';

use Kessai\Transport\UnixSocket;

const RUNS = 3;
const SLICES = 25;
const CALLS = 40;
/** Until the optimising compiler of the other side is done with all of a request's way: some ten thousand calls. */
const WARM = 20000;

['op' => $op, 'inputs' => $inputs, 'sockets' => $sockets] = json_decode(stream_get_contents(STDIN), true);

$times = [];
foreach ($sockets as $name => $path) {
    $transport = new UnixSocket($path);
    $times[$name] = static function (int $calls) use ($transport, $op, $inputs): float {
        $began = hrtime(true);
        for ($call = 0; $call < $calls; $call++) {
            $transport->step($op, $inputs[$call % count($inputs)], null, 10.0);
        }
        return (hrtime(true) - $began) / 1000;
    };
}

foreach ($times as $name => $time) {
    $reply = json_decode((new UnixSocket($sockets[$name]))->step($op, $inputs[0], null, 10.0)->text, true);
    if (isset($reply['err'])) {
        throw new RuntimeException("$name answers {$reply['err']['code']}");
    }
    $time(WARM);
}

$best = array_fill_keys(array_keys($times), INF);
for ($run = 0; $run < RUNS; $run++) {
    $spent = array_fill_keys(array_keys($times), 0.0);
    for ($slice = 0; $slice < SLICES; $slice++) {
        foreach ($times as $name => $time) {
            $spent[$name] += $time(CALLS);
        }
    }
    foreach ($spent as $name => $sum) {
        $best[$name] = min($best[$name], $sum / (SLICES * CALLS));
    }
}

echo json_encode($best);
