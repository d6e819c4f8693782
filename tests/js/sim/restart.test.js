import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorld } from './world.js';

const RETRIES_SECONDS = 61 * 60 + 10;

test('the queue is in memory: deliveries that wait when the server restarts never come', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  shop.answers.push(500);
  sim.pay((await create()).id);
  await sim.idle();
  assert.equal(sim.deliveries.waiting(), 5);
  await sim.restart();
  assert.equal(sim.deliveries.waiting(), 0);
  await sim.advance(RETRIES_SECONDS);
  assert.equal(shop.received.length, 1);
  // What happens later is delivered as ever.
  await create();
  await sim.idle();
  assert.equal(shop.received.length, 2);
});

test('a restart that is told to keep its queue goes on with it', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  shop.answers.push(500);
  await create();
  await sim.idle();
  await sim.restart({ loseQueue: false });
  await sim.advance(10);
  assert.equal(shop.received.length, 2);
});

test('after a restart expiries are looked for only after two minutes (since 2.0.0)', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  await sim.advance(850);
  await sim.restart();
  await sim.advance(119);
  assert.equal(await stateOf(id), 'New/None');
  await sim.advance(1);
  assert.equal(await stateOf(id), 'Expired/None');
  // An invoice whose time is over later than that is not held up.
  const later = await create();
  await sim.restart();
  await sim.advance(901);
  assert.equal(await stateOf(later.id), 'Expired/None');
  // Nor is one that was made after the restart.
  await sim.restart();
  const brief = await create({ checkout: { expirationMinutes: 1 } });
  await sim.advance(61);
  assert.equal(await stateOf(brief.id), 'Expired/None');
});

test('before 2.0.0 expiries are looked for at once', async (t) => {
  const { sim, create, stateOf } = await openWorld(t, { version: '1.13.5' });
  const { id } = await create();
  await sim.advance(850);
  await sim.restart();
  await sim.advance(51);
  assert.equal(await stateOf(id), 'Expired/None');
});

test('a restart cuts what is being answered, keeps its port, and forgets no invoice', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const { id } = await create();
  const { url } = sim;
  sim.fault({ on: 'api', kind: 'hang' });
  const cut = call('GET', `/invoices/${id}`).then(
    () => 'answered',
    () => 'cut',
  );
  while (sim.faults.fired.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await sim.restart();
  assert.equal(await cut, 'cut');
  assert.equal(sim.url, url);
  assert.equal((await call('GET', `/invoices/${id}`)).json.id, id);
});

test('a delivery under way is cut by a restart, and is not in the log', async (t) => {
  const { sim, create } = await openWorld(t);
  const silent = createServer();
  await new Promise((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => silent.close());
  /** @type {Promise<import('node:net').Socket>} */
  const reached = new Promise((resolve) => {
    silent.on('connection', (socket) => socket.once('data', () => resolve(socket)));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
  for (const webhook of sim.webhooks.of(sim.storeId)) sim.webhooks.delete(webhook);
  sim.webhooks.create(sim.storeId, { url: `http://127.0.0.1:${port}/` });
  await create();
  const socket = await reached;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await sim.restart();
  await closed;
  await sim.idle();
  assert.deepEqual(sim.deliveries.list(), []);
});

test('over HTTP a restart is answered for before it cuts the connection', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  shop.answers.push(500, 500);
  await create();
  await sim.idle();
  const answer = await fetch(`${sim.url}/sim/restart`, { method: 'POST' });
  assert.equal(answer.status, 200);
  await answer.text();
  while (sim.deliveries.waiting() > 0) await new Promise((resolve) => setImmediate(resolve));
  const form = await fetch(`${sim.url}/sim/restart`, {
    method: 'POST',
    body: new URLSearchParams({ back: 'control' }),
    headers: { Accept: 'text/html' },
    redirect: 'manual',
  });
  assert.deepEqual([form.status, form.headers.get('location')], [303, `${sim.url}/`]);
});

test('a process that takes over the state of an earlier one is a restarted server too', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-sim-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const stateFile = join(folder, 'state.jsonl');
  const first = await openWorld(t, { stateFile });
  const { id } = await first.create({ checkout: { expirationMinutes: 1 } });
  await first.sim.close();
  const second = await openWorld(t, { stateFile });
  await second.sim.advance(119);
  assert.equal(await second.stateOf(id), 'New/None');
  await second.sim.advance(1);
  assert.equal(await second.stateOf(id), 'Expired/None');
  await second.sim.close();
});
