/** When a delivery is tried again, and what waits meanwhile: BTCPay Server 2.4.1, WebhookSender. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, START } from '../world.js';

test('a 5xx, 408 or 429 is retried after 10 s, 1 min and six times 10 min, and holds up everything behind it', async (t) => {
  const { sim, shop, create, story } = await openWorld(t);
  shop.answers.push(500, 503, 429, 408, 502, 500, 500, 500, 500);
  const { id } = await create();
  sim.pay(id);
  await sim.idle();
  assert.equal(shop.received.length, 1);
  assert.equal(sim.deliveries.waiting(), 5);
  const waits = [10, 60, 600, 600, 600, 600, 600, 600];
  for (const [index, wait] of waits.entries()) {
    await sim.advance(wait - 1);
    assert.equal(shop.received.length, index + 1, `before attempt ${index + 2}`);
    if (index < waits.length - 1) {
      await sim.advance(1);
      assert.equal(shop.received.length, index + 2, `attempt ${index + 2}`);
    }
  }
  await sim.advance(1);
  // Nine attempts are made of the first event; then the rest of the queue goes out at once.
  assert.deepEqual((await story()).slice(8), [
    'InvoiceCreated',
    'InvoicePaymentSettled Settled',
    'InvoiceReceivedPayment Settled',
    'InvoiceProcessing',
    'InvoiceSettled',
  ]);
  assert.equal(sim.clock.now() - START, 61 * 60 + 10);
  const [first, ...others] = shop.received.slice(0, 9).map(({ event }) => event);
  assert.equal(first.isRedelivery, false);
  for (const event of others) {
    assert.deepEqual([event.isRedelivery, event.originalDeliveryId, event.timestamp], [true, first.deliveryId, START]);
    assert.notEqual(event.deliveryId, first.deliveryId);
  }
  assert.equal(new Set(shop.received.map(({ event }) => event.deliveryId)).size, 13);
  await sim.advance(7200);
  assert.equal(shop.received.length, 13);
});

test('no answer is retried like a 5xx', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  shop.answers.push('hangUp');
  await create();
  await sim.idle();
  await sim.advance(10);
  assert.equal(shop.received.length, 2);
  const [second, first] = sim.deliveries.list();
  assert.deepEqual(
    [first?.status, first?.httpCode, second?.status, second?.httpCode],
    ['Failed', null, 'HttpSuccess', 200],
  );
});

for (const status of [400, 401, 404, 410, 422]) {
  test(`${status} is final since 2.3.4`, async (t) => {
    const { sim, shop, create } = await openWorld(t);
    shop.answers.push(status);
    await create();
    await sim.advance(7200);
    assert.equal(shop.received.filter(({ event }) => event.type === 'InvoiceCreated').length, 1);
    const { status: outcome, errorMessage } = sim.deliveries.list().at(-1) ?? assert.fail('not logged');
    assert.deepEqual([outcome, errorMessage], ['HttpError', `HTTP Error Code ${status}`]);
  });
}

test('before 2.3.4 a 4xx is retried as well', async (t) => {
  const { sim, shop, create } = await openWorld(t, { version: '2.3.3' });
  shop.answers.push(404);
  await create();
  await sim.idle();
  await sim.advance(10);
  assert.equal(shop.received.length, 2);
});

test('without automatic redelivery there is one attempt', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  await call('PUT', `/webhooks/${id}`, { url, automaticRedelivery: false });
  shop.answers.push(500);
  await create();
  await sim.advance(10);
  assert.equal(shop.received.length, 1);
});

test('retries stop when the webhook is disabled, unsubscribed or deleted', async (t) => {
  for (const change of [
    { enabled: false },
    { authorizedEvents: { everything: false, specificEvents: ['InvoiceSettled'] } },
    null,
  ]) {
    const { sim, shop, call, create } = await openWorld(t);
    const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
    shop.answers.push(500);
    await create();
    await sim.idle();
    if (change) await call('PUT', `/webhooks/${id}`, { url, ...change });
    else await call('DELETE', `/webhooks/${id}`);
    await sim.advance(60);
    assert.equal(shop.received.length, 1);
  }
});

test('webhooks do not wait for each other', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  await call('POST', `/stores/${sim.storeId}/webhooks`, { url: `${shop.url}/second` });
  shop.answers.push(500);
  const { id } = await create();
  sim.pay(id);
  await sim.idle();
  const paths = shop.received.map(({ path }) => path);
  // Whichever came first got the 500 and holds up its own queue only.
  assert.deepEqual(
    [paths.filter((path) => path === '/hook').length, paths.filter((path) => path === '/hook/second').length].sort(),
    [1, 5],
  );
});

test('a redelivery waits behind a delivery that is being retried', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  await create();
  await sim.idle();
  shop.answers.push(500);
  await create();
  await sim.idle();
  const first = shop.received[0]?.event.deliveryId;
  sim.redeliver(first);
  await sim.idle();
  assert.equal(shop.received.length, 2);
  await sim.advance(10);
  assert.equal(shop.received.length, 4);
  assert.equal(shop.received[3]?.event.originalDeliveryId, first);
});

for (const status of [200, 201, 202, 204, 299]) {
  test(`${status} is a success, as any 2xx is`, async (t) => {
    const { sim, shop, create } = await openWorld(t);
    shop.answers.push(status);
    await create();
    await sim.advance(7200);
    assert.deepEqual(
      sim.deliveries
        .list()
        .map(({ type, status: outcome, httpCode }) => [type, outcome, httpCode])
        .at(-1),
      ['InvoiceCreated', 'HttpSuccess', status],
    );
    assert.equal(shop.received.filter(({ event }) => event.type === 'InvoiceCreated').length, 1);
  });
}

for (const [version, attempts] of /** @type {const} */ ([
  ['2.3.3', 2],
  ['2.3.4', 1],
])) {
  test(`${version}: a 3xx that leads nowhere is ${attempts === 1 ? 'final' : 'retried'}`, async (t) => {
    const { sim, shop, create } = await openWorld(t, { version });
    shop.answers.push(304);
    await create();
    await sim.advance(10);
    assert.equal(shop.received.length, attempts);
  });
}

for (const version of ['1.13.5', '2.0.0', '2.4.1']) {
  test(`${version}: what is never answered for is tried nine times, then the next event has its turn`, async (t) => {
    const { sim, shop, create } = await openWorld(t, { version });
    shop.answers.push(...Array.from({ length: 9 }, () => 500));
    const { id } = await create();
    sim.mark(id, 'Settled');
    await sim.advance(61 * 60 + 9);
    assert.deepEqual(new Set(shop.received.map(({ event }) => event.type)), new Set(['InvoiceCreated']));
    await sim.advance(1);
    const types = shop.received.map(({ event }) => event.type);
    assert.deepEqual(types, [...Array.from({ length: 9 }, () => 'InvoiceCreated'), 'InvoiceSettled']);
  });
}

test('the events of one webhook keep their order, whichever invoice they are of', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  const invoices = [await create(), await create(), await create()];
  for (const { id } of invoices) sim.mark(id, 'Settled');
  for (const { id } of invoices) sim.mark(id, 'Invalid');
  await sim.idle();
  assert.deepEqual(
    shop.received.map(({ event }) => [event.type, event.invoiceId]),
    ['InvoiceCreated', 'InvoiceSettled', 'InvoiceInvalid'].flatMap((type) => invoices.map(({ id }) => [type, id])),
  );
});

test('switching automatic redelivery off ends the retries that are under way', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  shop.answers.push(500);
  await create();
  await sim.idle();
  await call('PUT', `/webhooks/${id}`, { url, automaticRedelivery: false });
  await sim.advance(7200);
  assert.equal(shop.received.filter(({ event }) => event.type === 'InvoiceCreated').length, 1);
});

test('a GET made while InvoiceProcessing is handled may already say Settled', async (t) => {
  const { sim, shop, read, create } = await openWorld(t);
  const { id } = await create();
  shop.answers.push(200);
  sim.fault({ on: 'webhook', kind: 'delay', seconds: 5, match: 'InvoiceProcessing' });
  sim.pay(id);
  await sim.idle();
  assert.ok(!shop.received.some(({ event }) => event.type === 'InvoiceProcessing'));
  assert.equal((await read(id)).status, 'Settled');
});
