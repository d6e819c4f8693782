/** Webhooks and the log of their deliveries: BTCPay Server 2.4.1, GreenfieldStoreWebhooksController. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureOf } from '../../../../js/sim/btcpay/payload.js';
import { openWorld, SECRET, START } from '../world.js';

test('the secret is shown once, and made if none is given', async (t) => {
  const { sim, call } = await openWorld(t);
  const path = `/stores/${sim.storeId}/webhooks`;
  const url = 'http://localhost:1/hook';
  const made = (await call('POST', path, { url })).json;
  assert.match(made.secret, /^[1-9A-HJ-NP-Za-km-z]{20,22}$/);
  const { secret, ...shown } = made;
  assert.deepEqual(shown, {
    id: made.id,
    enabled: true,
    automaticRedelivery: true,
    url,
    authorizedEvents: { everything: true, specificEvents: [] },
  });
  assert.deepEqual((await call('GET', `${path}/${made.id}`)).json, shown);
  assert.equal((await call('POST', path, { url, secret: 'mine' })).json.secret, 'mine');
  // No check for duplicates: the one to begin with, and two more.
  assert.equal((await call('GET', path)).json.length, 3);
});

test('PUT replaces all that it leaves out by the defaults, but keeps the secret', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const path = `/stores/${sim.storeId}/webhooks`;
  const [{ id, url }] = (await call('GET', path)).json;
  const narrow = {
    url,
    enabled: false,
    automaticRedelivery: false,
    authorizedEvents: { everything: false, specificEvents: ['InvoiceSettled'] },
  };
  assert.deepEqual((await call('PUT', `${path}/${id}`, narrow)).json, { id, ...narrow });
  assert.deepEqual((await call('PUT', `${path}/${id}`, { url, secret: '' })).json, {
    id,
    enabled: true,
    automaticRedelivery: true,
    url,
    authorizedEvents: { everything: true, specificEvents: [] },
  });
  await create();
  await sim.idle();
  assert.equal(shop.received[0]?.headers['btcpay-sig'], signatureOf(SECRET, shop.received[0]?.body ?? ''));
});

test('only subscribed events are sent; a name that does not exist never matches', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  const authorizedEvents = { everything: false, specificEvents: ['InvoiceSettled', 'InvoicePayed'] };
  await call('PUT', `/webhooks/${id}`, { url, authorizedEvents });
  sim.pay((await create()).id);
  await sim.idle();
  assert.deepEqual(
    shop.received.map(({ event }) => event.type),
    ['InvoiceSettled'],
  );
});

test('422 Url for what is no address; other machines are refused by the simulator itself', async (t) => {
  const { sim, call } = await openWorld(t);
  const path = `/stores/${sim.storeId}/webhooks`;
  for (const url of [undefined, '', '/hook', 'hook']) {
    const { status, json } = await call('POST', path, { url });
    assert.deepEqual([status, json], [422, [{ path: 'Url', message: 'Invalid Url' }]]);
  }
  for (const url of [
    'https://shop.example/hook',
    'http://169.254.169.254/',
    'http://localhost.example/',
    'ftp://localhost/',
  ]) {
    const { status, json } = await call('POST', path, { url });
    assert.equal(status, 422);
    assert.match(json[0].message, /simulator/);
  }
});

test('404 for webhooks and deliveries that are not there; deleted ones are gone', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const path = `/stores/${sim.storeId}/webhooks`;
  const [{ id }] = (await call('GET', path)).json;
  assert.deepEqual((await call('GET', `${path}/nope`)).json, {
    code: 'webhook-not-found',
    message: 'The webhook was not found',
  });
  assert.equal((await call('GET', `${path}/${id}/deliveries/nope`)).json.code, 'webhookdelivery-not-found');
  assert.deepEqual([(await call('DELETE', `${path}/${id}`)).text, (await call('GET', path)).json.length], ['', 0]);
  await create();
  await sim.idle();
  assert.equal(sim.deliveries.list().length, 0);
});

test('the delivery log, newest first, the bytes sent, and a redelivery by hand', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const path = `/stores/${sim.storeId}/webhooks`;
  const [{ id }] = (await call('GET', path)).json;
  shop.answers.push(404);
  sim.pay((await create()).id);
  await sim.idle();
  const log = (await call('GET', `${path}/${id}/deliveries`)).json;
  assert.equal(log.length, 5);
  assert.deepEqual((await call('GET', `${path}/${id}/deliveries?count=2`)).json, log.slice(0, 2));
  const created = log.at(-1);
  assert.deepEqual(created, {
    id: shop.received[0]?.event.deliveryId,
    timestamp: START,
    deliveryTime: START,
    httpCode: 404,
    errorMessage: 'HTTP Error Code 404',
    status: 'HttpError',
  });
  assert.deepEqual((await call('GET', `${path}/${id}/deliveries/${created.id}`)).json, created);
  assert.equal((await call('GET', `${path}/${id}/deliveries/${created.id}/request`)).text, shop.received[0]?.body);
  await sim.advance(30);
  const { status, json: again } = await call('POST', `${path}/${id}/deliveries/${created.id}/redeliver`);
  assert.deepEqual([status, typeof again], [200, 'string']);
  await sim.idle();
  const { event } = shop.received.at(-1) ?? assert.fail('not sent again');
  assert.deepEqual(
    [event.type, event.deliveryId, event.originalDeliveryId, event.isRedelivery, event.timestamp],
    ['InvoiceCreated', again, created.id, true, START],
  );
});

const DAY = 24 * 60 * 60;

/** @param {import('node:test').TestContext} t @param {string} [version] */
async function openHook(t, version = '2.4.1') {
  const world = await openWorld(t, { version });
  const path = `/stores/${world.sim.storeId}/webhooks`;
  const [webhook] = (await world.call('GET', path)).json;
  return { ...world, webhook, path: `${path}/${webhook.id}` };
}

test('specificEvents that are empty subscribe to nothing', async (t) => {
  const { sim, shop, call, create, webhook, path } = await openHook(t);
  await call('PUT', path, { url: webhook.url, authorizedEvents: { everything: false, specificEvents: [] } });
  sim.pay((await create()).id);
  await sim.idle();
  assert.deepEqual(shop.received, []);
});

test('an empty secret in a PUT keeps the secret since 1.6.4, and took it away before', async (t) => {
  for (const [version, secret] of /** @type {const} */ ([
    ['1.6.3', ''],
    ['1.6.4', SECRET],
  ])) {
    const { sim, shop, call, create, webhook, path } = await openHook(t, version);
    await call('PUT', path, { url: webhook.url });
    await create();
    await sim.idle();
    const { headers, body } = shop.received[0] ?? assert.fail('nothing was sent');
    assert.equal(headers['btcpay-sig'], signatureOf(secret, body), version);
  }
});

test('a delivery without an answer is Failed and has no httpCode', async (t) => {
  const { sim, shop, call, create, path } = await openHook(t);
  shop.answers.push('hangUp');
  await create();
  await sim.idle();
  const [delivery] = (await call('GET', `${path}/deliveries`)).json;
  assert.deepEqual([delivery.status, delivery.httpCode], ['Failed', null]);
  assert.equal(typeof delivery.errorMessage, 'string');
});

test('a delivery says when it was sent since 2.3.4, beside when its event happened', async (t) => {
  for (const [version, has] of /** @type {const} */ ([
    ['2.3.3', false],
    ['2.3.4', true],
  ])) {
    const { sim, call, create, path } = await openHook(t, version);
    sim.fault({ on: 'webhook', kind: 'delay', seconds: 30 });
    await create();
    await sim.advance(30);
    const [delivery] = (await call('GET', `${path}/deliveries`)).json;
    assert.deepEqual([delivery.timestamp, delivery.deliveryTime], [START, has ? START + 30 : undefined], version);
  }
});

test('webhooks have routes without their store since 2.4.0', async (t) => {
  for (const [version, there] of /** @type {const} */ ([
    ['2.3.6', false],
    ['2.4.0', true],
  ])) {
    const { call, webhook } = await openHook(t, version);
    const answer = await call('GET', `/webhooks/${webhook.id}`);
    assert.equal(answer.status === 200 && answer.json.id === webhook.id, there, version);
  }
});

test('a delivery of more than 60 days keeps its type only, and is sent no more (since 1.10.0)', async (t) => {
  const { sim, call, create, path } = await openHook(t);
  await create();
  await sim.idle();
  const [{ id }] = (await call('GET', `${path}/deliveries`)).json;
  const statuses = async () => [
    (await call('GET', `${path}/deliveries/${id}/request`)).status,
    (await call('POST', `${path}/deliveries/${id}/redeliver`)).status,
  ];
  await sim.advance(60 * DAY);
  assert.deepEqual(await statuses(), [200, 200]);
  // The task that looks for them runs every six hours.
  await sim.advance(DAY / 4);
  assert.deepEqual(await statuses(), [409, 409]);
  assert.equal((await call('GET', `${path}/deliveries/${id}/request`)).json.code, 'webhookdelivery-pruned');
  const delivery = sim.deliveries.find(id);
  assert.equal(delivery?.request, '{"type":"InvoiceCreated"}');
  assert.equal((await call('GET', `${path}/deliveries/${id}`)).json.status, 'HttpSuccess');
});

test('before 1.10.0 deliveries are kept for good', async (t) => {
  const { sim, call, create, path } = await openHook(t, '1.9.3');
  await create();
  await sim.advance(90 * DAY);
  const deliveries = (await call('GET', `${path}/deliveries`)).json;
  assert.equal((await call('GET', `${path}/deliveries/${deliveries.at(-1).id}/request`)).json.type, 'InvoiceCreated');
});

for (const [version, there] of /** @type {const} */ ([
  ['1.1.2', false],
  ['1.2.0', true],
  ['2.2.1', true],
  ['2.3.0', false],
])) {
  test(`${version} ${there ? 'has a' : 'has no'} button that tries a webhook out`, async (t) => {
    const { sim, shop, webhook } = await openHook(t, version);
    const answer = await fetch(`${sim.url}/sim/webhooks/${webhook.id}/test`, {
      method: 'POST',
      body: new URLSearchParams({ type: 'InvoiceSettled' }),
    });
    assert.equal(answer.status, there ? 200 : 400);
    assert.equal(shop.received.length, there ? 1 : 0);
    if (!there) return;
    const { event, headers, body } = shop.received[0] ?? assert.fail('nothing was sent');
    const testId = /^__test__[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}__test__$/;
    assert.match(event.invoiceId, testId);
    assert.match(event.originalDeliveryId, testId);
    assert.deepEqual([event.type, event.isRedelivery], ['InvoiceSettled', false]);
    assert.equal(headers['btcpay-sig'], signatureOf(SECRET, body));
  });
}
