/** One step from PHP, by the client's own transport on a kept connection: to the sidecar, and to a server that only echoes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output, say } from '../js/dev/process.js';
import { loadCore } from '../js/wasm.js';
import { Order, PLACED, SETTINGS, SHOP } from './orders.js';

/** @import { Row } from './run.js' */

/** So many orders in turn, that no text is met again while an engine still remembers it. */
const ORDERS = 64;

/** How many times as long as an echo a step may take. */
const BUDGET = 3;

const path = (/** @type {string} */ of) => fileURLToPath(new URL(of, import.meta.url));

/** @returns {Promise<Row[]>} */
export async function measure() {
  if (!/^curl$/m.test(output('php', ['-m']) ?? '')) {
    say('php-roundtrip: SKIPPED, nothing was measured. Missing: PHP with curl. apt-get install php-cli php-curl');
    return [];
  }
  const directory = mkdtempSync(join(tmpdir(), 'kessai-bench-'));
  const ours = join(directory, 'run/kessai.sock');
  const echo = join(directory, 'echo.sock');
  const servers = [
    await start('../js/sidecar/cli.js', ['serve', '--socket', ours]),
    await start('echo-server.js', [echo]),
  ];
  try {
    const inputs = Array.from({ length: ORDERS }, (_, no) => inputOf(new Order(no).withFacts(3)));
    const { status, stdout, stderr } = spawnSync('php', ['-d', 'memory_limit=256M', path('php-roundtrip.php')], {
      encoding: 'utf8',
      input: JSON.stringify({ op: 'order.apply', inputs, sockets: { ours, echo } }),
    });
    if (status !== 0) throw new Error(`php-roundtrip.php failed: ${stderr}${stdout}`);
    const best = JSON.parse(stdout);
    return [{ name: 'php-roundtrip', value: best.ours, unit: 'µs', peer: best.echo, budget: BUDGET }];
  } finally {
    for (const server of servers) server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A settled invoice's message, which is to be applied to its order. @param {Order} order */
function inputOf(order) {
  const { headers, raw } = order.settled();
  const now = PLACED + 3001;
  const { ok } = /** @type {any} */ (loadCore().call('btcpay.readWebhook', { settings: SETTINGS, headers, now }, raw));
  const { id: orderId, record } = order;
  return JSON.stringify({ settings: SETTINGS, orderId, record, shop: SHOP, now, message: ok.message });
}

/**
 * @param {string} script
 * @param {string[]} args
 */
async function start(script, args) {
  const child = spawn(process.execPath, [path(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}
