import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { page, placeOrder } from '../../js/demo/once/customer.js';

const start = fileURLToPath(new URL('../../js/demo/start.js', import.meta.url));

/**
 * @param {import('node:test').TestContext} t
 * @param {string} folder
 * @param {number} port
 */
async function startDemo(t, folder, port) {
  const child = spawn(process.execPath, [start, '--port', String(port)], {
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
