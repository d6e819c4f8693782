import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { bodyOf, firstPayload, repeatedPayload, signatureOf } from '../../../js/sim/btcpay/payload.js';
import { openWorld, SECRET, START } from './world.js';

const EXAMPLE_SECRET = '4hCnQ8sTe5tOnLyWebhookSecret';
const INVOICE = {
  id: 'HMprBnL9BTXWuPvpoKBS6e',
  storeId: '9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776',
  metadata: { orderId: '1001', itemDesc: 'テスト商品' },
};
const PAYMENT = {
  id: '7bf1d6b0c2a94e0f8d3c5b6a79808f1e2d3c4b5a69788796a5b4c3d2e1f00f11-0',
  receivedDate: 1_792_900_059,
  value: '0.00010601',
  fee: '0.0',
  status: 'Processing',
  destination: 'bcrt1qexample0000000000000000000000000000aa',
};

/**
 * @param {string} number
 * @param {string} type
 * @param {number} timestamp
 * @param {Record<string, unknown>} fields
 */
const exampleBody = (number, type, timestamp, fields) =>
  bodyOf(
    firstPayload(
      { deliveryId: `Dlv${number}xampleDeliveryId00`, webhookId: 'AT7ogqNzXkjf12sLVWPDNS', type, timestamp },
      fields,
      INVOICE,
    ),
  );

const SETTLED = `{
  "manuallyMarked": false,
  "overPaid": false,
  "deliveryId": "Dlv05xampleDeliveryId00",
  "webhookId": "AT7ogqNzXkjf12sLVWPDNS",
  "originalDeliveryId": "Dlv05xampleDeliveryId00",
  "isRedelivery": false,
  "type": "InvoiceSettled",
  "timestamp": 1792900600,
  "storeId": "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776",
  "invoiceId": "HMprBnL9BTXWuPvpoKBS6e",
  "metadata": {
    "orderId": "1001",
    "itemDesc": "テスト商品"
  }
}`;

test('4.7 example 05: the exact bytes of InvoiceSettled, and their signature', () => {
  const body = exampleBody('05', 'InvoiceSettled', 1_792_900_600, { manuallyMarked: false, overPaid: false });
  assert.equal(body, SETTLED);
  assert.equal(Buffer.byteLength(body), 445);
  assert.equal(
    signatureOf(EXAMPLE_SECRET, body),
    'sha256=fb6d1a7883f7e8313e6a8765d6e035a4002c33071be024fee67eb7af7ace4534',
  );
});

const EXAMPLES = /** @type {[string, string, number, Record<string, unknown>, string][]} */ ([
  ['01', 'InvoiceCreated', 1_792_900_000, {}, '6d67df3be3dc0786c3bf6e1e9083ff3b24cb51a508ddb54517e0cdfb33cfb65c'],
  [
    '02',
    'InvoiceReceivedPayment',
    1_792_900_060,
    { afterExpiration: false, paymentMethodId: 'BTC-CHAIN', payment: PAYMENT },
    'c421f7d7d73507340e8829b8e7f195717bf17a485dd45e7f7e6b8c37218ea743',
  ],
  [
    '03',
    'InvoiceProcessing',
    1_792_900_060,
    { overPaid: false },
    '8cf934eb8388a9a2ba27420ea9f860c4d168e6d34710fd0fb69ce61d922291a9',
  ],
  [
    '04',
    'InvoicePaymentSettled',
    1_792_900_600,
    { afterExpiration: false, paymentMethodId: 'BTC-CHAIN', payment: { ...PAYMENT, status: 'Settled' } },
    '60f160c09272611c721fad086790d4c94036ca0dd35c91b7ae5b12e8d78e19da',
  ],
  [
    '06',
    'InvoiceExpired',
    1_792_900_901,
    { partiallyPaid: true },
    '33090d963d224ab5bd385238655ae8e8bf112fa8d5f624db4aa938c1b4801526',
  ],
  [
    '09',
    'InvoiceInvalid',
    1_792_987_301,
    { manuallyMarked: false },
    '14a8f183c836571cbd63d738c03b97762b45a9370c3b219d58f88b299cbf85e4',
  ],
]);

for (const [number, type, timestamp, fields, signature] of EXAMPLES) {
  test(`4.7 example ${number}: the signature of ${type}`, () => {
    assert.equal(signatureOf(EXAMPLE_SECRET, exampleBody(number, type, timestamp, fields)), `sha256=${signature}`);
  });
}

test('4.3 a redelivery writes the common members first and keeps the first timestamp', () => {
  const body = bodyOf(repeatedPayload(SETTLED, 'Dlv12xampleDeliveryId00'));
  assert.deepEqual(Object.entries(JSON.parse(body)), [
    ['deliveryId', 'Dlv12xampleDeliveryId00'],
    ['webhookId', 'AT7ogqNzXkjf12sLVWPDNS'],
    ['originalDeliveryId', 'Dlv05xampleDeliveryId00'],
    ['isRedelivery', true],
    ['type', 'InvoiceSettled'],
    ['timestamp', 1_792_900_600],
    ['manuallyMarked', false],
    ['overPaid', false],
    ['storeId', INVOICE.storeId],
    ['invoiceId', INVOICE.id],
    ['metadata', INVOICE.metadata],
  ]);
  // A redelivery of a redelivery still names the first one.
  assert.equal(repeatedPayload(body, 'third').originalDeliveryId, 'Dlv05xampleDeliveryId00');
});

test('4.1 the request: headers, bytes and signature as a shop sees them', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  await create({ metadata: { itemDesc: '決済 <&> "x" \u2028', empty: {}, none: [], nothing: null } });
  await sim.idle();
  const [{ method, path, headers, body, event } = assert.fail('nothing was sent')] = shop.received;
  assert.deepEqual([method, path], ['POST', '/hook']);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['user-agent'], 'BTCPayServer/2.4.1');
  assert.equal(headers['content-length'], String(Buffer.byteLength(body)));
  const digest = createHmac('sha256', Buffer.from(SECRET)).update(Buffer.from(body)).digest('hex');
  assert.equal(headers['btcpay-sig'], `sha256=${digest}`);
  assert.match(body, /^\{\n {2}"deliveryId": "/);
  assert.ok(body.includes('"itemDesc": "決済 <&> \\"x\\" \\u2028"'));
  assert.ok(body.includes('"empty": {},\n    "none": [],\n    "nothing": null\n  }\n}'));
  assert.equal(event.deliveryId, event.originalDeliveryId);
  assert.equal(event.timestamp, START);
});

test('4.4 metadata is what it was when the event happened; a later event has the later one', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const { id } = await create();
  assert.equal((await call('PUT', `/invoices/${id}`, { metadata: { orderId: '9' } })).status, 200);
  sim.pay(id);
  await sim.idle();
  assert.deepEqual(shop.received.map(({ event }) => event.metadata).slice(0, 2), [{}, { orderId: '9' }]);
});

test('4.3 a 5xx is retried after 10 s, 1 min and six times 10 min, and holds up everything behind it', async (t) => {
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

test('4.3 no answer is retried like a 5xx', async (t) => {
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
  test(`4.3 ${status} is final since 2.3.4`, async (t) => {
    const { sim, shop, create } = await openWorld(t);
    shop.answers.push(status);
    await create();
    await sim.advance(7200);
    assert.equal(shop.received.filter(({ event }) => event.type === 'InvoiceCreated').length, 1);
    const { status: outcome, errorMessage } = sim.deliveries.list().at(-1) ?? assert.fail('not logged');
    assert.deepEqual([outcome, errorMessage], ['HttpError', `HTTP Error Code ${status}`]);
  });
}

test('4.3 before 2.3.4 a 4xx is retried as well', async (t) => {
  const { sim, shop, create } = await openWorld(t, { version: '2.3.3' });
  shop.answers.push(404);
  await create();
  await sim.idle();
  await sim.advance(10);
  assert.equal(shop.received.length, 2);
});

test('4.3 without automatic redelivery there is one attempt', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  await call('PUT', `/webhooks/${id}`, { url, automaticRedelivery: false });
  shop.answers.push(500);
  await create();
  await sim.advance(10);
  assert.equal(shop.received.length, 1);
});

test('4.3 retries stop when the webhook is disabled, unsubscribed or deleted', async (t) => {
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

test('4.3 webhooks do not wait for each other', async (t) => {
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

test('4.2 a first attempt uses the address and secret of the event, a redelivery the current ones', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  shop.answers.push(500);
  await create();
  await sim.idle();
  await call('PUT', `/webhooks/${id}`, { url: `${url}/moved`, secret: 'rotated' });
  await sim.advance(10);
  const [first, second] = shop.received;
  assert.deepEqual([first?.path, second?.path], ['/hook', '/hook/moved']);
  assert.equal(first?.headers['btcpay-sig'], signatureOf(SECRET, first?.body ?? ''));
  assert.equal(second?.headers['btcpay-sig'], signatureOf('rotated', second?.body ?? ''));
});

for (const status of [301, 302, 303]) {
  test(`4.1 ${status} turns the delivery into a GET without body and signature, whose 200 counts`, async (t) => {
    const { sim, shop, create } = await openWorld(t);
    shop.answers.push({ status, location: '/login' });
    await create();
    await sim.idle();
    const [, second] = shop.received;
    assert.deepEqual([second?.method, second?.path, second?.body], ['GET', '/login', '']);
    assert.equal(second?.headers['btcpay-sig'], undefined);
    assert.equal(sim.deliveries.list()[0]?.status, 'HttpSuccess');
  });
}

test('4.1 307 repeats the POST with its signature; a redirect elsewhere than loopback fails', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  shop.answers.push({ status: 307, location: '/hook/' });
  await create();
  await sim.idle();
  assert.deepEqual([shop.received[1]?.method, shop.received[1]?.path], ['POST', '/hook/']);
  assert.equal(shop.received[1]?.headers['btcpay-sig'], shop.received[0]?.headers['btcpay-sig']);
  shop.answers.push({ status: 302, location: 'http://shop.example/' });
  await create();
  await sim.idle();
  const [{ status, errorMessage } = assert.fail('not logged')] = sim.deliveries.list();
  assert.equal(status, 'Failed');
  assert.match(errorMessage ?? '', /simulator.*shop\.example/);
});

test('3.2 the secret is shown once, and made if none is given', async (t) => {
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

test('3.2 PUT replaces all that it leaves out by the defaults, but keeps the secret', async (t) => {
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

test('3.2 only subscribed events are sent; a name that does not exist never matches', async (t) => {
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

test('3.2 422 Url for what is no address; other machines are refused by the simulator itself', async (t) => {
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

test('3.2 404 for webhooks and deliveries that are not there; deleted ones are gone', async (t) => {
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

test('3.2 the delivery log, newest first, the bytes sent, and a redelivery by hand', async (t) => {
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

test('4.3 a redelivery waits behind a delivery that is being retried', async (t) => {
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

test('a shop that never answers is given up after the time limit, and asked again', async (t) => {
  const { sim, shop, create } = await openWorld(t, { deliveryTimeoutMs: 50 });
  const silent = (await import('node:net')).createServer();
  await new Promise((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => silent.close());
  silent.on('connection', (socket) => t.after(() => socket.destroy()));
  const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
  sim.webhooks.create(sim.storeId, { url: `http://127.0.0.1:${port}/` });
  await create();
  await sim.idle();
  assert.equal(shop.received.length, 1);
  const failed = sim.deliveries.list().find(({ status }) => status === 'Failed');
  assert.match(failed?.errorMessage ?? '', /no answer in time/);
});
