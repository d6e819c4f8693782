import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { openWorld, START } from './world.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };

test('2.4 a new invoice has every field, nulls written, and the server answers 200', async (t) => {
  const { sim, call } = await openWorld(t);
  const { status, json, type } = await call('POST', `/stores/${sim.storeId}/invoices`, {
    amount: '1000',
    currency: ' jpy ',
    metadata: { orderId: '1001', itemDesc: 'テスト商品' },
    checkout: { redirectURL: 'https://shop.example/thanks?o={OrderId}', defaultLanguage: 'ja-jp', unknownOption: 1 },
    unknownField: true,
  });
  assert.equal(status, 200);
  assert.match(type, /^application\/json/);
  const { id, ...rest } = json;
  assert.match(id, /^[1-9A-HJ-NP-Za-km-z]{20,22}$/);
  assert.deepEqual(rest, {
    storeId: sim.storeId,
    amount: '1000',
    paidAmount: '0',
    checkoutLink: `${sim.url}/i/${id}`,
    status: 'New',
    additionalStatus: 'None',
    monitoringExpiration: START + 900 + 86_400,
    expirationTime: START + 900,
    createdTime: START,
    availableStatusesForManualMarking: ['Settled', 'Invalid'],
    archived: false,
    paymentMethods: [],
    type: 'Standard',
    currency: 'JPY',
    metadata: { orderId: '1001', itemDesc: 'テスト商品' },
    checkout: {
      speedPolicy: 'MediumSpeed',
      paymentMethods: ['BTC-CHAIN', 'BTC-LN'],
      defaultPaymentMethod: null,
      expirationMinutes: 15,
      monitoringMinutes: 1440,
      paymentTolerance: 0,
      redirectURL: 'https://shop.example/thanks?o={OrderId}',
      redirectAutomatically: false,
      defaultLanguage: 'ja-JP',
      lazyPaymentMethods: null,
    },
    receipt: { enabled: true, showQR: true, showPayments: true },
  });
});

test('2.1 what the request says of the checkout is what the invoice has', async (t) => {
  const { create } = await openWorld(t);
  const { checkout, receipt, monitoringExpiration, expirationTime } = await create({
    checkout: {
      speedPolicy: 'lowspeed',
      paymentMethods: ['btc_lightninglike'],
      defaultPaymentMethod: 'BTC-LightningNetwork',
      expirationMinutes: 30,
      monitoringMinutes: '02:00:00',
      paymentTolerance: 1.5,
      redirectAutomatically: true,
    },
    receipt: { showQR: false, enabled: null },
  });
  assert.deepEqual(checkout, {
    speedPolicy: 'LowSpeed',
    paymentMethods: ['BTC-LN'],
    defaultPaymentMethod: 'BTC-LN',
    expirationMinutes: 30,
    monitoringMinutes: 120,
    paymentTolerance: 1.5,
    redirectURL: null,
    redirectAutomatically: true,
    defaultLanguage: null,
    lazyPaymentMethods: null,
  });
  assert.deepEqual([expirationTime, monitoringExpiration], [START + 1800, START + 1800 + 7200]);
  assert.deepEqual(receipt, { enabled: true, showQR: false, showPayments: true });
});

test('2.1 an invoice without a currency takes the default currency of its store', async (t) => {
  const { create } = await openWorld(t, { store: { defaultCurrency: 'JPY' } });
  assert.equal((await create({ currency: null })).currency, 'JPY');
  assert.equal((await create({ currency: '' })).currency, 'JPY');
});

test('2.3 the tax included is rounded and kept between zero and the amount', async (t) => {
  const { create } = await openWorld(t);
  assert.equal((await create({ metadata: { taxIncluded: '90.6' } })).metadata.taxIncluded, 91);
  assert.equal((await create({ metadata: { taxIncluded: 5000 } })).metadata.taxIncluded, 1000);
  assert.equal((await create({ metadata: { taxIncluded: -1 } })).metadata.taxIncluded, 0);
});

const REFUSED = /** @type {[string, any, { path: string, message?: string }[]][]} */ ([
  ['an amount below zero', { amount: '-1' }, [{ path: 'Amount', message: 'The amount should be 0 or more.' }]],
  ['an amount too large', { amount: '18446744073709551616' }, [{ path: 'Amount' }]],
  ['an amount that is no number', { amount: 'ten' }, [{ path: 'amount' }]],
  ['an amount that is an object', { amount: {} }, [{ path: 'amount' }]],
  [
    'unknown payment methods, each by its place',
    { checkout: { paymentMethods: ['BTC-LN', 'DOGE', null] } },
    [
      { path: 'Checkout.PaymentMethods[1]', message: 'Invalid PaymentMethodId' },
      { path: 'Checkout.PaymentMethods[2]', message: 'Invalid PaymentMethodId' },
    ],
  ],
  ['an expiration below 30 s', { checkout: { expirationMinutes: 0 } }, [{ path: 'Checkout.Expiration' }]],
  [
    'an expiration that is no whole number',
    { checkout: { expirationMinutes: 1.5 } },
    [{ path: 'checkout.expirationMinutes' }],
  ],
  ['a tolerance above 100', { checkout: { paymentTolerance: 100.5 } }, [{ path: 'Checkout.PaymentTolerance' }]],
  ['a tolerance below 0', { checkout: { paymentTolerance: -1 } }, [{ path: 'Checkout.PaymentTolerance' }]],
  ['an unknown language', { checkout: { defaultLanguage: 'tlh' } }, [{ path: 'Checkout.DefaultLanguage' }]],
  ['an unknown speed policy', { checkout: { speedPolicy: 'Fast' } }, [{ path: 'checkout.speedPolicy' }]],
  ['an empty PHP array for metadata', { metadata: [] }, [{ path: 'metadata' }]],
  ['an empty PHP array for the checkout', { checkout: [] }, [{ path: 'checkout' }]],
  [
    'several faults, all named',
    { amount: '-1', checkout: { paymentTolerance: 101 } },
    [{ path: 'Amount' }, { path: 'Checkout.PaymentTolerance' }],
  ],
]);

for (const [name, body, problems] of REFUSED) {
  test(`2.4 422 names the fault: ${name}`, async (t) => {
    const { sim, call, shop } = await openWorld(t);
    const { status, json } = await call('POST', `/stores/${sim.storeId}/invoices`, {
      currency: 'JPY',
      amount: '1',
      ...body,
    });
    assert.equal(status, 422);
    assert.deepEqual(
      json.map((/** @type {any} */ problem) => problem.path),
      problems.map((problem) => problem.path),
    );
    for (const [index, { message }] of problems.entries()) {
      if (message) assert.equal(json[index].message, message);
      assert.equal(typeof json[index].message, 'string');
    }
    await sim.idle();
    assert.deepEqual(shop.received, []);
  });
}

for (const [name, body] of [
  ['malformed JSON', '{"amount":'],
  ['an empty body', ''],
  ['an array', '[]'],
  ['a string', '"x"'],
]) {
  test(`2.4 422 for ${name}`, async (t) => {
    const { sim, call } = await openWorld(t);
    const { status, json } = await call('POST', `/stores/${sim.storeId}/invoices`, body);
    assert.equal(status, 422);
    assert.equal(json[0].path, '');
  });
}

test('2.1 415 for what is not sent as JSON', async (t) => {
  const { sim, call } = await openWorld(t);
  const Authorization = `token ${sim.apiKey}`;
  for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/jsonx']) {
    const headers = { Authorization, 'Content-Type': type };
    const { status, json } = await call('POST', `/stores/${sim.storeId}/invoices`, '{"amount":"1"}', headers);
    assert.deepEqual([status, json.status], [415, 415]);
  }
  const headers = { Authorization, 'Content-Type': 'application/json; charset=utf-8' };
  assert.equal((await call('POST', `/stores/${sim.storeId}/invoices`, '{"amount":"1"}', headers)).status, 200);
});

test('2.4 400 generic-error: no rate, no method left, no wallet', async (t) => {
  const { sim, call } = await openWorld(t);
  const path = `/stores/${sim.storeId}/invoices`;
  const unknown = await call('POST', path, { amount: '1', currency: 'XYZ' });
  assert.deepEqual([unknown.status, unknown.json.code], [400, 'generic-error']);
  assert.match(unknown.json.message, /^Error retrieving a matching payment method or rate\.\n/);
  const none = await call('POST', path, { amount: '1', currency: 'JPY', checkout: { paymentMethods: ['BTC-LNURL'] } });
  assert.deepEqual([none.status, none.json.code], [400, 'generic-error']);
  const { sim: bare, call: callBare } = await openWorld(t, { store: { paymentMethods: [] } });
  const walletless = await callBare('POST', `/stores/${bare.storeId}/invoices`, { amount: '1', currency: 'JPY' });
  assert.match(walletless.json.message, /^No wallet has been linked to your BTCPay Store\./);
});

test('2.4 401 without a key and with an unknown one', async (t) => {
  const { sim, call } = await openWorld(t);
  const path = `/stores/${sim.storeId}/invoices`;
  const missing = await call('GET', path, undefined, {});
  assert.equal(missing.status, 401);
  assert.deepEqual(missing.json, {
    code: 'unauthenticated',
    message: 'Authentication is required for accessing this endpoint',
  });
  const unknown = await call('GET', path, undefined, { Authorization: `token ${'0'.repeat(40)}` });
  assert.equal(unknown.status, 401);
  assert.deepEqual(unknown.json, {
    code: 'unauthenticated',
    message: 'ApiKey authentication failed: Unknown API Key',
  });
});

test('2.3.6: before it the message of 401 is the same for an unknown key', async (t) => {
  const { sim, call } = await openWorld(t, { version: '2.3.5' });
  const { json } = await call('GET', `/stores/${sim.storeId}/invoices`, undefined, { Authorization: 'token 00' });
  assert.equal(json.message, 'Authentication is required for accessing this endpoint');
});

test('1.1 the schemes token and Bearer are taken in any case, Basic is not', async (t) => {
  const { sim, call } = await openWorld(t);
  const path = `/stores/${sim.storeId}/invoices`;
  for (const scheme of ['token', 'Token', 'bearer', 'Bearer  ']) {
    assert.equal(
      (await call('GET', path, undefined, { Authorization: `${scheme} ${sim.apiKey}` })).status,
      200,
      scheme,
    );
  }
  for (const Authorization of [`Basic ${btoa(sim.apiKey)}`, sim.apiKey, 'token', `token ${sim.apiKey} x`]) {
    assert.equal((await call('GET', path, undefined, { Authorization })).status, 401, Authorization);
  }
});

test('2.0.6: before it Bearer is not known', async (t) => {
  const { sim, call } = await openWorld(t, { version: '2.0.5' });
  const path = `/stores/${sim.storeId}/invoices`;
  assert.equal((await call('GET', path, undefined, { Authorization: `Bearer ${sim.apiKey}` })).status, 401);
  assert.equal((await call('GET', path, undefined, { Authorization: `token ${sim.apiKey}` })).status, 200);
});

test('2.4 403 missing-permission, its text and its order, for a key without the policy', async (t) => {
  const { sim, call } = await openWorld(t);
  const apiKey = sim.addKey([`btcpay.store.canviewinvoices:${sim.storeId}`]);
  const headers = { Authorization: `token ${apiKey}`, ...JSON_TYPE };
  const { status, text } = await call('POST', `/stores/${sim.storeId}/invoices`, { amount: '1' }, headers);
  assert.equal(status, 403);
  assert.equal(
    text,
    '{"missingPermission":"btcpay.store.cancreateinvoice","code":"missing-permission","message":"Insufficient API ' +
      'Permissions. Please use an API key with permission \\"btcpay.store.cancreateinvoice\\". You can create an API key ' +
      'in your account\'s settings / Api Keys."}',
  );
  assert.equal((await call('GET', `/stores/${sim.storeId}/invoices`, undefined, headers)).status, 200);
});

test('2.4 403, not 404, for an unknown store and for a store the key is not scoped to', async (t) => {
  const { sim, call } = await openWorld(t);
  const other = sim.addStore();
  for (const id of [other.id, 'unknown']) {
    const { status, json } = await call('GET', `/stores/${id}/invoices`);
    assert.deepEqual([status, json.missingPermission], [403, 'btcpay.store.canviewinvoices']);
  }
});

test('2.4 an unknown invoice is 404 below its store, 403 on the flat route', async (t) => {
  const { sim, call } = await openWorld(t);
  const below = await call('GET', `/stores/${sim.storeId}/invoices/HMprBnL9BTXWuPvpoKBS6e`);
  assert.equal(below.status, 404);
  assert.deepEqual(below.json, { code: 'invoice-not-found', message: 'The invoice was not found' });
  const flat = await call('GET', '/invoices/HMprBnL9BTXWuPvpoKBS6e');
  assert.deepEqual([flat.status, flat.json.code], [403, 'missing-permission']);
});

for (const [version, status] of /** @type {const} */ ([
  ['2.4.1', 403],
  ['2.3.5', 404],
])) {
  test(`2.4 an invoice of another store is ${status} in ${version}`, async (t) => {
    const { sim, call, create } = await openWorld(t, { version });
    const { id } = await create();
    const other = sim.addStore();
    const apiKey = sim.addKey(['btcpay.store.canviewinvoices']);
    const answer = await call('GET', `/stores/${other.id}/invoices/${id}`, undefined, {
      Authorization: `token ${apiKey}`,
    });
    assert.equal(answer.status, status);
  });
}

test('1.2 canmodifyinvoices brings canviewinvoices and cancreateinvoice, canmodifystoresettings nearly everything', async (t) => {
  const { sim, call } = await openWorld(t);
  const path = `/stores/${sim.storeId}`;
  const reach = async (/** @type {string[]} */ ...permissions) => {
    const headers = { Authorization: `token ${sim.addKey(permissions)}`, ...JSON_TYPE };
    const calls = [
      call('POST', `${path}/invoices`, { amount: '1', currency: 'JPY' }, headers),
      call('GET', `${path}/invoices`, undefined, headers),
      call('GET', path, undefined, headers),
      call('GET', `${path}/webhooks`, undefined, headers),
    ];
    return (await Promise.all(calls)).map(({ status }) => status);
  };
  assert.deepEqual(await reach('btcpay.store.canmodifyinvoices'), [200, 200, 403, 403]);
  assert.deepEqual(await reach('btcpay.store.CanViewStoreSettings'), [403, 200, 200, 403]);
  assert.deepEqual(await reach('btcpay.store.canmodifystoresettings'), [200, 200, 200, 200]);
  assert.deepEqual(await reach('unrestricted'), [200, 200, 200, 200]);
  assert.deepEqual(await reach(), [403, 403, 403, 403]);
});

test('2.0 the flat item routes are there from 2.4.0 on', async (t) => {
  for (const [version, status] of /** @type {const} */ ([
    ['2.4.0', 200],
    ['2.3.9', 501],
  ])) {
    const { call, create } = await openWorld(t, { version });
    const { id } = await create();
    assert.equal((await call('GET', `/invoices/${id}`)).status, status, version);
  }
});

test('2.4 checkoutLink repeats the host and root path of the request', async (t) => {
  const { sim, create, call } = await openWorld(t, { rootPath: '/btcpay' });
  assert.match(sim.url, /\/btcpay$/);
  const { id, checkoutLink } = await create();
  assert.equal(checkoutLink, `${sim.url}/i/${id}`);
  const { port } = new URL(sim.url);
  const viaName = await new Promise((resolve, reject) => {
    const path = `/btcpay/api/v1/invoices/${id}`;
    const headers = { Host: `localhost:${port}`, Authorization: `token ${sim.apiKey}` };
    http
      .get({ host: '127.0.0.1', port, path, headers }, async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve(JSON.parse(text).checkoutLink);
      })
      .on('error', reject);
  });
  assert.equal(viaName, `http://localhost:${port}/btcpay/i/${id}`);
  assert.equal((await call('GET', `/invoices/${id}`)).json.checkoutLink, checkoutLink);
});

test('3.1 the list filters by order, status, time, text and archive, newest first', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const first = await create({ metadata: { orderId: 1001, buyerEmail: 'hanako@example.com' } });
  await sim.advance(60);
  const second = await create({ metadata: { orderId: '1002' }, additionalSearchTerms: ['gift'] });
  await sim.advance(60);
  const third = await create({ metadata: { orderId: '1002' } });
  sim.pay(third.id);
  const ids = async (/** @type {string} */ query) =>
    (await call('GET', `/stores/${sim.storeId}/invoices?${query}`)).json.map((/** @type {any} */ { id }) => id);
  assert.deepEqual(await ids(''), [third.id, second.id, first.id]);
  assert.deepEqual(await ids('orderId=1001'), [first.id]);
  assert.deepEqual(await ids('orderId=1001&orderId=1002'), [third.id, second.id, first.id]);
  assert.deepEqual(await ids('status=Settled'), [third.id]);
  assert.deepEqual(await ids('status=complete&status=nonsense'), [third.id]);
  assert.deepEqual(await ids('status=nonsense'), [third.id, second.id, first.id]);
  assert.deepEqual(await ids(`startDate=${START + 60}&endDate=${START + 60}`), [second.id]);
  assert.deepEqual(await ids('textSearch=HANAKO'), [first.id]);
  assert.deepEqual(await ids('textSearch=gift'), [second.id]);
  assert.deepEqual(await ids('skip=1&take=1'), [second.id]);
  const archived = await call('DELETE', `/stores/${sim.storeId}/invoices/${second.id}`);
  assert.deepEqual([archived.status, archived.text], [200, '']);
  assert.deepEqual(await ids(''), [third.id, first.id]);
  assert.deepEqual(await ids('includeArchived=true'), [third.id, second.id, first.id]);
  assert.equal((await call('GET', `/invoices/${second.id}`)).json.archived, true);
});

test('3.1 422 for dates that are none, or in the wrong order', async (t) => {
  const { sim, call } = await openWorld(t);
  const bad = await call('GET', `/stores/${sim.storeId}/invoices?startDate=yesterday`);
  assert.deepEqual([bad.status, bad.json.map((/** @type {any} */ { path }) => path)], [422, ['startDate']]);
  const swapped = await call('GET', `/stores/${sim.storeId}/invoices?startDate=2&endDate=1`);
  assert.deepEqual(
    [swapped.status, swapped.json.map((/** @type {any} */ { path }) => path)],
    [422, ['startDate', 'endDate']],
  );
});

test('3.1 PUT replaces all metadata; without metadata it changes nothing', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create({ metadata: { orderId: '1', itemDesc: 'x' } });
  assert.deepEqual((await call('PUT', `/invoices/${id}`, {})).json.metadata, { orderId: '1', itemDesc: 'x' });
  assert.deepEqual((await call('PUT', `/invoices/${id}`, { metadata: { note: 'y' } })).json.metadata, { note: 'y' });
});

test('3.1 POST status refuses what is neither Settled nor Invalid', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create();
  for (const status of ['New', 'Processing', 'Expired']) {
    assert.deepEqual((await call('POST', `/invoices/${id}/status`, { status })).json[0].path, 'Status');
  }
  assert.equal((await call('POST', `/invoices/${id}/status`, { status: 'Paid' })).status, 422);
  assert.equal((await call('GET', `/invoices/${id}`)).json.status, 'New');
});

test('2.4 unarchive twice is an error', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create();
  await call('DELETE', `/invoices/${id}`);
  assert.equal((await call('POST', `/invoices/${id}/unarchive`)).json.archived, false);
  const again = await call('POST', `/invoices/${id}/unarchive`);
  assert.deepEqual([again.status, again.json.code], [400, 'already-unarchived']);
});

test('3.1 payment methods: what is due, paid and overpaid, in coins', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const { id } = await create({ amount: '49.90', currency: 'USD' });
  const read = async () => (await call('GET', `/stores/${sim.storeId}/invoices/${id}/payment-methods`)).json;
  const [chain, lightning] = await read();
  assert.deepEqual(Object.keys(chain).sort(), [
    'activated',
    'additionalData',
    'amount',
    'currency',
    'destination',
    'due',
    'paymentLink',
    'paymentMethodFee',
    'paymentMethodId',
    'paymentMethodPaid',
    'payments',
    'rate',
    'totalPaid',
  ]);
  assert.deepEqual(
    [chain.paymentMethodId, chain.currency, chain.rate, chain.due],
    ['BTC-CHAIN', 'BTC', '65000', '0.0007677'],
  );
  assert.match(chain.paymentLink, /^bitcoin:bcrt1q\w+\?amount=0\.0007677$/);
  assert.equal(lightning.due, '0.00076769231');
  const payment = sim.pay(id, { method: 'onchain', amount: '0.001' });
  const [paid] = await read();
  assert.deepEqual([paid.paymentMethodPaid, paid.totalPaid, paid.due], ['0.001', '0.001', '-0.0002323']);
  const { value, status, fee, receivedDate } = paid.payments[0];
  assert.deepEqual(
    { value, status, fee, receivedDate },
    { value: '0.001', status: 'Processing', fee: '0.0', receivedDate: START },
  );
  assert.match(payment.id, /^[0-9a-f]{64}-0$/);
  assert.equal((await call('GET', `/invoices/${id}`)).json.paidAmount, '65.00');
});

test('2.4.1 includePaymentMethods fills paymentMethods', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const { id } = await create();
  const one = (await call('GET', `/invoices/${id}?includePaymentMethods=true`)).json;
  assert.deepEqual(
    one.paymentMethods.map((/** @type {any} */ method) => method.paymentMethodId),
    ['BTC-CHAIN', 'BTC-LN'],
  );
  const [listed] = (await call('GET', `/stores/${sim.storeId}/invoices?includePaymentMethods=true`)).json;
  assert.equal(listed.paymentMethods.length, 2);
});

test('2.1 lazy payment methods have no destination before they are activated', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create({ checkout: { lazyPaymentMethods: true } });
  const methods = async () => (await call('GET', `/invoices/${id}/payment-methods`)).json;
  assert.deepEqual(
    (await methods()).map((/** @type {any} */ method) => [method.activated, method.destination]),
    [
      [false, null],
      [false, null],
    ],
  );
  assert.equal((await call('POST', `/invoices/${id}/payment-methods/BTC_LightningLike/activate`)).text, '');
  const [chain, lightning] = await methods();
  assert.deepEqual([chain.activated, lightning.activated], [false, true]);
  assert.match(lightning.destination, /^lnbcrt100000n1/);
  assert.equal((await call('POST', `/invoices/${id}/payment-methods/DOGE/activate`)).status, 422);
});

test('3.5 server, store, key and health', async (t) => {
  const { sim, call } = await openWorld(t, { version: '2.3.6', store: { name: '店', defaultCurrency: 'JPY' } });
  assert.equal((await call('GET', '/server/info')).json.version, '2.3.6');
  const store = (await call('GET', `/stores/${sim.storeId}`)).json;
  assert.deepEqual(
    [store.id, store.name, store.defaultCurrency, store.invoiceExpiration],
    [sim.storeId, '店', 'JPY', 900],
  );
  assert.deepEqual((await call('GET', '/stores')).json, [store]);
  assert.deepEqual((await call('GET', `/stores/${sim.storeId}/payment-methods?onlyEnabled=true`)).json, [
    { enabled: true, paymentMethodId: 'BTC-CHAIN' },
    { enabled: true, paymentMethodId: 'BTC-LN' },
  ]);
  const key = (await call('GET', '/api-keys/current')).json;
  assert.equal(key.apiKey, sim.apiKey);
  assert.match(key.apiKey, /^[0-9a-f]{40}$/);
  assert.ok(key.permissions.includes(`btcpay.store.cancreateinvoice:${sim.storeId}`));
  assert.deepEqual((await call('GET', '/health', undefined, {})).json, { synchronized: true });
  assert.equal((await call('DELETE', '/api-keys/current')).status, 200);
  assert.equal((await call('GET', '/api-keys/current')).status, 401);
});

test('an unknown route is 501 and remembered; a known one is not', async (t) => {
  const { sim, call } = await openWorld(t);
  await call('GET', '/health');
  assert.deepEqual(sim.unknownRoutes, []);
  assert.equal((await call('GET', '/users/me')).status, 501);
  assert.equal((await call('PATCH', '/health')).status, 501);
  assert.deepEqual(sim.unknownRoutes, [
    { method: 'GET', path: '/api/v1/users/me' },
    { method: 'PATCH', path: '/api/v1/health' },
  ]);
});

test('only loopback names are answered, and bodies up to 1 MB', async (t) => {
  const { sim, call } = await openWorld(t);
  const { port } = new URL(sim.url);
  const statusFor = (/** @type {string} */ host) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/api/v1/health', headers: { Host: host } };
      http.get(options, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
  assert.equal(await statusFor(`localhost:${port}`), 200);
  assert.equal(await statusFor(`[::1]:${port}`), 200);
  for (const host of ['evil.example', `127.0.0.1.evil.example:${port}`, `localhost@evil.example`, '0.0.0.0']) {
    assert.equal(await statusFor(host), 421, host);
  }
  const large = await call('POST', `/stores/${sim.storeId}/invoices`, {
    amount: '1',
    metadata: { x: 'x'.repeat(1024 * 1024) },
  });
  assert.equal(large.status, 413);
});

test('versions the simulator cannot play are refused', async (t) => {
  await assert.rejects(openWorld(t, { version: '1.0.5.6' }), /from 1\.0\.6 on/);
  await assert.rejects(openWorld(t, { version: 'latest' }), /not a version/);
});
