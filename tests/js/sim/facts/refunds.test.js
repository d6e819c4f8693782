import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, START } from '../world.js';

/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */

/**
 * An invoice over 65.00 USD, at 65000 USD for 1 BTC.
 * @param {import('node:test').TestContext} t
 * @param {'settled' | 'over' | 'late' | 'partial' | 'new' | 'processing' | 'expired' | 'invalid' | 'marked'} how
 * @param {import('../../../../js/sim/btcpay/index.js').SimOptions} [options]
 */
async function openRefund(t, how, options) {
  const world = await openWorld(t, options);
  const { sim, call, create } = world;
  const { id } = await create({ amount: '65.00', currency: 'USD' });
  if (how === 'settled') sim.pay(id);
  if (how === 'over') sim.pay(id, { amount: 'over' });
  if (how === 'processing') sim.pay(id, { method: 'onchain' });
  if (how === 'partial') sim.pay(id, { amount: 'half' });
  if (how === 'invalid') sim.mark(id, 'Invalid');
  if (how === 'marked') sim.mark(id, 'Settled');
  if (['partial', 'expired', 'late'].includes(how)) await sim.expire(id);
  if (how === 'late') sim.pay(id);
  const refund = (/** @type {unknown} */ body, /** @type {Record<string, string> | undefined} */ headers = undefined) =>
    call('POST', `/stores/${sim.storeId}/invoices/${id}/refund`, body, headers);
  return { ...world, id, refund };
}

/** @param {World['sim']} sim @param {string[]} policies */
const keyWith = (sim, ...policies) => ({
  Authorization: `token ${sim.addKey(policies.map((name) => `btcpay.store.${name}:${sim.storeId}`))}`,
  'Content-Type': 'application/json',
});

test('a refund answers 200 with a pull payment and the page where the customer claims it', async (t) => {
  const { sim, id, refund } = await openRefund(t, 'settled');
  const { status, json } = await refund({ refundVariant: 'Fiat', description: 'Sorry' });
  assert.equal(status, 200);
  assert.deepEqual(json, {
    startsAt: START - 1,
    expiresAt: null,
    id: json.id,
    name: `Refund ${id}`,
    description: 'Sorry',
    currency: 'USD',
    amount: '65',
    BOLT11Expiration: 30,
    archived: false,
    viewLink: `${sim.url}/pull-payments/${json.id}`,
    autoApproveClaims: false,
  });
});

for (const [variant, currency, amount] of /** @type {const} */ ([
  ['RateThen', 'BTC', '0.0015'],
  ['CurrentRate', 'BTC', '0.00075'],
  ['OverpaidAmount', 'BTC', '0.0005'],
  ['Fiat', 'USD', '97.5'],
])) {
  test(`${variant} gives back ${amount} ${currency} of 0.0015 BTC paid for 65 USD, now that 1 BTC costs twice as much`, async (t) => {
    const { sim, refund } = await openRefund(t, 'over');
    sim.prices.USD = '130000';
    const { json } = await refund({ refundVariant: variant });
    assert.deepEqual([json.currency, json.amount], [currency, amount]);
  });
}

test('Custom gives back what it is told, and needs an amount above zero and a known currency', async (t) => {
  const { refund } = await openRefund(t, 'settled');
  const custom = { refundVariant: 'Custom', customAmount: '12.50', customCurrency: 'EUR' };
  const { json } = await refund(custom);
  assert.deepEqual([json.currency, json.amount], ['EUR', '12.50']);
  const { status, json: problems } = await refund({ ...custom, customAmount: '0', customCurrency: 'EURO' });
  assert.equal(status, 422);
  assert.deepEqual(problems, [
    { path: 'CustomAmount', message: 'Amount must be greater than 0' },
    { path: 'CustomCurrency', message: 'Invalid currency' },
  ]);
});

test('the custom fields are refused with any other variant', async (t) => {
  const { refund } = await openRefund(t, 'settled');
  const { status, json } = await refund({ refundVariant: 'Fiat', customAmount: '1', customCurrency: 'USD' });
  assert.equal(status, 422);
  assert.deepEqual(
    json.map((/** @type {any} */ { path }) => path),
    ['CustomAmount', 'CustomCurrency'],
  );
});

test('refundVariant is required; OverpaidAmount needs an overpaid invoice; an unknown one is 422', async (t) => {
  const { refund } = await openRefund(t, 'settled');
  assert.deepEqual((await refund({})).json, [{ path: 'RefundVariant', message: '`refundVariant` is mandatory' }]);
  const over = await refund({ refundVariant: 'OverpaidAmount' });
  assert.deepEqual(over.json, [{ path: 'RefundVariant', message: 'Invoice is not overpaid' }]);
  assert.equal((await refund({ refundVariant: 'All' })).status, 422);
});

test('subtractPercentage reduces the refund (1.10.0), is between 0 and 100, and was ignored before', async (t) => {
  const { refund } = await openRefund(t, 'settled');
  assert.equal((await refund({ refundVariant: 'Fiat', subtractPercentage: '2.5' })).json.amount, '63.38');
  assert.equal((await refund({ refundVariant: 'RateThen', subtractPercentage: 10 })).json.amount, '0.0009');
  for (const subtractPercentage of ['100.1', -1]) {
    const { status, json } = await refund({ refundVariant: 'Fiat', subtractPercentage });
    assert.deepEqual([status, json[0].path], [422, 'SubtractPercentage']);
  }
  const old = await openRefund(t, 'settled', { version: '1.9.3' });
  const answer = await old.refund(
    { refundVariant: 'Fiat', subtractPercentage: '50', paymentMethod: 'BTC' },
    keyWith(old.sim, 'canmodifystoresettings'),
  );
  assert.equal(answer.json.amount, '65');
});

for (const [how, status] of /** @type {const} */ ([
  ['settled', 200],
  ['over', 200],
  ['late', 200],
  ['partial', 200],
  ['marked', 200],
  ['new', 400],
  ['processing', 400],
  ['expired', 400],
])) {
  test(`a refund of an invoice that is ${how} is answered with ${status}`, async (t) => {
    const { refund } = await openRefund(t, how);
    const answer = await refund({ refundVariant: 'Fiat' });
    assert.equal(answer.status, status);
    if (status === 400) {
      assert.deepEqual(answer.json, { code: 'non-refundable', message: 'Cannot refund this invoice' });
    }
  });
}

test('an invoice marked settled without a payment is refunded in full; an invalid one without has nothing to give: 500', async (t) => {
  const marked = await openRefund(t, 'marked');
  assert.equal((await marked.refund({ refundVariant: 'Fiat' })).json.amount, '65');
  const invalid = await openRefund(t, 'invalid');
  assert.equal((await invalid.refund({ refundVariant: 'Fiat' })).status, 500);
});

test('each call makes a further pull payment; the invoice stays as it is', async (t) => {
  const { sim, id, refund, stateOf } = await openRefund(t, 'settled');
  const [first, second] = [await refund({ refundVariant: 'Fiat' }), await refund({ refundVariant: 'Fiat' })];
  assert.notEqual(first.json.id, second.json.id);
  assert.equal(sim.pullPayments.all().length, 2);
  assert.equal(await stateOf(id), 'Settled/None');
});

for (const [version, told] of /** @type {const} */ ([
  ['2.4.1', ['InvoiceRefund']],
  ['2.4.0', []],
])) {
  test(`a refund is told as InvoiceRefund since 2.4.1: ${version}`, async (t) => {
    const { sim, shop, refund } = await openRefund(t, 'settled', { version });
    await sim.idle();
    shop.received.length = 0;
    const { json } = await refund({ refundVariant: 'Fiat' });
    await sim.idle();
    assert.deepEqual(
      shop.received.map(({ event }) => event.type),
      told,
    );
    if (told.length > 0) assert.equal(shop.received[0]?.event.pullPaymentId, json.id);
  });
}

test('payoutMethods names what the refund can be claimed by (2.4.1); each that is unknown is refused', async (t) => {
  const { sim, refund } = await openRefund(t, 'settled');
  const { json } = await refund({ refundVariant: 'Fiat', payoutMethods: ['BTC-LN', 'btc_bitcoinlike'] });
  assert.deepEqual(sim.pullPayments.find(json.id)?.payoutMethods, ['BTC-LN', 'BTC-CHAIN']);
  const { status, json: problems } = await refund({ refundVariant: 'Fiat', payoutMethods: ['BTC-LN', 'DOGE'] });
  assert.equal(status, 422);
  assert.deepEqual(problems, [{ path: 'PayoutMethods', message: 'Invalid or unsupported payout method: DOGE' }]);
});

test('payoutMethodId names it before (2.0); left out, it is the default method of the invoice', async (t) => {
  const { sim, refund } = await openRefund(t, 'settled', { version: '2.0.0' });
  const byName = (await refund({ refundVariant: 'Fiat', payoutMethodId: 'BTC-LN' })).json;
  assert.deepEqual(sim.pullPayments.find(byName.id)?.payoutMethods, ['BTC-LN']);
  const byDefault = (await refund({ refundVariant: 'Fiat', payoutMethods: ['BTC-LN'] })).json;
  assert.deepEqual(sim.pullPayments.find(byDefault.id)?.payoutMethods, ['BTC-CHAIN']);
  const { status, json } = await refund({ refundVariant: 'Fiat', payoutMethodId: 'DOGE' });
  assert.deepEqual([status, json[0].path], [422, 'PayoutMethodId']);
});

test('before 2.0 the field is paymentMethod, with the ids of 1.x, and is required', async (t) => {
  const { sim, refund } = await openRefund(t, 'settled', { version: '1.13.7' });
  const { json } = await refund({ refundVariant: 'Fiat', paymentMethod: 'BTC-LightningNetwork' });
  assert.deepEqual(sim.pullPayments.find(json.id)?.payoutMethods, ['BTC-LN']);
  assert.equal(json.period, null);
  for (const body of [{}, { paymentMethod: 'BTC-CHAIN' }, { payoutMethodId: 'BTC' }]) {
    const { status, json: problems } = await refund({ refundVariant: 'Fiat', ...body });
    assert.deepEqual([status, problems[0].path], [422, 'PaymentMethod']);
  }
});

for (const [version, enough, tooLittle] of /** @type {const} */ ([
  ['2.4.1', 'cancreatenonapprovedpullpayments', 'canmodifyinvoices'],
  ['1.12.0', 'cancreatenonapprovedpullpayments', 'canmodifyinvoices'],
  ['1.11.7', 'canmodifystoresettings', 'canmanagepullpayments'],
  ['1.7.1', 'canmodifystoresettings', 'cancreatepullpayments'],
])) {
  test(`${version} refunds with ${enough} and refuses ${tooLittle}`, async (t) => {
    const { sim, refund } = await openRefund(t, 'settled', { version });
    const body = { refundVariant: 'Fiat', paymentMethod: 'BTC' };
    assert.equal((await refund(body, keyWith(sim, enough))).status, 200);
    const { status, json } = await refund(body, keyWith(sim, tooLittle));
    assert.deepEqual([status, json.missingPermission], [403, `btcpay.store.${enough}`]);
  });
}

test('there is no refund route before 1.7.1', async (t) => {
  const { sim, refund } = await openRefund(t, 'settled', { version: '1.7.0' });
  const answer = await refund({ refundVariant: 'Fiat', paymentMethod: 'BTC' }, keyWith(sim, 'canmodifystoresettings'));
  assert.equal(answer.status, 501);
});

test('claims of a refund in coins are approved by themselves only if the key has cancreatepullpayments', async (t) => {
  const { sim, refund } = await openRefund(t, 'settled');
  const strong = keyWith(sim, 'cancreatepullpayments');
  const weak = keyWith(sim, 'cancreatenonapprovedpullpayments');
  const approves = async (
    /** @type {unknown} */ body,
    /** @type {Record<string, string> | undefined} */ headers = undefined,
  ) => (await refund(body, headers)).json.autoApproveClaims;
  assert.equal(await approves({ refundVariant: 'RateThen' }, strong), true);
  assert.equal(await approves({ refundVariant: 'RateThen' }, weak), false);
  assert.equal(await approves({ refundVariant: 'Fiat' }, strong), false);
  const custom = { refundVariant: 'Custom', customAmount: '0.001', customCurrency: 'BTC' };
  assert.equal(await approves(custom, strong), true);
  assert.equal(await approves({ ...custom, customAmount: '1', customCurrency: 'USD' }, strong), false);
});

test('what could be refunded is told as numbers (2.2.0)', async (t) => {
  const { sim, call, id } = await openRefund(t, 'over');
  sim.prices.USD = '130000';
  const path = (/** @type {string} */ method) => `/stores/${sim.storeId}/invoices/${id}/refund/${method}`;
  assert.deepEqual((await call('GET', path('BTC-CHAIN'))).json, {
    paymentAmountNow: 0.00075,
    currentRateText: null,
    paymentAmountThen: 0.0015,
    invoiceAmount: 97.5,
    overpaidPaymentAmount: 0.0005,
    invoiceCurrency: 'USD',
    paymentCurrency: 'BTC',
    paymentCurrencyDivisibility: 8,
    invoiceCurrencyDivisibility: 2,
  });
  const unknown = await call('GET', path('DOGE'));
  assert.deepEqual([unknown.status, unknown.json.code], [400, 'invalid-payment-method']);
  const exact = await openRefund(t, 'settled');
  const { json } = await exact.call('GET', `/invoices/${exact.id}/refund/BTC-LN`);
  assert.deepEqual([json.overpaidPaymentAmount, json.paymentCurrencyDivisibility], [null, 11]);
  const old = await openRefund(t, 'settled', { version: '2.1.6' });
  const answer = await old.call('GET', `/stores/${old.sim.storeId}/invoices/${old.id}/refund/BTC-LN`);
  assert.equal(answer.status, 501);
});
