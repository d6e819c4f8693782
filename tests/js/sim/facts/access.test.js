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
