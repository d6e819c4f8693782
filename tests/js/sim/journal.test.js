import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startBtcpaySim } from '../../../js/sim/btcpay/index.js';
import { Journal } from '../../../js/sim/journal.js';
import { openWorld } from './world.js';

/** @param {import('node:test').TestContext} t */
function stateFile(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-sim-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state.jsonl');
}

test('a journal gives back the last state of each record, and forgets what was deleted', (t) => {
  const file = stateFile(t);
  const journal = new Journal(file);
  journal.put('invoice', 'a', { n: 1 });
  journal.put('invoice', 'b', { n: 1 });
  journal.put('invoice', 'a', { n: 2 });
  journal.put('webhook', 'a', { n: 3 });
  journal.put('invoice', 'b', null);
  const again = new Journal(file);
  assert.deepEqual([...again.load('invoice')], [['a', { n: 2 }]]);
  assert.deepEqual([...again.load('webhook')], [['a', { n: 3 }]]);
  assert.equal(readFileSync(file, 'utf8').split('\n').length, 3);
  assert.deepEqual(readdirSync(join(file, '..')), ['state.jsonl']);
  assert.equal(statSync(file).mode & 0o077, 0);
});

test('a line the process died over is dropped; a file of something else is refused', (t) => {
  const file = stateFile(t);
  new Journal(file).put('invoice', 'a', { n: 1 });
  appendFileSync(file, '["invoice","a",{"n":');
  assert.deepEqual([...new Journal(file).load('invoice')], [['a', { n: 1 }]]);
  assert.deepEqual([...new Journal(file).load('invoice')], [['a', { n: 1 }]]);
  writeFileSync(file, 'hello\n');
  assert.throws(() => new Journal(file), /not a simulator's state file/);
  assert.equal(readFileSync(file, 'utf8'), 'hello\n');
});

test('without a file nothing is kept', () => {
  const journal = new Journal();
  journal.put('invoice', 'a', {});
  assert.equal(journal.load('invoice').size, 0);
});

test('a restarted simulator has its store, key, invoices, webhooks and deliveries, and goes on with them', async (t) => {
  const file = stateFile(t);
  const first = await openWorld(t, { stateFile: file });
  const { id } = await first.create({ metadata: { orderId: '1001' } });
  first.sim.pay(id, { method: 'onchain' });
  await first.sim.idle();
  const document = await first.read(id);
  const deliveries = first.sim.deliveries.list();
  await first.sim.close();

  const second = await openWorld(t, { stateFile: file, webhook: { url: first.shop.url, secret: 'unused' } });
  assert.deepEqual([second.sim.storeId, second.sim.apiKey], [first.sim.storeId, first.sim.apiKey]);
  const kept = await second.read(id);
  assert.deepEqual({ ...kept, checkoutLink: '' }, { ...document, checkoutLink: '' });
  assert.deepEqual(second.sim.deliveries.list(), deliveries);
  second.sim.mine();
  await second.sim.idle();
  assert.equal(await second.stateOf(id), 'Settled/None');
  await second.sim.close();
});

test('a restarted simulator still wakes its invoices when their time is over', async (t) => {
  const file = stateFile(t);
  const first = await openWorld(t, { stateFile: file });
  const { id } = await first.create();
  await first.sim.close();
  const second = await openWorld(t, { stateFile: file });
  await second.sim.advance(901);
  assert.equal(await second.stateOf(id), 'Expired/None');
});

test('a running clock that was moved ahead stays ahead after a restart', async (t) => {
  const file = stateFile(t);
  const first = await startBtcpaySim({ stateFile: file });
  await first.advance(7200);
  await first.close();
  const second = await startBtcpaySim({ stateFile: file });
  t.after(() => second.close());
  assert.ok(second.clock.now() - Date.now() / 1000 > 7100);
});

test('the same webhook is not registered twice by a restart', async (t) => {
  const file = stateFile(t);
  const webhook = { url: 'http://127.0.0.1:9/hook', secret: 's' };
  for (let start = 0; start < 2; start += 1) {
    const sim = await startBtcpaySim({ stateFile: file, webhook });
    assert.equal(sim.webhooks.of(sim.storeId).length, 1);
    await sim.close();
  }
});
