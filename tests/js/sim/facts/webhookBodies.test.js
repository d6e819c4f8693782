/** What a delivery's body says: BTCPay Server 2.4.1, WebhookEvent and its heirs, and what earlier releases wrote. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, firstPayload, repeatedPayload, signatureOf } from '../../../../js/sim/btcpay/payload.js';
import { openWorld } from '../world.js';

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

test('InvoiceSettled of BTCPay Server 2.4.1, byte for byte, and its signature', () => {
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
  test(`${type} of BTCPay Server 2.4.1 has the signature that its bytes must have`, () => {
    assert.equal(signatureOf(EXAMPLE_SECRET, exampleBody(number, type, timestamp, fields)), `sha256=${signature}`);
  });
}

test('a redelivery writes the common members first and keeps the first timestamp', () => {
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

test('metadata is what it was when the event happened; a later event has the later one', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const { id } = await create();
  assert.equal((await call('PUT', `/invoices/${id}`, { metadata: { orderId: '9' } })).status, 200);
  sim.pay(id);
  await sim.idle();
  assert.deepEqual(shop.received.map(({ event }) => event.metadata).slice(0, 2), [{}, { orderId: '9' }]);
});

const COMMON = ['deliveryId', 'webhookId', 'originalDeliveryId', 'isRedelivery', 'type', 'timestamp'];
const INVOICE_MEMBERS = ['storeId', 'invoiceId', 'metadata'];
const PAYMENT_MEMBERS = ['afterExpiration', 'paymentMethodId', 'payment'];

/** Each event that an invoice has, the members it has alone, and what makes it happen. */
const EVENTS = /** @type {[string, string[], string[]][]} */ ([
  ['InvoiceCreated', [], []],
  ['InvoiceReceivedPayment', PAYMENT_MEMBERS, ['onchain']],
  ['InvoicePaymentSettled', PAYMENT_MEMBERS, ['onchain', 'mine']],
  ['InvoiceProcessing', ['overPaid'], ['onchain']],
  ['InvoiceSettled', ['manuallyMarked', 'overPaid'], ['onchain', 'mine']],
  ['InvoiceExpired', ['partiallyPaid'], ['expire']],
  ['InvoiceInvalid', ['manuallyMarked'], ['Invalid']],
  ['InvoiceExpiredPaidPartial', [], ['half', 'expire']],
  ['InvoicePaidAfterExpiration', [], ['expire', 'onchain']],
  ['InvoiceRefund', ['pullPaymentId'], ['onchain', 'mine', 'refund']],
]);

/**
 * The events of an invoice to which some things happened.
 * @param {import('node:test').TestContext} t
 * @param {string} version
 * @param {string[]} steps
 */
async function eventsAfter(t, version, steps) {
  const { sim, shop, call, create } = await openWorld(t, { version });
  const { id } = await create();
  for (const step of steps) {
    if (step === 'onchain' || step === 'lightning') sim.pay(id, { method: step });
    else if (step === 'half') sim.pay(id, { method: 'onchain', amount: 'half' });
    else if (step === 'mine') sim.mine();
    else if (step === 'expire') await sim.expire(id);
    else if (step === 'refund') {
      const answer = await call('POST', `/stores/${sim.storeId}/invoices/${id}/refund`, { refundVariant: 'Fiat' });
      assert.equal(answer.status, 200, answer.text);
    } else sim.mark(id, /** @type {'Settled' | 'Invalid'} */ (step));
  }
  await sim.idle();
  return shop.received.map(({ event }) => event);
}

for (const [type, own, steps] of EVENTS) {
  test(`${type} has ${own.join(', ') || 'nothing'} of its own, before the common members and its invoice`, async (t) => {
    const event = (await eventsAfter(t, '2.4.1', steps)).find((one) => one.type === type) ?? assert.fail('not sent');
    assert.deepEqual(Object.keys(event), [...own, ...COMMON, ...INVOICE_MEMBERS]);
  });

  test(`a redelivery of ${type} has its own members between the common ones and its invoice`, () => {
    const fields = Object.fromEntries(own.map((name) => [name, true]));
    const occasion = { deliveryId: 'first', webhookId: 'w', type, timestamp: 1 };
    const body = bodyOf(firstPayload(occasion, fields, INVOICE));
    assert.deepEqual(Object.keys(repeatedPayload(body, 'second')), [...COMMON, ...own, ...INVOICE_MEMBERS]);
  });
}

const SINCE = /** @type {[string, string, string, string[]][]} */ ([
  ['InvoicePaymentSettled', '1.3.0', '1.2.4', ['onchain', 'mine']],
  ['InvoiceExpiredPaidPartial', '2.1.2', '2.1.1', ['half', 'expire']],
  ['InvoicePaidAfterExpiration', '2.1.2', '2.1.1', ['expire', 'onchain']],
  ['InvoiceRefund', '2.4.1', '2.4.0', ['onchain', 'mine', 'refund']],
]);

for (const [type, since, before, steps] of SINCE) {
  test(`${type} is sent since ${since}`, async (t) => {
    const sent = async (/** @type {string} */ version) =>
      (await eventsAfter(t, version, steps)).some((event) => event.type === type);
    assert.deepEqual([await sent(since), await sent(before)], [true, false]);
  });
}

/** @param {import('node:test').TestContext} t @param {string} version @param {string} type @param {string[]} steps */
const eventOf = async (t, version, type, steps) =>
  (await eventsAfter(t, version, steps)).find((event) => event.type === type) ?? assert.fail('not sent');

test('InvoiceSettled says overPaid since 1.12.0 only', async (t) => {
  const steps = ['onchain', 'mine'];
  assert.equal('overPaid' in (await eventOf(t, '1.11.7', 'InvoiceSettled', steps)), false);
  assert.equal((await eventOf(t, '1.12.0', 'InvoiceSettled', steps)).overPaid, false);
});

test('payment events had an overPaid from 1.3 to 1.11', async (t) => {
  for (const [version, has] of /** @type {const} */ ([
    ['1.3.0', true],
    ['1.11.7', true],
    ['1.12.0', false],
  ]))
    assert.equal('overPaid' in (await eventOf(t, version, 'InvoiceReceivedPayment', ['onchain'])), has, version);
});

test('the payment method is named paymentMethod with its old id before 2.0.0, paymentMethodId after', async (t) => {
  const old = await eventOf(t, '1.13.5', 'InvoiceReceivedPayment', ['lightning']);
  assert.deepEqual([old.paymentMethod, old.paymentMethodId], ['BTC-LightningNetwork', undefined]);
  const modern = await eventOf(t, '2.0.0', 'InvoiceReceivedPayment', ['lightning']);
  assert.deepEqual([modern.paymentMethod, modern.paymentMethodId], [undefined, 'BTC-LN']);
});

test('metadata is in the events of invoices since 1.7.1, and is empty if there is none', async (t) => {
  assert.equal('metadata' in (await eventOf(t, '1.7.0', 'InvoiceCreated', [])), false);
  assert.deepEqual((await eventOf(t, '1.7.1', 'InvoiceCreated', [])).metadata, {});
});

test('originalDeliveryId was spelt orignalDeliveryId before 1.1.0', async (t) => {
  const old = await eventOf(t, '1.0.6', 'InvoiceCreated', []);
  assert.deepEqual([old.orignalDeliveryId, 'originalDeliveryId' in old], [old.deliveryId, false]);
  const later = await eventOf(t, '1.1.0', 'InvoiceCreated', []);
  assert.deepEqual([later.originalDeliveryId, 'orignalDeliveryId' in later], [later.deliveryId, false]);
});

test('1.x tells of an unconfirmed transaction as Invalid, 2.x as Processing', async (t) => {
  const status = async (/** @type {string} */ version) =>
    (await eventOf(t, version, 'InvoiceReceivedPayment', ['onchain'])).payment.status;
  assert.deepEqual([await status('1.13.5'), await status('2.0.0')], ['Invalid', 'Processing']);
});

test('InvoicePaymentSettled of an expired invoice said afterExpiration false before 1.6.4', async (t) => {
  const after = async (/** @type {string} */ version) =>
    (await eventOf(t, version, 'InvoicePaymentSettled', ['expire', 'onchain', 'mine'])).afterExpiration;
  assert.deepEqual([await after('1.6.3'), await after('1.6.4')], [false, true]);
});

test('afterExpiration is true for a payment of an expired or an invalid invoice, and of no other', async (t) => {
  const after = async (/** @type {string[]} */ ...steps) =>
    (await eventsAfter(t, '2.4.1', [...steps, 'onchain'])).findLast(({ type }) => type === 'InvoiceReceivedPayment')
      ?.afterExpiration;
  assert.deepEqual(
    [await after(), await after('lightning'), await after('expire'), await after('Invalid')],
    [false, false, true, true],
  );
});

test('a payment is named by its transaction and output, or by the hash of a Lightning payment; coins are text', async (t) => {
  const { payment: onchain } = await eventOf(t, '2.4.1', 'InvoiceReceivedPayment', ['onchain']);
  const { payment: lightning } = await eventOf(t, '2.4.1', 'InvoiceReceivedPayment', ['lightning']);
  assert.match(onchain.id, /^[0-9a-f]{64}-\d+$/);
  assert.match(lightning.id, /^[0-9a-f]{64}$/);
  assert.deepEqual(Object.keys(onchain), ['id', 'receivedDate', 'value', 'fee', 'status', 'destination']);
  assert.deepEqual(
    [typeof onchain.value, typeof onchain.fee, typeof onchain.receivedDate],
    ['string', 'string', 'number'],
  );
  assert.equal(lightning.status, 'Settled');
});

test('what the simulator delivers is, for the same values, the worked example byte for byte', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  const { id } = await create({ metadata: INVOICE.metadata });
  sim.pay(id, { method: 'onchain' });
  sim.mine();
  await sim.idle();
  const ofType = (/** @type {string} */ type) =>
    shop.received.find(({ event }) => event.type === type) ?? assert.fail(`no ${type}`);
  const examples = /** @type {const} */ ([
    ['01', 'InvoiceCreated', 1_792_900_000, {}],
    [
      '02',
      'InvoiceReceivedPayment',
      1_792_900_060,
      { afterExpiration: false, paymentMethodId: 'BTC-CHAIN', payment: PAYMENT },
    ],
    ['03', 'InvoiceProcessing', 1_792_900_060, { overPaid: false }],
    ['05', 'InvoiceSettled', 1_792_900_600, { manuallyMarked: false, overPaid: false }],
  ]);
  for (const [number, type, timestamp, fields] of examples) {
    const { body, event } = ofType(type);
    const given = {
      deliveryId: `Dlv${number}xampleDeliveryId00`,
      originalDeliveryId: `Dlv${number}xampleDeliveryId00`,
      webhookId: 'AT7ogqNzXkjf12sLVWPDNS',
      timestamp,
      storeId: INVOICE.storeId,
      invoiceId: INVOICE.id,
      ...(event.payment && PAYMENT),
    };
    const own = { ...event, ...event.payment };
    let asExample = body;
    for (const [name, value] of Object.entries(given)) {
      const [from, to] = [own[name], value].map((one) => `"${name}": ${JSON.stringify(one)}`);
      asExample = asExample.replace(from ?? '', to ?? '');
    }
    assert.equal(asExample, exampleBody(number, type, timestamp, fields), type);
  }
});
