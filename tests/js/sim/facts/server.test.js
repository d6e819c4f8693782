import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, START } from '../world.js';

/** @param {import('node:test').TestContext} t @param {string} version @param {string[]} [paymentMethods] */
async function methodsOf(t, version, paymentMethods = ['BTC-CHAIN', 'BTC-LN']) {
  const { sim, call } = await openWorld(t, { version, store: { paymentMethods } });
  return async (query = '') => (await call('GET', `/stores/${sim.storeId}/payment-methods${query}`)).json;
}

test('2.x lists the payment methods of a store, with their config on request only', async (t) => {
  const read = await methodsOf(t, '2.0.0');
  const expected = [
    { enabled: true, paymentMethodId: 'BTC-CHAIN' },
    { enabled: true, paymentMethodId: 'BTC-LN' },
  ];
  assert.deepEqual(await read(), expected);
  assert.deepEqual(await read('?onlyEnabled=true'), expected);
  assert.equal((await read('?includeConfig=true')).missingPermission, 'btcpay.store.canmodifystoresettings');
});

test('1.x answers with an object by payment method id', async (t) => {
  const read = await methodsOf(t, '1.13.7');
  const method = { enabled: true, cryptoCode: 'BTC', data: {} };
  assert.deepEqual(await read(), { BTC: method, 'BTC-LightningNetwork': method });
});

test('the enabled filter of 1.x leaves no enabled method, whichever way it is asked for', async (t) => {
  const read = await methodsOf(t, '1.13.7');
  assert.deepEqual([await read('?enabled=true'), await read('?enabled=false')], [{}, {}]);
});

test('a store without a wallet has no payment methods', async (t) => {
  assert.deepEqual(await (await methodsOf(t, '2.4.1', []))(), []);
  assert.deepEqual(await (await methodsOf(t, '1.13.7', []))(), {});
});

test('the payment methods of a store are there since 1.2.0, for canviewstoresettings since 1.3.0', async (t) => {
  for (const [version, status] of /** @type {const} */ ([
    ['1.1.2', 501],
    ['1.2.0', 403],
    ['1.3.0', 200],
  ])) {
    const { sim, call } = await openWorld(t, { version });
    assert.equal((await call('GET', `/stores/${sim.storeId}/payment-methods`)).status, status, version);
  }
});

test('a store tells its times in seconds and what it was set to', async (t) => {
  const given = {
    name: '店',
    website: 'https://shop.example/',
    defaultCurrency: 'JPY',
    invoiceExpiration: 600,
    monitoringExpiration: 7200,
    speedPolicy: /** @type {const} */ ('HighSpeed'),
    redirectAutomatically: true,
    defaultPaymentMethod: 'BTC-LN',
    lazyPaymentMethods: true,
  };
  const { sim, call } = await openWorld(t, { store: { ...given, paymentTolerance: '1.5' } });
  const store = (await call('GET', `/stores/${sim.storeId}`)).json;
  const told = Object.fromEntries(Object.keys(given).map((name) => [name, store[name]]));
  assert.deepEqual(told, given);
  assert.deepEqual([store.id, store.paymentTolerance], [sim.storeId, 1.5]);
  assert.deepEqual(store.receipt, { enabled: true, showQR: true, showPayments: true });
});

for (const [member, before, since] of /** @type {const} */ ([
  ['defaultCurrency', '1.2.4', '1.3.0'],
  ['receipt', '1.5.4', '1.6.0'],
  ['brandColor', '1.13.7', '2.0.0'],
  ['additionalTrackedRates', '2.1.6', '2.2.0'],
])) {
  test(`a store has ${member} since ${since}`, async (t) => {
    for (const [version, has] of /** @type {const} */ ([
      [before, false],
      [since, true],
    ])) {
      const { sim, call } = await openWorld(t, { version });
      assert.equal(Object.hasOwn((await call('GET', `/stores/${sim.storeId}`)).json, member), has, version);
    }
  });
}

test('stores lists only those the key is scoped to', async (t) => {
  const { sim, call } = await openWorld(t);
  const other = sim.addStore({ name: 'Other' });
  const ids = async (/** @type {string} */ permission) => {
    const headers = { Authorization: `token ${sim.addKey([permission])}` };
    return (await call('GET', '/stores', undefined, headers)).json.map((/** @type {any} */ { id }) => id);
  };
  assert.deepEqual(await ids(`btcpay.store.canviewstoresettings:${other.id}`), [other.id]);
  assert.deepEqual(await ids('btcpay.store.canviewstoresettings'), [sim.storeId, other.id]);
});

test('server/info names the payment methods of its release', async (t) => {
  const modern = await openWorld(t);
  const info = (await modern.call('GET', '/server/info')).json;
  assert.deepEqual(info.supportedPaymentMethods, ['BTC-CHAIN', 'BTC-LN', 'BTC-LNURL']);
  assert.deepEqual([info.onion, info.fullySynched, info.syncStatus[0].paymentMethodId], [null, true, 'BTC-CHAIN']);
  const old = await openWorld(t, { version: '1.13.7' });
  const { supportedPaymentMethods, syncStatus } = (await old.call('GET', '/server/info')).json;
  assert.deepEqual(supportedPaymentMethods, ['BTC', 'BTC_LightningLike', 'BTC_LNURLPAY']);
  assert.deepEqual([syncStatus[0].cryptoCode, syncStatus[0].paymentMethodId], ['BTC', undefined]);
});

test('rates are told for the pairs asked for, with a reason where there is none (1.7.0)', async (t) => {
  const { sim, call } = await openWorld(t);
  const read = (/** @type {string} */ query) => call('GET', `/stores/${sim.storeId}/rates${query}`);
  sim.prices.JPY = '12000000';
  assert.deepEqual((await read('?currencyPair=BTC_JPY&currencyPair=BTCUSD&currencyPair=BTC_XYZ')).json, [
    { currencyPair: 'BTC_JPY', rate: '12000000', errors: [] },
    { currencyPair: 'BTC_USD', rate: '65000', errors: [] },
    { currencyPair: 'BTC_XYZ', rate: null, errors: ['No rate is known for BTC_XYZ'] },
  ]);
  const { status, json } = await read('?currencyPair=yen');
  assert.deepEqual([status, json[0].path], [422, 'currencyPair']);
  assert.deepEqual((await read('')).json, []);
  const old = await openWorld(t, { version: '1.6.12' });
  assert.equal((await old.call('GET', `/stores/${old.sim.storeId}/rates`)).status, 501);
});

test('api-keys/current tells the key its label and permissions, and deleting it revokes it', async (t) => {
  const { sim, call } = await openWorld(t);
  const permissions = [`btcpay.store.canviewinvoices:${sim.storeId}`];
  const apiKey = sim.addKey(permissions);
  const headers = { Authorization: `token ${apiKey}` };
  const { json } = await call('GET', '/api-keys/current', undefined, headers);
  assert.deepEqual(json, { apiKey, label: 'kessai', permissions });
  assert.equal((await call('DELETE', '/api-keys/current', undefined, headers)).status, 200);
  assert.equal((await call('GET', '/api-keys/current', undefined, headers)).status, 401);
  assert.equal((await call('GET', '/server/info')).status, 200);
});

test('misc/lang lists the languages of the checkout by the codes defaultLanguage takes', async (t) => {
  const { sim } = await openWorld(t);
  const answer = await fetch(`${sim.url}/misc/lang`, { headers: { Authorization: `token ${sim.apiKey}` } });
  const listed = /** @type {any[]} */ (await answer.json());
  assert.deepEqual(
    listed.find(({ code }) => code === 'ja-JP'),
    { code: 'ja-JP', currentLanguage: '日本語' },
  );
  assert.ok(listed.length > 40);
  assert.equal((await fetch(`${sim.url}/misc/lang`)).status, 401);
});

test('a server that catches up with the chain says so', async (t) => {
  const { sim, call } = await openWorld(t);
  sim.isSynchronised = false;
  assert.deepEqual((await call('GET', '/health', undefined, {})).json, { synchronized: false });
  assert.equal((await call('GET', '/server/info')).json.fullySynched, false);
});

test('answers bear the time of the simulator’s clock', async (t) => {
  const { sim } = await openWorld(t);
  await sim.advance(90);
  const { headers } = await fetch(`${sim.url}/api/v1/health`);
  assert.equal(Date.parse(headers.get('date') ?? '') / 1000, START + 90);
});
