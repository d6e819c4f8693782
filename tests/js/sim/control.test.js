import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, SECRET } from './world.js';

/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */

/**
 * @param {World} world
 * @param {string} [path]
 * @param {Record<string, string>} [headers]
 */
async function open({ sim }, path = '/', headers = {}) {
  const response = await fetch(sim.url + path, { headers: { Accept: 'text/html', ...headers } });
  return { status: response.status, text: await response.text() };
}

/**
 * What a form without a script sends.
 * @param {World} world
 * @param {string} path
 * @param {Record<string, string>} [fields]
 */
async function submit({ sim }, path, fields = {}) {
  const body = new URLSearchParams({ ...fields, back: 'control', lang: 'ja' });
  const options = { method: 'POST', body, headers: { Accept: 'text/html' }, redirect: /** @type {const} */ ('manual') };
  const response = await fetch(sim.url + path, options);
  return { status: response.status, location: response.headers.get('location'), text: await response.text() };
}

test('the control page is drawn in the language of the address, else of the browser, else in English', async (t) => {
  const world = await openWorld(t);
  assert.match((await open(world)).text, /<html lang="en">/);
  assert.match((await open(world, '/', { 'Accept-Language': 'ja,en;q=0.8' })).text, /<html lang="ja">.*請求書/s);
  assert.match((await open(world, '/?lang=en', { 'Accept-Language': 'ja' })).text, /<html lang="en">/);
});

test('the control page shows no secret and no whole key', async (t) => {
  const world = await openWorld(t);
  await world.create();
  await world.sim.idle();
  const state = await (await fetch(`${world.sim.url}/sim/state`)).text();
  for (const text of [(await open(world)).text, state]) {
    assert.ok(!text.includes(SECRET));
    assert.ok(!text.includes(world.sim.apiKey));
    assert.ok(text.includes(`${world.sim.apiKey.slice(0, 4)}…${world.sim.apiKey.slice(-4)}`));
  }
});

test('each delivery says whether its signature is of the secret of now, and shows what was sent', async (t) => {
  const world = await openWorld(t);
  const { sim, shop, call, create } = world;
  const signed = async () =>
    (await (await fetch(`${sim.url}/sim/state`)).json()).deliveries.map((/** @type {any} */ { signed: is }) => is);
  await create();
  await sim.idle();
  assert.deepEqual(await signed(), ['current']);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  await call('PUT', `/webhooks/${id}`, { url, secret: 'rotated' });
  shop.answers.push({ status: 302, location: '/login' });
  await create();
  await sim.idle();
  assert.deepEqual(await signed(), ['lost', 'former']);
  const { text } = await open(world);
  assert.ok(text.includes(sim.deliveries.list()[0]?.signature ?? 'missing'));
  assert.ok(text.includes('&quot;type&quot;: &quot;InvoiceCreated&quot;'));
  await call('DELETE', `/webhooks/${id}`);
  assert.deepEqual(await signed(), ['lost', 'unknown']);
  assert.doesNotMatch((await open(world)).text, /\/redeliver"/);
});

test('forms of the control page do what they say, and lead back to it in its language', async (t) => {
  const world = await openWorld(t);
  const { sim, shop, create, stateOf } = world;
  const { id } = await create();
  await sim.idle();
  const back = [303, `${sim.url}/?lang=ja`];
  const marked = await submit(world, `/sim/invoices/${id}/mark`, { status: 'Settled' });
  assert.deepEqual([marked.status, marked.location], back);
  assert.equal(await stateOf(id), 'Settled/Marked');
  const before = sim.clock.now();
  await submit(world, '/sim/clock', { advance: '3600' });
  assert.equal(sim.clock.now(), before + 3600);
  const [last] = sim.deliveries.list();
  await submit(world, `/sim/deliveries/${last?.id}/redeliver`);
  await sim.idle();
  assert.equal(shop.received.at(-1)?.event.originalDeliveryId, last?.id);
  const fields = { on: 'webhook', kind: 'drop', times: 'always', seconds: '', match: 'Invoice*' };
  assert.deepEqual((await submit(world, '/sim/faults', fields)).status, 303);
  const fault = { id: '1', on: 'webhook', kind: 'drop', times: 'always', match: 'Invoice*' };
  assert.deepEqual(sim.faults.list(), [fault]);
  assert.match((await open(world)).text, /never arrives.*<code>Invoice\*<\/code>/s);
  await submit(world, '/sim/faults/1/clear');
  assert.deepEqual(sim.faults.list(), []);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('pull payments are listed, and their claims approved, paid and cancelled', async (t) => {
  const world = await openWorld(t);
  const { sim, create } = world;
  const { Decimal } = await import('../../../js/sim/btcpay/decimal.js');
  const { id } = sim.pullPayments.create(sim.store, { name: 'Refund 7', currency: 'BTC', amount: Decimal.of('0.3') });
  const destinations = [];
  for (let i = 0; i < 3; i += 1) {
    const invoice = sim.invoice((await create()).id);
    destinations.push(invoice.prompts.find(({ methodId }) => methodId === 'BTC-CHAIN')?.destination);
  }
  const [paid, approved, cancelled] = destinations.map(
    (destination) => sim.pullPayments.claim(id, { destination, method: 'BTC-CHAIN', amount: '0.1' }).id,
  );
  await submit(world, `/sim/payouts/${paid}/pay`);
  await submit(world, `/sim/payouts/${approved}/approve`);
  await submit(world, `/sim/payouts/${cancelled}/cancel`);
  assert.deepEqual(
    [paid, approved, cancelled].map((payout) => sim.pullPayments.findPayout(payout)?.state),
    ['Completed', 'AwaitingPayment', 'Cancelled'],
  );
  const { text } = await open(world);
  assert.match(text, /Refund 7/);
  assert.match(text, new RegExp(`/pull-payments/${id}`));
});

test('the open page hears of faults, and of deliveries that begin or stop to wait', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  const pulse = async () => (await (await fetch(`${sim.url}/sim/pulse`)).json()).state;
  const seen = [await pulse()];
  sim.fault({ on: 'api', kind: 'hang', match: '/nowhere' });
  seen.push(await pulse());
  sim.clearFaults();
  seen.push(await pulse());
  shop.answers.push(500);
  await create();
  await sim.idle();
  seen.push(await pulse());
  sim.deliveries.drop();
  seen.push(await pulse());
  assert.equal(new Set(seen).size, seen.length);
});

test('a part of the page that does not change is drawn the same again, so that it need not be replaced', async (t) => {
  const world = await openWorld(t);
  await world.create();
  await world.sim.idle();
  assert.equal((await open(world)).text, (await open(world)).text);
});

test('buttons are told apart by their ids and by what they befall', async (t) => {
  const world = await openWorld(t);
  for (const orderId of ['A-1', 'A-2']) await world.create({ metadata: { orderId } });
  await world.sim.idle();
  const { text } = await open(world);
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const name of ['Pay: A-1', 'Pay: A-2', 'Mark settled: A-1'])
    assert.ok(text.includes(`aria-label="${name}"`), name);
});
