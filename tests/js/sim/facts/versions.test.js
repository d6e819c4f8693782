import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureOf } from '../../../../js/sim/btcpay/payload.js';
import { behaviourOf } from '../../../../js/sim/btcpay/versions.js';
import { openWorld, SECRET } from '../world.js';

/** @param {import('node:test').TestContext} t @param {string} version */
const open = (t, version) => openWorld(t, { version });

/**
 * The webhooks of an invoice that is paid on the chain and confirmed.
 * @param {import('node:test').TestContext} t
 * @param {string} version
 * @param {import('../../../../js/sim/btcpay/invoices.js').PayOptions} [payment]
 */
async function eventsOf(t, version, payment = { method: 'onchain' }) {
  const world = await open(t, version);
  const { id } = await world.create({ metadata: { orderId: '1' } });
  world.sim.pay(id, payment);
  world.sim.mine();
  await world.sim.idle();
  const events = world.shop.received.map(({ event }) => event);
  const find = (/** @type {string} */ type) => events.find((event) => event.type === type);
  return { ...world, id, events, find, types: events.map(({ type }) => type) };
}

for (const [version, text] of [
  ['1.0.6.0', '1.0.6.0'],
  ['1.0.7.2', '1.0.7.2'],
  ['1.3.0', '1.3.0.0'],
  ['1.7.3', '1.7.3.0'],
  ['1.7.4', '1.7.4'],
  ['1.13.7', '1.13.7'],
  ['2.4.1', '2.4.1'],
]) {
  test(`server/info of ${version} says ${text}: four parts before 1.7.4`, async (t) => {
    const { call } = await open(t, version ?? '');
    assert.equal((await call('GET', '/server/info')).json.version, text);
  });
}

test('versions from 1.0.6 on are played, of three parts or four, and nothing else', () => {
  for (const version of ['1.0.6', '1.0.6.0', '1.0.6.8', '1.13.7', '2.0.0', '3.0.0']) behaviourOf(version);
  for (const version of ['1.0.5.9', '0.9.0', '2', '2.4', 'v2.4.1', '2.4.1-rc1', '']) {
    assert.throws(() => behaviourOf(version), RangeError, version);
  }
});

const INVOICE_MEMBERS = /** @type {[string, string, string][]} */ ([
  ['checkoutLink', '1.0.6.2', '1.0.6.3'],
  ['storeId', '1.1.2', '1.2.0'],
  ['type', '1.1.2', '1.2.0'],
  ['availableStatusesForManualMarking', '1.2.4', '1.3.0'],
  ['archived', '1.3.1', '1.3.2'],
  ['receipt', '1.5.4', '1.6.0'],
  ['paidAmount', '2.1.1', '2.1.2'],
  ['paymentMethods', '2.3.5', '2.3.6'],
]);

for (const [member, before, since] of INVOICE_MEMBERS) {
  test(`an invoice has ${member} since ${since}`, async (t) => {
    for (const [version, has] of /** @type {const} */ ([
      [before, false],
      [since, true],
    ])) {
      const { create } = await open(t, version);
      assert.equal(Object.hasOwn(await create(), member), has, version);
    }
  });
}

for (const [member, since, gone] of /** @type {const} */ ([
  ['requiresRefundEmail', '1.3.0', '2.0.0'],
  ['checkoutType', '1.7.0', '2.0.0'],
])) {
  test(`an invoice's checkout has ${member} from ${since} to before ${gone}`, async (t) => {
    const has = async (/** @type {string} */ version) =>
      Object.hasOwn((await (await open(t, version)).create()).checkout, member);
    assert.deepEqual(
      [await has('1.2.4'), await has(since), await has('1.13.7'), await has(gone)],
      [false, true, true, false],
    );
  });
}

test('lazyPaymentMethods of an invoice is heard since 1.9.2', async (t) => {
  for (const [version, activated] of /** @type {const} */ ([
    ['1.9.1', true],
    ['1.9.2', false],
  ])) {
    const { sim, call, create } = await open(t, version);
    const { id } = await create({ checkout: { lazyPaymentMethods: true } });
    const [method] = (await call('GET', `/stores/${sim.storeId}/invoices/${id}/payment-methods`)).json;
    assert.equal(method.activated, activated, version);
  }
});

test('1.x names payment methods BTC and BTC-LightningNetwork, 2.0 BTC-CHAIN and BTC-LN', async (t) => {
  const old = await open(t, '1.13.7');
  assert.deepEqual((await old.create()).checkout.paymentMethods, ['BTC', 'BTC-LightningNetwork']);
  const modern = await open(t, '2.0.0');
  assert.deepEqual((await modern.create()).checkout.paymentMethods, ['BTC-CHAIN', 'BTC-LN']);
  const lnurl = await openWorld(t, { version: '1.13.7', store: { paymentMethods: ['BTC-LNURL'] } });
  assert.deepEqual((await lnurl.create()).checkout.paymentMethods, ['BTC-LNURLPAY']);
});

test('1.x names paymentMethod, cryptoCode, networkFee what 2.0 names paymentMethodId, currency, paymentMethodFee', async (t) => {
  const old = ['paymentMethod', 'cryptoCode', 'networkFee'];
  const modern = ['paymentMethodId', 'currency', 'paymentMethodFee'];
  for (const [version, there, absent] of /** @type {const} */ ([
    ['1.13.7', old, modern],
    ['2.0.0', modern, old],
  ])) {
    const { sim, call, create } = await open(t, version);
    const { id } = await create();
    const [method] = (await call('GET', `/stores/${sim.storeId}/invoices/${id}/payment-methods`)).json;
    for (const name of there) assert.ok(Object.hasOwn(method, name), `${version} ${name}`);
    for (const name of absent) assert.ok(!Object.hasOwn(method, name), `${version} ${name}`);
  }
});

test('the ids of 1.x are taken by every release, in any case and with either separator', async (t) => {
  for (const version of ['1.3.0', '1.13.7', '2.0.0', '2.4.1']) {
    const { create } = await open(t, version);
    for (const ids of [
      ['BTC', 'BTC-LightningNetwork'],
      ['btc', 'btc_lightninglike'],
      ['BTC-OnChain', 'BTC-OffChain'],
    ]) {
      const { checkout } = await create({ checkout: { paymentMethods: ids } });
      assert.equal(checkout.paymentMethods.length, 2, `${version} ${ids}`);
    }
  }
});

test('2.x takes BTC-CHAIN, BTC-LN and what they were called before', async (t) => {
  const { create } = await open(t, '2.4.1');
  const read = async (/** @type {string} */ id) =>
    (await create({ checkout: { paymentMethods: [id] } })).checkout.paymentMethods;
  for (const id of ['BTC-CHAIN', 'btc_chain', 'BTC-OnChain', 'BTC_BitcoinLike', 'BTC-BTCLike', 'BTC']) {
    assert.deepEqual(await read(id), ['BTC-CHAIN'], id);
  }
  for (const id of ['BTC-LN', 'BTC_LightningLike', 'BTC-OffChain', 'BTC-LightningNetwork']) {
    assert.deepEqual(await read(id), ['BTC-LN'], id);
  }
});

test('1.x does not know the ids of 2.x, and looks at the form only of those it does not know', async (t) => {
  const { sim, call } = await open(t, '1.13.7');
  const create = (/** @type {string} */ id) =>
    call('POST', `/stores/${sim.storeId}/invoices`, {
      amount: '1',
      currency: 'JPY',
      checkout: { paymentMethods: [id] },
    });
  for (const id of ['BTC-CHAIN', 'BTC-LN', 'BTC-LNURL']) {
    assert.deepEqual((await create(id)).json, [
      { path: 'Checkout.PaymentMethods[0]', message: 'Invalid payment method' },
    ]);
  }
  const { status, json } = await create('DOGE');
  assert.deepEqual([status, json.code], [400, 'generic-error']);
});

for (const [type, before, since] of /** @type {const} */ ([['InvoicePaymentSettled', '1.2.4', '1.3.0']])) {
  test(`${type} is sent since ${since}`, async (t) => {
    assert.equal((await eventsOf(t, before)).types.includes(type), false);
    assert.equal((await eventsOf(t, since)).types.includes(type), true);
  });
}

for (const [version, sent] of /** @type {const} */ ([
  ['2.1.1', false],
  ['2.1.2', true],
])) {
  test(`InvoiceExpiredPaidPartial and InvoicePaidAfterExpiration are ${sent ? '' : 'not '}sent by ${version}`, async (t) => {
    const { sim, shop, create } = await open(t, version);
    const { id } = await create();
    sim.pay(id, { amount: 'half' });
    await sim.expire(id);
    sim.pay(id);
    await sim.idle();
    const types = shop.received.map(({ event }) => event.type);
    for (const type of ['InvoiceExpiredPaidPartial', 'InvoicePaidAfterExpiration']) {
      assert.equal(types.includes(type), sent, type);
    }
  });
}

test('webhooks carry the metadata since 1.7.1', async (t) => {
  assert.equal(Object.hasOwn((await eventsOf(t, '1.7.0')).find('InvoiceSettled'), 'metadata'), false);
  assert.deepEqual((await eventsOf(t, '1.7.1')).find('InvoiceSettled').metadata, { orderId: '1' });
});

test('InvoiceSettled says overPaid since 1.12.0; the state says it in every release', async (t) => {
  const over = { method: /** @type {const} */ ('onchain'), amount: 'over' };
  const old = await eventsOf(t, '1.11.7', over);
  assert.equal(Object.hasOwn(old.find('InvoiceSettled'), 'overPaid'), false);
  assert.equal(await old.stateOf(old.id), 'Settled/PaidOver');
  assert.equal(old.find('InvoiceProcessing').overPaid, true);
  assert.equal((await eventsOf(t, '1.12.0', over)).find('InvoiceSettled').overPaid, true);
});

test('payment events have an overPaid from 1.3.0 to 1.11', async (t) => {
  const has = async (/** @type {string} */ version) =>
    Object.hasOwn((await eventsOf(t, version)).find('InvoiceReceivedPayment'), 'overPaid');
  assert.deepEqual(
    [await has('1.2.4'), await has('1.3.0'), await has('1.11.7'), await has('1.12.0')],
    [false, true, true, false],
  );
});

test('payment events name the method paymentMethod in 1.x and paymentMethodId in 2.0; before 1.3.0 they have no payment', async (t) => {
  const old = (await eventsOf(t, '1.13.7')).find('InvoiceReceivedPayment');
  assert.deepEqual([old.paymentMethod, old.paymentMethodId], ['BTC', undefined]);
  const modern = (await eventsOf(t, '2.0.0')).find('InvoiceReceivedPayment');
  assert.deepEqual([modern.paymentMethod, modern.paymentMethodId], [undefined, 'BTC-CHAIN']);
  const oldest = (await eventsOf(t, '1.2.4')).find('InvoiceReceivedPayment');
  assert.deepEqual([oldest.paymentMethod, oldest.payment, oldest.afterExpiration], [undefined, undefined, false]);
});

test('an unconfirmed transaction is told as Invalid in 1.x, as Processing in 2.0; read, it is Processing in both', async (t) => {
  for (const [version, status] of /** @type {const} */ ([
    ['1.13.7', 'Invalid'],
    ['2.0.0', 'Processing'],
  ])) {
    const { sim, shop, call, create } = await open(t, version);
    const { id } = await create();
    sim.pay(id, { method: 'onchain' });
    await sim.idle();
    const event = shop.received.map((one) => one.event).find(({ type }) => type === 'InvoiceReceivedPayment');
    assert.equal(event.payment.status, status);
    const [method] = (await call('GET', `/stores/${sim.storeId}/invoices/${id}/payment-methods`)).json;
    assert.equal(method.payments[0].status, 'Processing');
  }
});

test('InvoicePaymentSettled knows since 1.6.4 that the invoice had expired', async (t) => {
  for (const [version, told] of /** @type {const} */ ([
    ['1.6.3', false],
    ['1.6.4', true],
  ])) {
    const { sim, shop, create } = await open(t, version);
    const { id } = await create();
    await sim.expire(id);
    sim.pay(id);
    await sim.idle();
    const find = (/** @type {string} */ type) =>
      shop.received.map(({ event }) => event).find((one) => one.type === type);
    assert.equal(find('InvoicePaymentSettled').afterExpiration, told, version);
    assert.equal(find('InvoiceReceivedPayment').afterExpiration, true, version);
  }
});

test('originalDeliveryId is written orignalDeliveryId before 1.1.0, in redeliveries too', async (t) => {
  const { sim, shop, create } = await open(t, '1.0.7.2');
  shop.answers.push(500);
  await create();
  await sim.advance(10);
  const [first, second] = shop.received.map(({ event }) => event);
  assert.equal(first.orignalDeliveryId, first.deliveryId);
  assert.equal(second.orignalDeliveryId, first.deliveryId);
  assert.equal(second.isRedelivery, true);
  for (const event of [first, second]) assert.equal(Object.hasOwn(event, 'originalDeliveryId'), false);
  assert.deepEqual(Object.keys(second).slice(0, 3), ['deliveryId', 'webhookId', 'orignalDeliveryId']);
  const { find } = await eventsOf(t, '1.1.0');
  assert.equal(find('InvoiceCreated').originalDeliveryId, find('InvoiceCreated').deliveryId);
});

test('a webhook changed without a secret keeps it since 1.6.4; before, its deliveries are signed with none', async (t) => {
  for (const [version, secret] of /** @type {const} */ ([
    ['1.6.4', SECRET],
    ['1.6.3', ''],
  ])) {
    const { sim, shop, call, create } = await open(t, version);
    const path = `/stores/${sim.storeId}/webhooks`;
    const [{ id, url }] = (await call('GET', path)).json;
    await call('PUT', `${path}/${id}`, { url });
    await create();
    await sim.idle();
    const [{ headers, body } = assert.fail('nothing was sent')] = shop.received;
    assert.equal(headers['btcpay-sig'], signatureOf(secret, body), version);
  }
});

test('deliveries say since 2.3.4 when they were sent', async (t) => {
  for (const [version, has] of /** @type {const} */ ([
    ['2.3.3', false],
    ['2.3.4', true],
  ])) {
    const { sim, call, create } = await open(t, version);
    await create();
    await sim.idle();
    const [{ id }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
    const [delivery] = (await call('GET', `/stores/${sim.storeId}/webhooks/${id}/deliveries`)).json;
    assert.equal(Object.hasOwn(delivery, 'deliveryTime'), has, version);
  }
});

test('includePaymentMethods fills a list since 2.3.6, a single invoice since 2.4.1', async (t) => {
  for (const [version, listed, single] of /** @type {const} */ ([
    ['2.3.5', undefined, undefined],
    ['2.3.6', 2, 0],
    ['2.4.1', 2, 2],
  ])) {
    const { sim, call, create } = await open(t, version);
    const { id } = await create();
    const path = `/stores/${sim.storeId}/invoices`;
    const [inList] = (await call('GET', `${path}?includePaymentMethods=true`)).json;
    assert.equal(inList.paymentMethods?.length, listed, version);
    const one = (await call('GET', `${path}/${id}?includePaymentMethods=true`)).json;
    assert.equal(one.paymentMethods?.length, single, version);
  }
});

test('the flat item routes are there since 2.4.0, those below the store in every release', async (t) => {
  for (const [version, status] of /** @type {const} */ ([
    ['1.13.7', 501],
    ['2.3.9', 501],
    ['2.4.0', 200],
  ])) {
    const { sim, call, create } = await open(t, version);
    const { id } = await create();
    const [{ id: webhookId }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
    assert.equal((await call('GET', `/invoices/${id}`)).status, status, version);
    assert.equal((await call('GET', `/webhooks/${webhookId}`)).status, status, version);
    assert.equal((await call('GET', `/stores/${sim.storeId}/invoices/${id}`)).status, 200, version);
    assert.equal((await call('GET', `/stores/${sim.storeId}/webhooks/${webhookId}`)).status, 200, version);
  }
});
