import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from '../world.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */

/** @param {World} world @param {string[]} permissions */
const bearing = ({ sim }, ...permissions) => ({ Authorization: `token ${sim.addKey(permissions)}`, ...JSON_TYPE });

const POLICIES = /** @type {[string, string, string, string][]} */ ([
  ['POST', 'S/invoices', 'cancreateinvoice', '{"amount":"1","currency":"JPY"}'],
  ['GET', 'S/invoices', 'canviewinvoices', ''],
  ['GET', 'S/invoices/I', 'canviewinvoices', ''],
  ['GET', 'S/invoices/I/payment-methods', 'canviewinvoices', ''],
  ['POST', 'S/invoices/I/payment-methods/BTC-LN/activate', 'canviewinvoices', ''],
  ['PUT', 'S/invoices/I', 'canmodifyinvoices', '{}'],
  ['POST', 'S/invoices/I/status', 'canmodifyinvoices', '{"status":"Settled"}'],
  ['DELETE', 'S/invoices/I', 'canmodifyinvoices', ''],
  ['GET', 'S/pull-payments', 'canviewpullpayments', ''],
  ['POST', 'S/pull-payments', 'cancreatenonapprovedpullpayments', '{"amount":"1","currency":"JPY"}'],
  ['GET', 'S/webhooks', 'webhooks.canmodifywebhooks', ''],
  ['POST', 'S/webhooks', 'webhooks.canmodifywebhooks', '{"url":"http://127.0.0.1:1/"}'],
  ['GET', 'S', 'canviewstoresettings', ''],
  ['GET', 'S/payment-methods', 'canviewstoresettings', ''],
  ['GET', 'S/rates', 'canviewstoresettings', ''],
]);

for (const [method, route, policy, body] of POLICIES) {
  test(`${method} ${route.replace('S', 'stores/{s}').replace('I', '{id}')} needs ${policy}, in that store`, async (t) => {
    const world = await openWorld(t);
    const { sim, call, create } = world;
    const { id } = await create();
    const path = `/${route.replace('S', `stores/${sim.storeId}`).replace('/I', `/${id}`)}`;
    const permission = `btcpay.store.${policy}`;
    const send = (/** @type {string[]} */ ...held) => call(method, path, body || undefined, bearing(world, ...held));
    const other = sim.addStore();
    const others = POLICIES.map(([, , name]) => `btcpay.store.${name}`).filter((name) => !brings(name, permission));
    for (const held of [[], [`${permission}:${other.id}`], others]) {
      const { status, json } = await send(...held);
      assert.deepEqual([status, json.code, json.missingPermission], [403, 'missing-permission', permission]);
    }
    assert.equal((await send(`${permission}:${sim.storeId}`)).status, 200);
  });
}

/** What the policies of the table bring with them. @param {string} held @param {string} wanted */
function brings(held, wanted) {
  const [name, included] = [held, wanted].map((policy) => policy.replace('btcpay.store.', ''));
  const table = new Map([
    ['canmodifyinvoices', ['canviewinvoices', 'cancreateinvoice']],
    ['canviewstoresettings', ['canviewinvoices', 'canviewpullpayments']],
    ['cancreatenonapprovedpullpayments', ['canviewpullpayments']],
  ]);
  return name === included || (table.get(name ?? '') ?? []).includes(included ?? '');
}

test('the policy of a permission is read in any case, its store is not', async (t) => {
  const world = await openWorld(t);
  const path = `/stores/${world.sim.storeId}`;
  const ask = async (/** @type {string} */ permission) =>
    (await world.call('GET', path, undefined, bearing(world, permission))).status;
  assert.equal(await ask(`btcpay.store.CanViewStoreSettings:${world.sim.storeId}`), 200);
  assert.equal(await ask('BTCPAY.STORE.CANVIEWSTORESETTINGS'), 200);
  assert.equal(await ask(`btcpay.store.canviewstoresettings:${world.sim.storeId.toLowerCase()}`), 403);
});

test('before 1.2.0 what changes invoices needs canmodifystoresettings', async (t) => {
  const world = await openWorld(t, { version: '1.1.2' });
  const { sim, call, create } = world;
  const { id } = await create();
  const mark = (/** @type {string} */ policy) =>
    call('POST', `/stores/${sim.storeId}/invoices/${id}/status`, { status: 'Settled' }, bearing(world, policy));
  assert.equal((await mark('btcpay.store.canmodifyinvoices')).status, 403);
  assert.equal((await mark('btcpay.store.canmodifystoresettings')).status, 200);
});

test('401 and 403 have JSON bodies since 1.4.0 and none before', async (t) => {
  for (const [version, hasBody] of /** @type {const} */ ([
    ['1.3.7', false],
    ['1.4.0', true],
  ])) {
    const world = await openWorld(t, { version });
    const path = `/stores/${world.sim.storeId}/invoices`;
    const unknown = await world.call('GET', path, undefined, { Authorization: 'token 00' });
    const poor = await world.call('GET', path, undefined, bearing(world));
    assert.deepEqual([unknown.status, poor.status], [401, 403]);
    assert.deepEqual([unknown.text !== '', poor.text !== ''], [hasBody, hasBody], version);
    if (hasBody) assert.deepEqual([unknown.json.code, poor.json.code], ['unauthenticated', 'missing-permission']);
  }
});

test('there is no WWW-Authenticate header', async (t) => {
  const { sim } = await openWorld(t);
  const response = await fetch(`${sim.url}/api/v1/server/info`);
  assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, null]);
});

test('GET server/info, GET api-keys/current and GET stores take any key; without a key they are 401', async (t) => {
  const world = await openWorld(t);
  for (const path of ['/server/info', '/api-keys/current', '/stores']) {
    assert.equal((await world.call('GET', path, undefined, bearing(world))).status, 200, path);
    assert.equal((await world.call('GET', path, undefined, {})).status, 401, path);
  }
});

test('GET health is anonymous', async (t) => {
  const { call } = await openWorld(t);
  assert.deepEqual((await call('GET', '/health', undefined, {})).json, { synchronized: true });
});

test('an API key is 40 lowercase hex characters', async (t) => {
  const { sim } = await openWorld(t);
  assert.match(sim.apiKey, /^[0-9a-f]{40}$/);
});

for (const [version, status] of /** @type {const} */ ([
  ['2.4.0', 403],
  ['2.3.9', 404],
])) {
  test(`a webhook of another store is answered with ${status} in ${version}`, async (t) => {
    const world = await openWorld(t, { version });
    const { sim, call } = world;
    const [webhook = assert.fail()] = sim.webhooks.of(sim.storeId);
    const other = sim.addStore();
    const headers = bearing(world, 'btcpay.store.webhooks.canmodifywebhooks');
    const answer = await call('GET', `/stores/${other.id}/webhooks/${webhook.id}`, undefined, headers);
    assert.equal(answer.status, status);
  });
}

test('misc/permissions lists the policies with what each brings, and needs a key', async (t) => {
  const { sim } = await openWorld(t);
  const ask = (/** @type {Record<string, string>} */ headers) => fetch(`${sim.url}/misc/permissions`, { headers });
  assert.equal((await ask({})).status, 401);
  const listed = /** @type {any[]} */ (await (await ask({ Authorization: `token ${sim.apiKey}` })).json());
  const included = (/** @type {string} */ name) => listed.find((one) => one.name === `btcpay.store.${name}`)?.included;
  const names = (/** @type {string[]} */ ...policies) => policies.map((policy) => `btcpay.store.${policy}`);
  assert.deepEqual(
    included('canmanagepullpayments'),
    names('canarchivepullpayments', 'cancreatenonapprovedpullpayments', 'cancreatepullpayments', 'canviewpullpayments'),
  );
  assert.deepEqual(included('canviewpullpayments'), []);
  assert.ok(included('canmodifystoresettings').includes('btcpay.store.webhooks.canmodifywebhooks'));
});

test('401 without a key and with an unknown one', async (t) => {
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

test('before 2.3.6 the message of 401 is the same for an unknown key', async (t) => {
  const { sim, call } = await openWorld(t, { version: '2.3.5' });
  const { json } = await call('GET', `/stores/${sim.storeId}/invoices`, undefined, { Authorization: 'token 00' });
  assert.equal(json.message, 'Authentication is required for accessing this endpoint');
});

test('the schemes token and Bearer are taken in any case, Basic is not', async (t) => {
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

test('before 2.0.6 Bearer is not known', async (t) => {
  const { sim, call } = await openWorld(t, { version: '2.0.5' });
  const path = `/stores/${sim.storeId}/invoices`;
  assert.equal((await call('GET', path, undefined, { Authorization: `Bearer ${sim.apiKey}` })).status, 401);
  assert.equal((await call('GET', path, undefined, { Authorization: `token ${sim.apiKey}` })).status, 200);
});

test('403 missing-permission, its text and its order, for a key without the policy', async (t) => {
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

test('403, not 404, for an unknown store and for a store the key is not scoped to', async (t) => {
  const { sim, call } = await openWorld(t);
  const other = sim.addStore();
  for (const id of [other.id, 'unknown']) {
    const { status, json } = await call('GET', `/stores/${id}/invoices`);
    assert.deepEqual([status, json.missingPermission], [403, 'btcpay.store.canviewinvoices']);
  }
});

test('an unknown invoice is 404 below its store, 403 on the flat route', async (t) => {
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
  test(`an invoice of another store is ${status} in ${version}`, async (t) => {
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

test('canmodifyinvoices brings canviewinvoices and cancreateinvoice, canmodifystoresettings nearly everything', async (t) => {
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
