import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { assemble } from '../../../js/api.js';
import { database } from './database.js';
import { fails, fakeCore } from './fakeCore.js';
import { gateway } from './gateway.js';

/** @import { Kessai, Options, Reply, Settings } from '../../../js/index.js' */

const CANARY = 'canary-7f3a';
const SETTINGS = /** @type {Settings} */ (
  /** @type {unknown} */ ({ serverUrl: 'http://127.0.0.1:1', apiKey: CANARY, language: 'ja' })
);
const ROW = { record: '{"v":1}', shop: { status: 'pending' } };
const NOW = 1700000000;

/**
 * @param {Record<string, (input: any, raw: any) => Reply>} ops
 * @param {Partial<Options>} [options]
 */
function shopOf(ops, options) {
  const shop = database({ 1: { ...ROW } });
  const core = fakeCore(ops);
  const kessai = assemble(core, { settings: SETTINGS, orders: shop.orders, now: () => NOW, logger: {}, ...options });
  return { kessai, shop, calls: core.calls };
}

/** What `createKessai` adds by itself; here it is told, to be compared. */
const RANDOM = /** @type {object} */ ({ random: '0123456789abcdef0123456789abcdef' });

const ASKED = {
  serverUrl: 'https://x.example',
  applicationName: 'Shop',
  applicationIdentifier: 'kessai',
  callbackUrl: 'https://shop.example/cb',
  session: 's',
};

/**
 * Every function with what the caller gives, what the core then gets, and how its order is found.
 * @type {[string, (kessai: any) => Promise<unknown>, object, object?, string?][]}
 */
const FUNCTIONS = [
  [
    'btcpay.createInvoice',
    (kessai) => kessai.btcpay.createInvoice({ order: { id: '1' }, viaOnion: true }),
    { settings: SETTINGS, order: { id: '1' }, viaOnion: true, ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'btcpay.getInvoice',
    (kessai) => kessai.btcpay.getInvoice({ invoiceId: 'inv' }),
    { settings: SETTINGS, invoiceId: 'inv' },
  ],
  ['btcpay.listInvoices', (kessai) => kessai.btcpay.listInvoices({ take: 5 }), { settings: SETTINGS, take: 5 }],
  ['btcpay.listInvoices', (kessai) => kessai.btcpay.listInvoices(), { settings: SETTINGS }],
  [
    'btcpay.paymentMethods',
    (kessai) => kessai.btcpay.paymentMethods({ invoiceId: 'inv' }),
    { settings: SETTINGS, invoiceId: 'inv' },
  ],
  [
    'btcpay.markInvoice',
    (kessai) => kessai.btcpay.markInvoice({ orderId: '1', invoiceId: 'inv', status: 'settled' }),
    { settings: SETTINGS, orderId: '1', invoiceId: 'inv', status: 'settled', ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'btcpay.closeInvoice',
    (kessai) => kessai.btcpay.closeInvoice({ orderId: '1', invoiceId: 'inv' }),
    { settings: SETTINGS, orderId: '1', invoiceId: 'inv', ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'btcpay.refundInvoice',
    (kessai) => kessai.btcpay.refundInvoice({ orderId: '1', key: 'k', kind: 'fiat' }),
    { settings: SETTINGS, orderId: '1', key: 'k', kind: 'fiat', ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'btcpay.readWebhook',
    (kessai) => kessai.btcpay.readWebhook({ headers: { 'btcpay-sig': 's' } }, 'body'),
    { settings: SETTINGS, headers: { 'btcpay-sig': 's' }, now: NOW },
    undefined,
    'body',
  ],
  [
    'btcpay.signWebhook',
    (kessai) => kessai.btcpay.signWebhook({ secret: 's' }, 'body'),
    { secret: 's' },
    undefined,
    'body',
  ],
  [
    'order.apply',
    (kessai) => kessai.order.apply({ orderId: '1', check: true }),
    { settings: SETTINGS, orderId: '1', check: true, ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'order.erase',
    (kessai) => kessai.order.erase({ orderId: '1' }),
    { orderId: '1', ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'order.acknowledge',
    (kessai) => kessai.order.acknowledge({ orderId: '1', keys: ['alert/paidTwice/order'] }),
    { orderId: '1', keys: ['alert/paidTwice/order'], ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'order.statement',
    (kessai) => kessai.order.statement({ orderId: '1' }),
    { settings: SETTINGS, orderId: '1', ...ROW, now: NOW },
    { orderId: '1' },
  ],
  [
    'checkout.signReturn',
    (kessai) => kessai.checkout.signReturn({ orderId: '1', purpose: 'return', validFor: 60 }),
    { settings: SETTINGS, orderId: '1', purpose: 'return', validFor: 60, now: NOW },
  ],
  [
    'checkout.verifyReturn',
    (kessai) => kessai.checkout.verifyReturn({ token: null, purpose: 'status' }),
    { settings: SETTINGS, token: null, purpose: 'status', now: NOW },
  ],
  [
    'checkout.standing',
    (kessai) => kessai.checkout.standing({ record: '{"v":2}' }),
    { record: '{"v":2}', language: 'ja' },
  ],
  [
    'btcpay.authorizeUrl',
    (kessai) => kessai.btcpay.authorizeUrl({ ...ASKED, ...RANDOM }),
    { ...ASKED, ...RANDOM, language: 'ja', now: NOW },
  ],
  [
    'btcpay.readAuthorization',
    (kessai) => kessai.btcpay.readAuthorization({ connection: null, state: 's' }, 'apiKey=1'),
    { connection: null, state: 's', language: 'ja', now: NOW },
    undefined,
    'apiKey=1',
  ],
  [
    'btcpay.openAuthorization',
    (kessai) => kessai.btcpay.openAuthorization({ connection: null, session: 's' }),
    { connection: null, session: 's', language: 'ja', now: NOW },
  ],
  [
    'btcpay.checkConnection',
    (kessai) => kessai.btcpay.checkConnection({ serverUrl: 'https://x.example', apiKey: 'k', language: 'en' }),
    { serverUrl: 'https://x.example', apiKey: 'k', language: 'en' },
  ],
  [
    'btcpay.registerWebhook',
    (kessai) => kessai.btcpay.registerWebhook({ url: 'https://shop.example/hook' }),
    { settings: SETTINGS, url: 'https://shop.example/hook' },
  ],
  [
    'btcpay.deleteWebhook',
    (kessai) => kessai.btcpay.deleteWebhook({ url: 'https://shop.example/hook' }),
    { settings: SETTINGS, url: 'https://shop.example/hook' },
  ],
  [
    'doctor.run',
    (kessai) => kessai.doctor.run({ callbackUrl: 'https://shop.example/hook', ...RANDOM }),
    { settings: SETTINGS, callbackUrl: 'https://shop.example/hook', ...RANDOM, now: NOW },
  ],
  ['order.timeline', (kessai) => kessai.order.timeline({ record: '{"v":2}' }), { record: '{"v":2}', language: 'ja' }],
];

for (const [op, perform, input, key, raw] of FUNCTIONS) {
  test(`${op} passes on what it is given, and adds what it takes: ${Object.keys(input)}`, async () => {
    const { kessai, calls, shop } = shopOf({ [op]: () => ({ ok: { of: op } }) });
    assert.deepEqual(await perform(kessai), { of: op });
    assert.equal(calls.length, 1);
    assert.equal(calls[0]?.op, op);
    // As JSON, because that is how it crosses the door: undefined members do not exist there.
    assert.deepEqual(JSON.parse(JSON.stringify(calls[0]?.input)), input);
    assert.deepEqual(shop.keys, key ? [key] : []);
    assert.equal(calls[0]?.raw && new TextDecoder().decode(calls[0].raw), raw);
  });
}

test('every function of the object is in the list above', () => {
  const { kessai } = shopOf({});
  const names = Object.entries(kessai).flatMap(([domain, part]) =>
    typeof part === 'function' ? [] : Object.keys(part).map((verb) => `${domain}.${verb}`),
  );
  // Not one call but many: tests/js/shim/reconcile.test.js.
  assert.deepEqual(new Set(names), new Set([...FUNCTIONS.map(([op]) => op), 'order.reconcile']));
});

test('call is one raw step: nothing added, nothing sent, nothing stored', () => {
  const reply = { err: fails('btcpay.notFound'), save: 's' };
  const { kessai, calls, shop } = shopOf({ 'order.apply': () => reply });
  assert.equal(kessai.call('order.apply', { a: 1 }, 'body'), reply);
  assert.deepEqual(calls[0]?.input, { a: 1 });
  assert.deepEqual(calls[0]?.raw, new TextEncoder().encode('body'));
  assert.deepEqual(shop.log, []);
});

test('reads need no orders; what has a record does, and says so', async () => {
  const core = fakeCore({ 'btcpay.getInvoice': () => ({ ok: 1 }) });
  const kessai = assemble(core, { settings: SETTINGS, logger: {} });
  assert.equal(/** @type {unknown} */ (await kessai.btcpay.getInvoice({ invoiceId: 'inv' })), 1);
  await assert.rejects(kessai.order.apply({ orderId: '1' }), { code: 'host.failed', details: /orders.transact/ });
});

test('a call without what it needs rejects, and throws nothing on the way', async () => {
  const { kessai, shop } = shopOf({});
  const loose = /** @type {any} */ (kessai);
  for (const failing of [loose.btcpay.createInvoice(), loose.btcpay.createInvoice({}), loose.order.apply()]) {
    await assert.rejects(failing, { code: 'host.failed', details: /needs the id of an order/ });
  }
  assert.deepEqual(shop.keys, []);
});

test('without settings the core says what is missing', async () => {
  const core = fakeCore({ 'btcpay.getInvoice': () => ({ err: fails('config.missing') }) });
  const kessai = assemble(core, /** @type {any} */ ({ logger: {} }));
  await assert.rejects(kessai.btcpay.getInvoice({ invoiceId: 'inv' }), { code: 'config.missing' });
  assert.deepEqual(core.calls[0]?.input.settings, {});
});

test('orders may be an object of a class', async () => {
  class Orders {
    rows = new Map([['1', ROW]]);
    /** @type {import('../../../js/index.js').Transact} */
    async transact({ orderId = '' }, step) {
      const row = this.rows.get(orderId);
      return row && step(row);
    }
  }
  const { kessai } = shopOf({ 'order.apply': () => ({ ok: 'done' }) }, { orders: new Orders() });
  assert.equal(/** @type {unknown} */ (await kessai.order.apply({ orderId: '1' })), 'done');
});

test('the default clock is in whole seconds', async () => {
  const core = fakeCore({ 'btcpay.readWebhook': () => ({ ok: {} }) });
  const before = Math.floor(Date.now() / 1000);
  await assemble(core, { settings: SETTINGS, logger: {} }).btcpay.readWebhook({ headers: {} }, '');
  const { now } = core.calls[0]?.input ?? {};
  assert.ok(Number.isInteger(now) && now >= before && now <= Date.now() / 1000);
});

test('requests go to the server of the settings, over the fetch that was given or the real one', async (t) => {
  const server = await gateway(t, (_, outgoing) => outgoing.end('{"id":"inv"}'));
  const settings = { ...SETTINGS, serverUrl: server.url };
  const url = `${server.url}/api/v1/stores/s/invoices/inv`;
  const ops = {
    'btcpay.getInvoice': () => asks({ id: 'a', method: 'GET', url, headers: {}, timeoutMs: 5000 }),
    resume: (/** @type {any} */ { responses }) => ({ ok: responses }),
  };
  const real = /** @type {any} */ (await shopOf(ops, { settings }).kessai.btcpay.getInvoice({ invoiceId: 'inv' }));
  assert.equal(real[0].body, '{"id":"inv"}');
  assert.equal(server.seen[0]?.url, '/api/v1/stores/s/invoices/inv');

  /** @type {any[]} */
  const given = [];
  /** @type {typeof globalThis.fetch} */
  const own = async (...args) => {
    given.push(args);
    return new Response('{"id":"own"}');
  };
  const injected = shopOf(ops, { settings, fetch: own });
  const [response] = /** @type {any} */ (await injected.kessai.btcpay.getInvoice({ invoiceId: 'inv' }));
  assert.equal(response.body, '{"id":"own"}');
  assert.equal(given[0][0], url);
  assert.equal(given[0][1].redirect, 'manual');
});

test('deadlineMs bounds the operation', { timeout: 10_000 }, async (t) => {
  const server = await gateway(t, () => {});
  const request = { id: 'a', method: 'GET', url: server.url, headers: {}, timeoutMs: 600_000 };
  const ops = {
    'btcpay.getInvoice': () => asks(request),
    resume: (/** @type {any} */ { responses }) => ({ ok: responses }),
  };
  const { kessai } = shopOf(ops, { settings: { ...SETTINGS, serverUrl: server.url }, deadlineMs: 50 });
  assert.deepEqual(/** @type {unknown} */ (await kessai.btcpay.getInvoice({ invoiceId: 'inv' })), [
    { id: 'a', failure: 'timeout' },
  ]);
});

test('the object itself shows no settings', () => {
  const { kessai } = shopOf({});
  assert.equal(inspect(kessai, { depth: 9, showHidden: true }).includes(CANARY), false);
});

/**
 * @param {import('../../../js/index.js').GatewayRequest} request
 * @returns {Reply}
 */
function asks(request) {
  const then = 't';
  return { send: [request], then };
}
