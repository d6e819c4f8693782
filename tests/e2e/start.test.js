import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { page, placeOrder } from '../../js/demo/once/customer.js';

const start = fileURLToPath(new URL('../../js/demo/start.js', import.meta.url));

/**
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @param {number} port
 * @param {string[]} more options
 */
async function startDemo(t, folder, port, ...more) {
  const child = spawn(process.execPath, [start, '--port', String(port), ...more], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes('Ctrl-C')) break;
  }
  child.stdout.resume();
  const [shop = '', merchant = '', btcpay = ''] = output.match(/http:\S+/g) ?? [];
  return { child, output, shop, merchant, btcpay };
}

test('a busy port is told and the next one taken; orders outlive a kill; Ctrl-C ends cleanly', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-start-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());

  const first = await startDemo(t, folder, port);
  assert.match(first.output, new RegExp(`Port ${port} is busy`));
  assert.notEqual(new URL(first.shop).port, String(port));
  const checkout = await placeOrder(first.shop, { product: 'cup', quantity: 1, email: 'customer@example.com' });
  assert.ok(checkout.startsWith(first.btcpay), 'the customer is sent to the simulator');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await startDemo(t, folder, port);
  assert.match(await page(second.merchant), /\/merchant\/orders\/1001/);
  assert.equal((await fetch(checkout)).status, 200, 'the simulator still knows the invoice');
  second.child.kill('SIGINT');
  const [code] = await once(second.child, 'exit');
  assert.equal(code, 0);
});

test('an empty shop is one of its own, connected to nothing, and stays what its merchant made of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-start-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const connected = await startDemo(t, folder, 3000);
  assert.doesNotMatch(await page(connected.shop), /not ready yet/);
  const empty = await startDemo(t, folder, 3000, '--empty');
  assert.match(await page(empty.shop), /Payment by Bitcoin is not ready yet/);
  assert.match(await page(empty.merchant), new RegExp(`name="serverUrl" value="${empty.btcpay}"`));
});

test('a folder in use is not shared: the second start says in one line who has it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-start-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const first = await startDemo(t, folder, 3000);
  const { status, stdout, stderr } = spawnSync(process.execPath, [start], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr.trim(),
    `data/ is in use by process ${first.child.pid} at ${first.shop}. Use that one, or stop it first.`,
  );
  assert.match(await page(first.merchant), /Orders/, 'the first goes on');
});

test('a database of another version of the demo is refused, not half used', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-start-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'data/shop.sqlite');
  mkdirSync(join(folder, 'data'));
  const old = new Database(file);
  old.exec('CREATE TABLE orders (id TEXT PRIMARY KEY)');
  old.close();
  const { status, stderr } = spawnSync(process.execPath, [start], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  assert.equal(status, 1);
  assert.match(stderr, /shop\.sqlite was made by another version of the demo shop\. Delete data to start afresh\./);
});
