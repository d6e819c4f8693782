import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, START } from '../world.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7k3xy2pz';
const USD = { amount: '65.00', currency: 'usd ' };

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../../../js/sim/btcpay/index.js').SimOptions} [options]
 */
async function open(t, options) {
  const world = await openWorld(t, options);
  const { sim, call } = world;
  const keyWith = (/** @type {string[]} */ ...policies) => ({
    Authorization: `token ${sim.addKey(policies.map((name) => `btcpay.store.${name}:${sim.storeId}`))}`,
    'Content-Type': 'application/json',
  });
  const path = `/stores/${sim.storeId}/pull-payments`;
  const make = (/** @type {unknown} */ body, /** @type {Record<string, string> | undefined} */ headers = undefined) =>
    call('POST', path, body, headers);
  return { ...world, keyWith, path, make };
}

test('a pull payment of a store needs an amount and a currency, and nothing else', async (t) => {
  const { sim, make } = await open(t);
  const { status, json } = await make(USD);
  assert.equal(status, 200);
  assert.deepEqual(json, {
    startsAt: START - 1,
    expiresAt: null,
    id: json.id,
    name: '',
    description: '',
    currency: 'USD',
    amount: '65.00',
    BOLT11Expiration: 30,
    archived: false,
    viewLink: `${sim.url}/pull-payments/${json.id}`,
    autoApproveClaims: false,
  });
  assert.deepEqual(sim.pullPayments.find(json.id)?.payoutMethods, ['BTC-CHAIN', 'BTC-LN']);
});

test('what is said of a pull payment is what it has', async (t) => {
  const { sim, make } = await open(t);
  const said = {
    name: 'n'.repeat(50),
    description: 'd',
    startsAt: START + 5,
    expiresAt: START + 9,
    BOLT11Expiration: 3,
  };
  const { json } = await make({ ...USD, ...said, payoutMethods: ['BTC-LN'] });
  const { name, description, startsAt, expiresAt, BOLT11Expiration } = json;
  assert.deepEqual({ name, description, startsAt, expiresAt, BOLT11Expiration }, said);
  assert.deepEqual(sim.pullPayments.find(json.id)?.payoutMethods, ['BTC-LN']);
});

const REFUSED = /** @type {[string, Record<string, unknown>, string][]} */ ([
  ['without an amount', { amount: null }, 'Amount'],
  ['of nothing', { amount: '0' }, 'Amount'],
  ['of less than nothing', { amount: -1 }, 'Amount'],
  ['without a currency', { currency: null }, 'Currency'],
  ['in a currency nobody knows', { currency: 'EURO' }, 'Currency'],
  ['with a name of 51 characters', { name: 'n'.repeat(51) }, 'Name'],
  ['with a method the store has not', { payoutMethods: ['BTC-LN', 'BTC-LNURL'] }, 'PayoutMethods[1]'],
  ['with no method at all', { payoutMethods: [] }, 'PayoutMethods'],
  ['that ends before it starts', { startsAt: START + 9, expiresAt: START }, 'ExpiresAt'],
  ['with a negative BOLT11 expiration', { BOLT11Expiration: -1 }, 'BOLT11Expiration'],
  ['that starts at some text', { startsAt: 'now' }, 'startsAt'],
]);

for (const [name, change, path] of REFUSED) {
  test(`a pull payment ${name} is refused with 422 at ${path}`, async (t) => {
    const { sim, make } = await open(t);
    const { status, json } = await make({ ...USD, ...change });
    assert.deepEqual([status, json.map((/** @type {any} */ problem) => problem.path)], [422, [path]]);
    assert.deepEqual(sim.pullPayments.all(), []);
  });
}

test('autoApproveClaims needs cancreatepullpayments; without it cancreatenonapprovedpullpayments is enough', async (t) => {
  const { make, keyWith } = await open(t);
  const weak = keyWith('cancreatenonapprovedpullpayments');
  assert.equal((await make(USD, weak)).status, 200);
  const { status, json } = await make({ ...USD, autoApproveClaims: true }, weak);
  assert.deepEqual([status, json.missingPermission], [403, 'btcpay.store.cancreatepullpayments']);
  const strong = await make({ ...USD, autoApproveClaims: true }, keyWith('cancreatepullpayments'));
  assert.equal(strong.json.autoApproveClaims, true);
});

for (const [version, enough, status] of /** @type {const} */ ([
  ['1.7.6', 'cancreatenonapprovedpullpayments', 200],
  ['1.7.5', 'canmanagepullpayments', 200],
  ['1.7.5', 'cancreatenonapprovedpullpayments', 403],
])) {
  test(`${version} answers a pull payment made with ${enough} with ${status}`, async (t) => {
    const { make, keyWith } = await open(t, { version });
    assert.equal((await make({ ...USD, paymentMethods: ['BTC'] }, keyWith(enough))).status, status);
  });
}

test('1.x names paymentMethods, wants it, and writes a period; 2.0 names payoutMethods and has none', async (t) => {
  const { sim, make } = await open(t, { version: '1.13.7' });
  const { json } = await make({ ...USD, paymentMethods: ['BTC-LightningNetwork'] });
  assert.equal(json.period, null);
  assert.deepEqual(sim.pullPayments.find(json.id)?.payoutMethods, ['BTC-LN']);
  assert.deepEqual((await make({ ...USD, payoutMethods: ['BTC'] })).json, [
    { path: 'PaymentMethods', message: 'This field is required' },
  ]);
  const modern = await open(t, { version: '2.0.0' });
  assert.equal(Object.hasOwn((await modern.make(USD)).json, 'period'), false);
});

for (const [version, missing] of /** @type {const} */ ([
  ['1.5.0', []],
  ['1.4.5', ['autoApproveClaims']],
  ['1.4.0', ['autoApproveClaims', 'description']],
  ['1.3.7', ['BOLT11Expiration', 'autoApproveClaims', 'description']],
])) {
  test(`${version} writes a pull payment without ${missing.join(', ') || 'leaving anything out'}`, async (t) => {
    const { make, keyWith } = await open(t, { version });
    const { json } = await make({ ...USD, paymentMethods: ['BTC'] }, keyWith('canmanagepullpayments'));
    const dated = ['BOLT11Expiration', 'autoApproveClaims', 'description'];
    assert.deepEqual(
      dated.filter((name) => !Object.hasOwn(json, name)),
      missing,
    );
  });
}

test('a store lists its pull payments, newest first, archived ones only if asked for', async (t) => {
  const { sim, call, make, path, keyWith } = await open(t);
  const [first, second] = [(await make(USD)).json.id, (await make(USD)).json.id];
  const elsewhere = sim.addStore();
  sim.pullPayments.create(elsewhere, {
    ...USD,
    amount: sim.pullPayments.remaining(sim.pullPayments.all()[0] ?? assert.fail()),
  });
  const ids = async (/** @type {string} */ query) =>
    (await call('GET', path + query, undefined, keyWith('canviewpullpayments'))).json.map(
      (/** @type {any} */ { id }) => id,
    );
  assert.deepEqual(await ids(''), [second, first]);
  const archived = await call('DELETE', `${path}/${first}`, undefined, keyWith('canarchivepullpayments'));
  assert.deepEqual([archived.status, archived.text], [200, '']);
  assert.deepEqual(await ids(''), [second]);
  assert.deepEqual(await ids('?includeArchived=true'), [second, first]);
  const denied = await call('DELETE', `${path}/${second}`, undefined, keyWith('cancreatepullpayments'));
  assert.equal(denied.json.missingPermission, 'btcpay.store.canarchivepullpayments');
});

test('anyone who knows its id reads a pull payment and its payouts; an unknown one is 404', async (t) => {
  const { call, make } = await open(t);
  const { json } = await make(USD);
  assert.deepEqual((await call('GET', `/pull-payments/${json.id}`, undefined, {})).json, json);
  assert.deepEqual((await call('GET', `/pull-payments/${json.id}/payouts`, undefined, {})).json, []);
  for (const path of ['/pull-payments/x', '/pull-payments/x/payouts']) {
    const { status, json: error } = await call('GET', path, undefined, {});
    assert.deepEqual([status, error.code], [404, 'pullpayment-not-found']);
  }
});

test('anyone claims a payout; the store approves it, marks it as paid or cancels it', async (t) => {
  const { sim, call, make, keyWith } = await open(t);
  const { id } = (await make(USD)).json;
  const anonymous = { 'Content-Type': 'application/json' };
  const claim = (/** @type {unknown} */ body) => call('POST', `/pull-payments/${id}/payouts`, body, anonymous);
  const { status, json: payout } = await claim({ destination: ADDRESS, payoutMethodId: 'BTC-CHAIN', amount: '32.5' });
  assert.equal(status, 200);
  assert.deepEqual(payout, {
    date: START,
    id: payout.id,
    pullPaymentId: id,
    destination: ADDRESS,
    payoutMethodId: 'BTC-CHAIN',
    originalAmount: '32.5',
    originalCurrency: 'USD',
    payoutCurrency: 'BTC',
    payoutAmount: null,
    state: 'AwaitingApproval',
    revision: 0,
    paymentProof: null,
    metadata: {},
  });
  const path = `/stores/${sim.storeId}/payouts/${payout.id}`;
  const early = await call('POST', `${path}/mark-paid`);
  assert.equal(early.json.missingPermission, 'btcpay.store.canmanagepayouts');
  const headers = keyWith('canmanagepayouts');
  assert.equal((await call('POST', `${path}/mark-paid`, undefined, headers)).json.code, 'invalid-state');
  assert.deepEqual((await call('POST', path, {}, headers)).json, [
    { path: 'Revision', message: 'The `revision` property is required' },
  ]);
  assert.equal((await call('POST', path, { revision: 1 }, headers)).json.code, 'old-revision');
  const approved = (await call('POST', path, { revision: 0 }, headers)).json;
  assert.deepEqual([approved.state, approved.payoutAmount], ['AwaitingPayment', '0.00050000']);
  assert.equal((await call('POST', `${path}/mark`, { state: 'InProgress' }, headers)).text, '');
  assert.equal((await call('DELETE', path, undefined, headers)).json.code, 'invalid-state');
  const bare = await call('POST', `${path}/mark`, { state: 'Completed', paymentProof: { id: 'x' } }, headers);
  assert.equal(bare.json[0].path, 'PaymentProof');
  assert.equal((await call('POST', `${path}/mark-paid`, undefined, headers)).text, '');
  assert.equal((await call('GET', path, undefined, headers)).json.state, 'Completed');
  const next = (await claim({ destination: ADDRESS, payoutMethodId: 'BTC-CHAIN' })).json;
  assert.equal(next.originalAmount, '32.50');
  await call('DELETE', `/stores/${sim.storeId}/payouts/${next.id}`, undefined, headers);
  const states = async (/** @type {string} */ of, query = '') =>
    (await call('GET', `${of}${query}`, undefined, headers)).json.map((/** @type {any} */ { state }) => state);
  const all = '?includeCancelled=true';
  assert.deepEqual(await states(`/pull-payments/${id}/payouts`), ['Completed']);
  assert.deepEqual(await states(`/pull-payments/${id}/payouts`, all), ['Cancelled', 'Completed']);
  assert.deepEqual(await states(`/stores/${sim.storeId}/payouts`, all), ['Cancelled', 'Completed']);
  assert.equal((await call('GET', `/pull-payments/${id}/payouts/${next.id}`, undefined, {})).json.id, next.id);
  assert.equal((await call('GET', `/pull-payments/${id}/payouts/x`, undefined, {})).json.code, 'payout-not-found');
});

test('a claim names its method and a destination for it, or is refused with 422', async (t) => {
  const { call, make } = await open(t);
  const { id } = (await make(USD)).json;
  const pathsOf = async (/** @type {unknown} */ body) => {
    const { status, json } = await call('POST', `/pull-payments/${id}/payouts`, body);
    assert.equal(status, 422);
    return json.map((/** @type {any} */ { path }) => path);
  };
  assert.deepEqual(await pathsOf({ destination: ADDRESS }), ['PayoutMethodId']);
  assert.deepEqual(await pathsOf({ destination: ADDRESS, payoutMethodId: 'BTC-LNURL' }), ['PayoutMethodId']);
  assert.deepEqual(await pathsOf({ destination: 'x', payoutMethodId: 'BTC-LN' }), ['Destination']);
  assert.deepEqual(await pathsOf({ destination: ADDRESS, payoutMethodId: 'BTC-CHAIN', amount: 'x' }), ['amount']);
});

test('a payout in 1.x has paymentMethod, amount and paymentMethodAmount', async (t) => {
  const { call, make } = await open(t, { version: '1.13.7' });
  const { id } = (await make({ ...USD, paymentMethods: ['BTC'] })).json;
  const { json } = await call('POST', `/pull-payments/${id}/payouts`, { destination: ADDRESS, paymentMethod: 'BTC' });
  assert.deepEqual(Object.keys(json).sort(), [
    'amount',
    'cryptoCode',
    'date',
    'destination',
    'id',
    'metadata',
    'paymentMethod',
    'paymentMethodAmount',
    'paymentProof',
    'pullPaymentId',
    'revision',
    'state',
  ]);
  assert.deepEqual([json.paymentMethod, json.amount, json.paymentMethodAmount], ['BTC', '65.00', null]);
});

for (const [version, status] of /** @type {const} */ ([
  ['2.4.0', 403],
  ['2.3.9', 404],
])) {
  test(`a payout of another store is answered with ${status} in ${version}`, async (t) => {
    const { sim, call, make } = await open(t, { version });
    const { id } = (await make(USD)).json;
    const payout = sim.pullPayments.claim(id, { destination: ADDRESS });
    const other = sim.addStore();
    const apiKey = sim.addKey([`btcpay.store.canmanagepayouts:${other.id}`]);
    const headers = { Authorization: `token ${apiKey}` };
    const path = `/stores/${other.id}/payouts/${payout.id}`;
    assert.equal((await call('GET', path, undefined, headers)).status, status);
  });
}
