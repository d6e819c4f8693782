/** The shop of docs/manual/php.md as it stands there, behind PHP's own web server, with webhooks that a simulated server delivers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { Clock, startBtcpaySim } from '../../js/sim/index.js';
import { folder, serving } from '../js/sidecar/serving.js';
import { startDatabase } from './world.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MANUAL = readFileSync(join(ROOT, 'docs/manual/php.md'), 'utf8');
const SECRET = 'a secret of the test';

/** The manual's files by name. */
const files = Object.fromEntries(
  [...MANUAL.matchAll(/```php (?:name|file=tests\/php\/shops)[=/](\S+)\n(.*?)```/gs)].map(
    ([, name = '', code = '']) => [name, code],
  ),
);

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a shop made of the files of the manual sells, is told, and heals by its job', async (t) => {
  assert.deepEqual(Object.keys(files).sort(), [
    'ForeignShop.php',
    'WholeShop.php',
    'install.php',
    'job.php',
    'kessai.php',
    'pay.php',
    'webhook.php',
  ]);
  const shop = folder(t);
  for (const [name, code] of Object.entries(files)) writeFileSync(join(shop, name), code);
  mkdirSync(join(shop, 'node_modules'));
  symlinkSync(ROOT, join(shop, 'node_modules/kessai'));

  const database = await startDatabase();
  t.after(() => database.stop());
  const port = await freePort();
  const site = `http://127.0.0.1:${port}`;
  const clock = new Clock({ now: Math.floor(Date.now() / 1000), running: true });
  const sim = await startBtcpaySim({ clock, webhook: { url: `${site}/webhook.php`, secret: SECRET } });
  t.after(() => sim.close());
  const { path } = await serving(t, { origins: [new URL(sim.url).origin] });
  const env = {
    ...process.env,
    KESSAI_SOCKET: path,
    KESSAI_SHOP_KEY: 'a key of this shop alone, made for the tests',
    BTCPAY_URL: sim.url,
    BTCPAY_API_KEY: sim.apiKey,
    BTCPAY_STORE: sim.storeId,
    BTCPAY_WEBHOOK_SECRET: SECRET,
    SHOP_DSN: `mysql:unix_socket=${database.socket};dbname=shop;charset=utf8mb4`,
    SHOP_USER: 'root',
    SHOP_PASSWORD: '',
    PHP_CLI_SERVER_WORKERS: '4',
  };
  const web = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', shop], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  t.after(() => process.kill(-Number(web.pid), 'SIGTERM'));
  await new Promise((resolve) => web.stderr.once('data', resolve));
  web.stderr.resume();

  const db = await mysql.createConnection({
    socketPath: database.socket,
    user: 'root',
    database: 'shop',
    multipleStatements: true,
  });
  t.after(() => db.end());
  await db.query(
    "INSERT INTO products VALUES ('cup', 8); INSERT INTO orders (id) VALUES ('1001'); INSERT INTO order_items VALUES ('1001', 'cup', 2)",
  );
  const status = async () =>
    /** @type {any} */ (await db.query("SELECT status FROM orders WHERE id = '1001'"))[0][0].status;
  /** @param {string} name */
  const page = (name) => fetch(`${site}/${name}`, { redirect: 'manual' });

  assert.equal((await page('install.php')).status, 200);
  const opened = await page('pay.php');
  assert.equal(opened.status, 303, await opened.text());
  const invoiceId = /** @type {string} */ (opened.headers.get('location')).split('/').pop() ?? '';
  assert.equal((await page('pay.php')).headers.get('location'), opened.headers.get('location'));
  assert.equal((await page('webhook.php')).status, 401, 'a visitor');

  sim.pay(invoiceId, { method: 'onchain' });
  await sim.idle();
  assert.equal(await status(), 'processing');
  assert.deepEqual(new Set(sim.deliveries.list().map(({ httpCode }) => httpCode)), new Set([200]));

  // The rest is never delivered.
  sim.fault({ on: 'webhook', kind: 'drop', times: 'always' });
  sim.mine(6);
  await sim.idle();
  assert.equal(await status(), 'processing');
  // As after the shop was down for long.
  writeFileSync(join(shop, 'all.php'), (files['job.php'] ?? '').replace('records())', 'records(), true)'));
  for (const job of ['job.php', 'all.php']) {
    const answer = await page(job);
    assert.deepEqual([answer.status, await answer.text()], [200, ''], job);
  }
  assert.equal(await status(), 'paid');
});
