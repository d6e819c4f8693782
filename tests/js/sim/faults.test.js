import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { signatureOf } from '../../../js/sim/btcpay/payload.js';
import { openWorld, SECRET, START } from './world.js';

/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */

/** @param {World} world */
const types = ({ shop }) => shop.received.map(({ event }) => event.type);

/** @param {World} world @param {number} index */
const received = ({ shop }, index) => shop.received[index] ?? assert.fail(`nothing was received as number ${index}`);

/**
 * @param {World} world
 * @param {RequestInit} [options]
 */
const info = ({ sim }, options) =>
  fetch(`${sim.url}/api/v1/server/info`, { headers: { Authorization: `token ${sim.apiKey}` }, ...options });

test('delay: a delivery waits on the simulator’s clock, and so does what is queued behind it', async (t) => {
  const world = await openWorld(t);
  const { sim, create } = world;
  const id = sim.fault({ on: 'webhook', kind: 'delay', seconds: 90 });
  sim.mark((await create()).id, 'Settled');
  await sim.advance(89);
  assert.deepEqual([types(world), sim.deliveries.waiting()], [[], 2]);
  await sim.advance(1);
  assert.deepEqual(types(world), ['InvoiceCreated', 'InvoiceSettled']);
  assert.equal(sim.deliveries.list().at(-1)?.deliveryTime, START + 90);
  assert.deepEqual(sim.faults.fired, [{ id, on: 'webhook', kind: 'delay', subject: 'InvoiceCreated', at: START }]);
  assert.deepEqual(sim.faults.list(), []);
});

test('duplicate: the very same bytes arrive twice', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'webhook', kind: 'duplicate' });
  await world.create();
  await world.sim.idle();
  assert.equal(world.shop.received.length, 2);
  assert.equal(received(world, 0).body, received(world, 1).body);
  assert.equal(received(world, 0).headers['btcpay-sig'], received(world, 1).headers['btcpay-sig']);
  assert.equal(world.sim.deliveries.list().length, 1);
});

test('redelivery: the event arrives again, as a redelivery', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'webhook', kind: 'redelivery' });
  await world.create();
  await world.sim.idle();
  const [first, second] = [received(world, 0).event, received(world, 1).event];
  assert.equal(world.shop.received.length, 2);
  assert.deepEqual([second.isRedelivery, second.originalDeliveryId], [true, first.deliveryId]);
  assert.notEqual(second.deliveryId, first.deliveryId);
});

test('redelivery, always: each event arrives twice, not for ever', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'webhook', kind: 'redelivery', times: 'always' });
  world.sim.mark((await world.create()).id, 'Settled');
  await world.sim.idle();
  assert.deepEqual(types(world), ['InvoiceCreated', 'InvoiceCreated', 'InvoiceSettled', 'InvoiceSettled']);
});

test('reorder: the event arrives after the next one', async (t) => {
  const world = await openWorld(t);
  const { sim, create } = world;
  sim.fault({ on: 'webhook', kind: 'reorder', match: 'InvoiceProcessing' });
  sim.pay((await create()).id, { method: 'onchain' });
  await sim.idle();
  assert.deepEqual(types(world), ['InvoiceCreated', 'InvoiceReceivedPayment']);
  assert.equal(sim.deliveries.waiting(), 1);
  sim.mine();
  await sim.idle();
  assert.deepEqual(types(world).slice(2), ['InvoicePaymentSettled', 'InvoiceProcessing', 'InvoiceSettled']);
  // It is the first delivery still, not a redelivery.
  assert.equal(received(world, 3).event.isRedelivery, false);
});

test('reorder, always: pairs change places', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'webhook', kind: 'reorder', times: 'always' });
  world.sim.pay((await world.create()).id);
  await world.sim.idle();
  assert.deepEqual(types(world), [
    'InvoicePaymentSettled',
    'InvoiceCreated',
    'InvoiceProcessing',
    'InvoiceReceivedPayment',
  ]);
});

test('clearFaults lets go of what is held back, and nothing goes wrong any more', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'webhook', kind: 'reorder' });
  world.sim.fault({ on: 'api', kind: '5xx', times: 'always', match: 'GET /api/v1/server/info' });
  await world.create();
  await world.sim.idle();
  assert.deepEqual(types(world), []);
  world.sim.clearFaults();
  await world.sim.idle();
  assert.deepEqual(types(world), ['InvoiceCreated']);
  assert.equal((await info(world)).status, 200);
  assert.deepEqual(world.sim.faults.list(), []);
});

test('drop: the event never arrives, is not tried again, and is no success in the log', async (t) => {
  const world = await openWorld(t);
  const { sim, create } = world;
  sim.fault({ on: 'webhook', kind: 'drop', match: 'InvoiceCreated' });
  sim.mark((await create()).id, 'Settled');
  await sim.advance(7200);
  assert.deepEqual(types(world), ['InvoiceSettled']);
  const lost = sim.deliveries.list().at(-1);
  assert.deepEqual([lost?.type, lost?.status, lost?.httpCode], ['InvoiceCreated', 'Failed', null]);
});

test('reset: the shop has handled the event, but the server does not know and delivers it again', async (t) => {
  const world = await openWorld(t);
  const { sim, create } = world;
  sim.fault({ on: 'webhook', kind: 'reset' });
  await create();
  await sim.idle();
  assert.equal(world.shop.received.length, 1);
  assert.match(sim.deliveries.list()[0]?.errorMessage ?? '', /cut/);
  await sim.advance(10);
  assert.equal(world.shop.received.length, 2);
  assert.equal(received(world, 1).event.originalDeliveryId, received(world, 0).event.deliveryId);
  assert.equal(received(world, 0).headers['btcpay-sig'], signatureOf(SECRET, received(world, 0).body));
});

test('5xx: a proxy’s HTML page, and nothing was done', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'api', kind: '5xx', match: 'POST *invoices' });
  const answer = await world.call('POST', `/stores/${world.sim.storeId}/invoices`, { amount: '5' });
  assert.deepEqual([answer.status, answer.type], [503, 'text/html']);
  assert.match(answer.text, /^<html>/);
  assert.equal(world.sim.invoices.all().length, 0);
});

test('429: the proxy asks for patience', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'api', kind: '429' });
  assert.equal((await info(world)).status, 429);
  assert.equal((await info(world)).status, 200);
});

test('garbage: 200, but no JSON', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'api', kind: 'garbage' });
  const answer = await info(world);
  assert.equal(answer.status, 200);
  await assert.rejects(answer.json(), SyntaxError);
});

/** A request that has reached the server and its fault, and has no answer yet. @param {World} world */
async function unanswered(world) {
  const giveUp = new AbortController();
  const answer = info(world, { signal: giveUp.signal });
  const before = world.sim.faults.fired.length;
  while (world.sim.faults.fired.length === before) await new Promise((resolve) => setImmediate(resolve));
  return { answer, giveUp: () => giveUp.abort() };
}

test('slow: the answer comes, after real time', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'api', kind: 'slow', milliseconds: 600_000 });
  const { answer, giveUp } = await unanswered(world);
  giveUp();
  await assert.rejects(answer, { name: 'AbortError' });
  world.sim.fault({ on: 'api', kind: 'slow', milliseconds: 1 });
  assert.equal((await (await info(world)).json()).version, '2.4.1');
  assert.equal(world.sim.faults.fired.length, 2);
});

test('hang: no answer ever comes', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'api', kind: 'hang' });
  const { answer, giveUp } = await unanswered(world);
  // Whatever the server had answered would be here before the answer to a later question.
  const first = await Promise.race([answer.then(() => 'hung'), info(world).then(() => 'later')]);
  assert.equal(first, 'later');
  giveUp();
  await assert.rejects(answer, { name: 'AbortError' });
});

/** One request, without the second try that fetch makes by itself on a connection it used before. @param {World} world */
const createOnce = ({ sim }) =>
  new Promise((resolve, reject) => {
    const headers = { Authorization: `token ${sim.apiKey}`, 'Content-Type': 'application/json' };
    const request = http.request(`${sim.url}/api/v1/stores/${sim.storeId}/invoices`, { method: 'POST', headers });
    request.on('error', reject).on('response', resolve).end('{"amount":"5","currency":"USD"}');
  });

for (const [kind, made] of /** @type {const} */ ([
  ['reset', 0],
  ['resetAfter', 1],
])) {
  test(`${kind}: the connection is cut, and ${made ? 'an' : 'no'} invoice was made`, async (t) => {
    const world = await openWorld(t);
    world.sim.fault({ on: 'api', kind });
    await assert.rejects(createOnce(world), { code: 'ECONNRESET' });
    assert.equal(world.sim.invoices.all().length, made);
    await world.sim.idle();
    assert.equal(world.shop.received.length, made);
  });
}

test('a fault happens as often as it is told, and only where it fits', async (t) => {
  const world = await openWorld(t);
  const { sim, call, create } = world;
  sim.fault({ on: 'api', kind: '5xx', times: 2, match: '/api/v1/server/*' });
  const { id } = await create();
  assert.equal((await call('GET', `/invoices/${id}`)).status, 200);
  assert.deepEqual(
    sim.faults.list().map(({ times }) => times),
    [2],
  );
  assert.deepEqual(
    [(await info(world)).status, (await info(world)).status, (await info(world)).status],
    [503, 503, 200],
  );
  sim.fault({ on: 'api', kind: '429', times: 'always', match: 'GET *' });
  for (let i = 0; i < 3; i += 1) assert.equal((await info(world)).status, 429);
  assert.equal((await call('POST', `/stores/${sim.storeId}/invoices`, { amount: '1' })).status, 200);
  // A pattern means itself and nothing else: a dot is a dot.
  sim.clearFaults();
  sim.fault({ on: 'api', kind: '5xx', match: '/api/v1/server.info' });
  assert.equal((await info(world)).status, 200);
});

test('faults of the same place happen in the order they were added', async (t) => {
  const world = await openWorld(t);
  world.sim.fault({ on: 'api', kind: '5xx' });
  world.sim.fault({ on: 'api', kind: '429' });
  assert.deepEqual([(await info(world)).status, (await info(world)).status], [503, 429]);
});

test('what is no fault is refused, and says which option is wrong', async (t) => {
  const { sim } = await openWorld(t);
  const wrong = /** @type {[any, RegExp][]} */ ([
    [{ on: 'shop', kind: 'drop' }, /`on`/],
    [{ on: 'webhook', kind: 'hang' }, /`kind` of webhook is one of delay, duplicate/],
    [{ on: 'api', kind: 'toString' }, /`kind`/],
    [{ on: 'api', kind: 'hang', times: 0 }, /`times`/],
    [{ on: 'api', kind: 'hang', times: Number.POSITIVE_INFINITY }, /`times`.*always/],
    [{ on: 'api', kind: 'hang', seconds: 1 }, /takes no `seconds`/],
    [{ on: 'webhook', kind: 'delay', seconds: -1 }, /`seconds`/],
    [{ on: 'webhook', kind: 'drop', match: '' }, /`match`/],
    [{ on: 'webhook', kind: 'drop', time: 2 }, /takes no `time`/],
  ]);
  for (const [options, message] of wrong) assert.throws(() => sim.fault(options), message);
  assert.deepEqual(sim.faults.list(), []);
});

test('over HTTP faults are added, listed, and cleared one by one or all at once', async (t) => {
  const { sim } = await openWorld(t);
  const post = async (/** @type {string} */ path, /** @type {unknown} */ body = {}) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${sim.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers });
    return { status: answer.status, json: await answer.json() };
  };
  const added = await post('/sim/faults', { on: 'webhook', kind: 'drop', times: 'always', match: 'Invoice*' });
  const fault = { id: '1', on: 'webhook', kind: 'drop', times: 'always', match: 'Invoice*' };
  assert.deepEqual(added, { status: 200, json: { faults: [fault], fired: [] } });
  // A form sends text, and its empty fields too.
  const form = new URLSearchParams({
    on: 'webhook',
    kind: 'delay',
    times: '3',
    seconds: '5',
    match: '',
    milliseconds: '',
  });
  await fetch(`${sim.url}/sim/faults`, { method: 'POST', body: form });
  assert.deepEqual(sim.faults.list()[1], { id: '2', on: 'webhook', kind: 'delay', times: 3, seconds: 5 });
  const wrong = await post('/sim/faults', { on: 'webhook', kind: 'hang' });
  assert.deepEqual([wrong.status, wrong.json.code], [400, 'simulator']);
  await post('/sim/faults/1/clear');
  assert.deepEqual(
    sim.faults.list().map(({ id }) => id),
    ['2'],
  );
  await post('/sim/faults/clear');
  assert.deepEqual(await (await fetch(`${sim.url}/sim/faults`)).json(), { faults: [], fired: [] });
});

for (const [kind, message] of /** @type {const} */ ([
  ['dns', /^Name or service not known \(127\.0\.0\.1:\d+\)$/],
  ['refused', /^Connection refused \(127\.0\.0\.1:\d+\)$/],
  ['timeout', /^The request was canceled due to the configured HttpClient\.Timeout/],
  ['tls', /^The SSL connection could not be established/],
])) {
  test(`${kind}: the event does not arrive, the log says why as .NET does, and it is tried again`, async (t) => {
    const world = await openWorld(t);
    const { sim, create } = world;
    sim.fault({ on: 'webhook', kind });
    await create();
    await sim.idle();
    const [{ httpCode, errorMessage, status } = assert.fail('not logged')] = sim.deliveries.list();
    assert.deepEqual([types(world), httpCode, status], [[], null, 'Failed']);
    assert.match(errorMessage ?? '', message);
    await sim.advance(10);
    assert.deepEqual(types(world), ['InvoiceCreated']);
  });
}

test('a shop that is not there is told of in the same words', async (t) => {
  const { sim, shop, create } = await openWorld(t, { webhook: { url: 'http://127.0.0.1:1/hook', secret: SECRET } });
  await create();
  await sim.idle();
  assert.equal(sim.deliveries.list()[0]?.errorMessage, 'Connection refused (127.0.0.1:1)');
  assert.deepEqual(shop.received, []);
});
