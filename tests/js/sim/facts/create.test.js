import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { openWorld, START } from '../world.js';

test('a new invoice has every field, nulls written, and the server answers 200', async (t) => {
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

test('what the request says of the checkout is what the invoice has', async (t) => {
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

test('an invoice without a currency takes the default currency of its store', async (t) => {
  const { create } = await openWorld(t, { store: { defaultCurrency: 'JPY' } });
  assert.equal((await create({ currency: null })).currency, 'JPY');
  assert.equal((await create({ currency: '' })).currency, 'JPY');
});

test('the tax included is rounded and kept between zero and the amount', async (t) => {
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
  test(`422 names the fault: ${name}`, async (t) => {
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
  test(`422 for ${name}`, async (t) => {
    const { sim, call } = await openWorld(t);
    const { status, json } = await call('POST', `/stores/${sim.storeId}/invoices`, body);
    assert.equal(status, 422);
    assert.equal(json[0].path, '');
  });
}

test('415 for what is not sent as JSON', async (t) => {
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

test('400 generic-error: no rate, no method left, no wallet', async (t) => {
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

test('checkoutLink repeats the host and root path of the request', async (t) => {
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

test('a span of time is taken for minutes, and monitoring counts from the expiration', async (t) => {
  const { create } = await openWorld(t);
  const { expirationTime, monitoringExpiration } = await create({
    checkout: { expirationMinutes: '00:10:00', monitoringMinutes: 5 },
  });
  assert.deepEqual([expirationTime, monitoringExpiration], [START + 600, START + 900]);
});

test('a default payment method that is none is silently ignored', async (t) => {
  const { create } = await openWorld(t);
  assert.equal((await create({ checkout: { defaultPaymentMethod: 'DOGE' } })).checkout.defaultPaymentMethod, null);
});

test('a payment method the store has no wallet for is left out without a word', async (t) => {
  const { create } = await openWorld(t);
  const { checkout } = await create({ checkout: { paymentMethods: ['BTC-LNURL', 'BTC-LN'] } });
  assert.deepEqual(checkout.paymentMethods, ['BTC-LN']);
});

test('what is not said of the checkout is the setting of the store', async (t) => {
  const store = {
    speedPolicy: /** @type {const} */ ('LowSpeed'),
    paymentTolerance: '2',
    redirectAutomatically: true,
    invoiceExpiration: 120,
    monitoringExpiration: 60,
  };
  const { create } = await openWorld(t, { store });
  const { checkout } = await create();
  const { speedPolicy, paymentTolerance, redirectAutomatically, expirationMinutes, monitoringMinutes } = checkout;
  assert.deepEqual(
    [speedPolicy, paymentTolerance, redirectAutomatically, expirationMinutes, monitoringMinutes],
    ['LowSpeed', 2, true, 2, 1],
  );
});

for (const [asked, used] of [
  ['it-it', 'it-IT'],
  ['ja', 'ja-JP'],
  ['EN-us', 'en'],
]) {
  test(`the language ${asked} is taken for ${used}`, async (t) => {
    const { create } = await openWorld(t);
    assert.equal((await create({ checkout: { defaultLanguage: asked } })).checkout.defaultLanguage, used);
  });
}

test('an address to return to that is not http is stored, echoed and never followed', async (t) => {
  const { sim, create } = await openWorld(t);
  const { id, checkout } = await create({ checkout: { redirectURL: 'javascript:alert(1)' } });
  assert.equal(checkout.redirectURL, 'javascript:alert(1)');
  const { returnUrl } = await (await fetch(`${sim.url}/sim/invoices/${id}`)).json();
  assert.equal(returnUrl, null);
});

test('the address to return to has its placeholders filled in, in any case, and is echoed as it was sent', async (t) => {
  const { sim, create } = await openWorld(t);
  const redirectURL = 'https://shop.example/?i={invoiceid}&o={OrderId}';
  const { id, checkout } = await create({ checkout: { redirectURL }, metadata: { orderId: 'a&b' } });
  assert.equal(checkout.redirectURL, redirectURL);
  const { returnUrl } = await (await fetch(`${sim.url}/sim/invoices/${id}`)).json();
  assert.equal(returnUrl, `https://shop.example/?i=${id}&o=a%26b`);
});

test('metadata is kept verbatim, whatever its members mean', async (t) => {
  const { create } = await openWorld(t);
  const metadata = { orderId: 7, posData: '{"a":1}', receiptData: { a: 'b' }, physical: null, own: [1, { x: '店' }] };
  assert.deepEqual((await create({ metadata })).metadata, metadata);
});

test('many invoices may have one orderId, and 0 and the empty text are orderIds', async (t) => {
  const { sim, call, create } = await openWorld(t);
  for (const orderId of ['1', 1, 0, '']) await create({ metadata: { orderId } });
  const count = async (/** @type {string} */ orderId) =>
    (await call('GET', `/stores/${sim.storeId}/invoices?orderId=${orderId}`)).json.length;
  assert.deepEqual([await count('1'), await count('0'), await count('')], [2, 1, 1]);
});

test('null for metadata and checkout is like leaving them out', async (t) => {
  const { create } = await openWorld(t);
  const { metadata, checkout } = await create({ metadata: null, checkout: null });
  assert.deepEqual([metadata, checkout.speedPolicy], [{}, 'MediumSpeed']);
});

test('the type asked for is ignored: the amount decides it', async (t) => {
  const { create } = await openWorld(t);
  assert.equal((await create({ type: 'TopUp' })).type, 'Standard');
  assert.equal((await create({ amount: null, type: 'Standard' })).type, 'TopUp');
});
