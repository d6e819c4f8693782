import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './world.js';

const CALLBACK = 'https://shop.example/callback?state=a%20b&x=1';
const SHOP = ['btcpay.store.canviewinvoices', 'btcpay.store.cancreateinvoice'];

/** @typedef {Record<string, string | string[]>} Fields */

/** @param {Fields} fields */
function encode(fields) {
  const pairs = Object.entries(fields).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  return new URLSearchParams(pairs);
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../../js/sim/btcpay/index.js').SimOptions} [options]
 */
async function open(t, options) {
  const world = await openWorld(t, options);
  const { sim } = world;
  /**
   * @param {Fields} query
   * @param {Fields} [fields] of a form that is sent
   * @param {Record<string, string>} [headers]
   */
  const ask = async (query, fields, headers = {}) => {
    const address = `${sim.url}/api-keys/authorize?${encode(query)}`;
    const sent = fields && { method: 'POST', body: encode(fields) };
    const response = await fetch(address, { ...sent, headers, redirect: 'manual' });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { ...world, ask };
}

/** What the page's form would send. @param {string} page */
function handedOver(page) {
  const [, action] = /<form method="post" action="([^"]*)" rel="noreferrer">/.exec(page) ?? [];
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  /** @type {[string, string][]} */
  const fields = inputs.map(([, name = '', value = '']) => [name, value]);
  const of = (/** @type {string} */ wanted) => fields.filter(([name]) => name === wanted).map(([, value]) => value);
  return {
    action: action?.replaceAll('&amp;', '&'),
    apiKey: of('apiKey')[0] ?? '',
    userId: of('userId')[0] ?? '',
    permissions: of('permissions[]'),
    names: [...new Set(fields.map(([name]) => name))],
  };
}

test('consent answers 200 with a form that posts apiKey, userId and one permissions[] each to the whole redirect URL (since 1.0.5.6)', async (t) => {
  const { sim, call, ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK, selectiveStores: 'true' };
  const page = await ask(query, { consent: 'yes', storeId: sim.storeId });
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  const sent = handedOver(page.text);
  assert.equal(sent.action, CALLBACK);
  assert.deepEqual(sent.names, ['__RequestVerificationToken', 'apiKey', 'userId', 'permissions[]']);
  assert.match(sent.apiKey, /^[0-9a-f]{40}$/);
  assert.match(sent.userId, /^[0-9a-f-]{36}$/);
  assert.deepEqual(
    sent.permissions,
    SHOP.map((policy) => `${policy}:${sim.storeId}`),
  );
  assert.match(page.text, /<script src="\/sim\/assets\/submit\.js" defer>/);
  assert.match(page.text, /<noscript><button/);
  assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self';.*form-action \*/);
  const headers = { Authorization: `token ${sent.apiKey}` };
  const { json } = await call('GET', '/api-keys/current', undefined, headers);
  assert.deepEqual(json.permissions, sent.permissions);
  assert.equal((await call('GET', `/stores/${sim.storeId}/invoices`, undefined, headers)).status, 200);
  assert.equal((await call('GET', `/stores/${sim.storeId}/webhooks`, undefined, headers)).status, 403);
});

test('permissions is a repeated parameter, and policies the server does not know are dropped without a word', async (t) => {
  const { ask } = await open(t);
  const permissions = [...SHOP, SHOP[0] ?? '', 'btcpay.store.canflytothemoon', 'nonsense'];
  const page = await ask({ permissions, redirect: CALLBACK });
  assert.doesNotMatch(page.text, /<code>[^<]*(canflytothemoon|nonsense)/);
  assert.deepEqual(
    handedOver((await ask({ permissions, redirect: CALLBACK }, { consent: 'yes' })).text).permissions,
    SHOP,
  );
});

test('a policy newer than the server is dropped like any other it does not know', async (t) => {
  const refunds = 'btcpay.store.cancreatenonapprovedpullpayments';
  const query = { permissions: [...SHOP, refunds], redirect: CALLBACK };
  const granted = async (/** @type {string} */ version) => {
    const { ask } = await open(t, { version });
    return handedOver((await ask(query, { consent: 'yes' })).text).permissions;
  };
  assert.deepEqual(await granted('1.7.5'), SHOP);
  assert.deepEqual(await granted('1.7.6'), [...SHOP, refunds]);
});

test('applicationName is the title and the label of the key unless the person writes another', async (t) => {
  const { sim, ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK, applicationName: 'My <b>shop</b>' };
  const { text } = await ask(query);
  assert.match(text, /<h1>My &lt;b&gt;shop&lt;\/b&gt; asks for access<\/h1>/);
  assert.match(text, /<input name="label" value="My &lt;b&gt;shop&lt;\/b&gt;"/);
  const { apiKey } = handedOver((await ask(query, { consent: 'yes', label: 'Till 2' })).text);
  assert.equal(sim.keys.get(apiKey)?.label, 'Till 2');
});

test('a relative redirect is ignored, and without one the person lands on the list of keys', async (t) => {
  const { sim, ask } = await open(t);
  for (const redirect of ['/callback', 'shop.example/callback', 'javascript:alert(1)', '']) {
    const page = await ask({ permissions: SHOP, redirect }, { consent: 'yes', label: 'L' });
    assert.match(page.text, /<h1>API keys<\/h1>/);
    assert.doesNotMatch(page.text, /<form/);
    const [, apiKey = ''] = /<code class="key">([0-9a-f]{40})</.exec(page.text) ?? [];
    assert.deepEqual(sim.keys.get(apiKey)?.permissions, SHOP);
  }
});

test('strict is true unless told otherwise: the person can neither remove nor add a permission', async (t) => {
  const { ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK };
  assert.doesNotMatch((await ask(query)).text, /type="checkbox"/);
  const ticked = [SHOP[0] ?? '', 'unrestricted'];
  assert.deepEqual(handedOver((await ask(query, { consent: 'yes', permissions: ticked })).text).permissions, SHOP);
});

test('strict=false lists every permission of the server, so that the granted set can be smaller or larger', async (t) => {
  const { ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK, strict: 'false' };
  const { text } = await ask(query);
  const boxes = [...text.matchAll(/<input type="checkbox" name="permissions" value="([^"]*)"( checked)?>/g)];
  assert.ok(boxes.length > 40);
  assert.deepEqual(
    boxes.filter(([, , checked]) => checked).map(([, policy]) => policy),
    SHOP,
  );
  const granted = async (/** @type {string[]} */ permissions) =>
    handedOver((await ask(query, { consent: 'yes', permissions })).text).permissions;
  assert.deepEqual(await granted([SHOP[1] ?? '']), [SHOP[1]]);
  assert.deepEqual(await granted([...SHOP, 'btcpay.server.canmanageusers']), [...SHOP, 'btcpay.server.canmanageusers']);
  assert.deepEqual(await granted(['made.up']), []);
});

test('selectiveStores is false unless told otherwise: the key is for all stores', async (t) => {
  const { ask } = await open(t);
  const page = await ask({ permissions: SHOP, redirect: CALLBACK });
  assert.doesNotMatch(page.text, /type="radio"/);
  assert.match(page.text, /In all your stores/);
});

test('with selectiveStores any store policy shows a store picker first, and the key is for the one store picked', async (t) => {
  const { sim, ask } = await open(t);
  const other = sim.addStore({ name: 'Second' });
  const query = { permissions: ['btcpay.store.canviewinvoices'], redirect: CALLBACK, selectiveStores: 'true' };
  const picker = await ask(query);
  assert.deepEqual(
    [...picker.text.matchAll(/type="radio" name="storeId" value="([^"]*)"/g)].map(([, id]) => id),
    [sim.storeId, other.id],
  );
  const consent = await ask(query, { storeId: other.id });
  assert.match(consent.text, /Only in the store “Second”/);
  const sent = handedOver((await ask(query, { consent: 'yes', storeId: other.id })).text);
  assert.deepEqual(sent.permissions, [`btcpay.store.canviewinvoices:${other.id}`]);
  const unknown = await ask(query, { consent: 'yes', storeId: 'nope' });
  assert.match(unknown.text, /type="radio"/);
  const user = await ask({ ...query, permissions: ['btcpay.user.canviewprofile'] });
  assert.doesNotMatch(user.text, /type="radio"/);
});

test('a key is used again for the same identifier and exactly the same redirect URL, after a confirm page', async (t) => {
  const { sim, ask } = await open(t);
  const query = {
    permissions: SHOP,
    redirect: CALLBACK,
    applicationIdentifier: 'kessai',
    selectiveStores: 'true',
  };
  const first = handedOver((await ask(query, { consent: 'yes', storeId: sim.storeId, label: 'Mine' })).text);
  const count = sim.keys.size;
  const confirm = await ask(query);
  assert.match(confirm.text, /given a key before.*Mine/s);
  assert.doesNotMatch(confirm.text, new RegExp(first.apiKey));
  const again = handedOver((await ask(query, { reuse: 'yes' })).text);
  assert.deepEqual([again.apiKey, again.permissions], [first.apiKey, first.permissions]);
  assert.equal(sim.keys.size, count);
  const fewer = await ask({ ...query, permissions: [SHOP[0] ?? ''] });
  assert.match(fewer.text, /given a key before/);
});

test('another state in the redirect URL, another identifier, or a missing permission asks for a new key', async (t) => {
  const { sim, ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK, applicationIdentifier: 'kessai' };
  const first = handedOver((await ask(query, { consent: 'yes' })).text);
  const others = [
    { ...query, redirect: `${CALLBACK}2` },
    { ...query, applicationIdentifier: 'else' },
    { ...query, applicationIdentifier: '' },
    { ...query, permissions: [...SHOP, 'btcpay.store.canmodifystoresettings'] },
  ];
  for (const other of others) {
    assert.doesNotMatch((await ask(other)).text, /given a key before/);
    const sent = handedOver((await ask(other, { reuse: 'yes', consent: 'yes' })).text);
    assert.ok(sim.keys.has(sent.apiKey));
    assert.notEqual(sent.apiKey, first.apiKey);
  }
});

test('strict=false with an earlier key that lacks a permission is answered 500', async (t) => {
  const { ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK, applicationIdentifier: 'kessai' };
  await ask(query, { consent: 'yes' });
  const more = { ...query, permissions: [...SHOP, 'btcpay.store.canmodifyinvoices'], strict: 'false' };
  assert.equal((await ask(more)).status, 500);
  assert.equal((await ask({ ...more, strict: 'true' })).status, 200);
});

test('Cancel leads to the list of keys and never to the shop', async (t) => {
  const { sim, ask } = await open(t);
  const { text } = await ask({ permissions: SHOP, redirect: CALLBACK });
  assert.deepEqual(
    [...text.matchAll(/<a class="quiet" href="([^"]*)"/g)].map(([, href]) => href),
    ['/account/apikeys'],
  );
  const list = await (await fetch(`${sim.url}/account/apikeys`)).text();
  assert.match(list, new RegExp(`…${sim.apiKey.slice(-4)}`));
  assert.doesNotMatch(list, new RegExp(sim.apiKey));
});

test('the page is asked in the language of the browser or of the address, cannot be framed, and takes its own forms only', async (t) => {
  const { sim, ask } = await open(t);
  const query = { permissions: SHOP, redirect: CALLBACK, applicationName: '器の店' };
  const japanese = await ask(query, undefined, { 'Accept-Language': 'ja,en;q=0.8' });
  assert.match(japanese.text, /<html lang="ja">[\s\S]*「器の店」がアクセスを求めています/);
  assert.match((await ask({ ...query, lang: 'en' }, undefined, { 'Accept-Language': 'ja' })).text, /<html lang="en">/);
  assert.equal(japanese.headers.get('x-frame-options'), 'DENY');
  assert.match(japanese.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  const count = sim.keys.size;
  assert.equal((await ask(query, { consent: 'yes' }, { Origin: 'https://evil.example' })).status, 403);
  assert.equal(sim.keys.size, count);
});
