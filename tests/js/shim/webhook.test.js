import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { assemble } from '../../../js/api.js';
import { KessaiError } from '../../../js/error.js';
import { webhookHandler } from '../../../js/webhook.js';
import { database } from './database.js';
import { fails, fakeCore } from './fakeCore.js';

/** @import { Orders, Reply, Settings } from '../../../js/index.js' */

const SETTINGS = /** @type {Settings} */ (/** @type {unknown} */ ({ serverUrl: 'http://127.0.0.1:1', language: 'en' }));
const SIGNED = { 'content-type': 'application/json', 'btcpay-sig': 'sha256=good' };
const EVENT = '{"type":"InvoiceSettled"}';
const MESSAGE = { facts: ['verified'] };

/** @type {(input: any) => Reply} */
const readWebhook = ({ headers }) =>
  headers['btcpay-sig'] === 'sha256=good'
    ? { ok: { answer: 200, orderId: '1', invoiceId: 'inv', message: MESSAGE } }
    : { err: fails('webhook.signatureWrong') };

/** @type {(input: any) => Reply} */
const apply = () => ({ ok: { case: 'settled' }, save: '{"v":1}', effects: [{ kind: 'goods', to: 'release' }] });

/**
 * A shop with one order, behind a core of the test's.
 * @param {object} [options]
 * @param {Record<string, (input: any, raw: any) => Reply>} [options.ops]
 * @param {Orders} [options.orders]
 */
function shopOf({ ops, orders } = {}) {
  const shop = database({ 1: { record: null, shop: { status: 'pending' } } });
  const core = fakeCore({ 'btcpay.readWebhook': readWebhook, 'order.apply': apply, ...ops });
  /** @type {any[]} */
  const errors = [];
  const kessai = assemble(core, {
    settings: SETTINGS,
    orders: orders ?? shop.orders,
    now: () => 1700000000,
    logger: { error: (...args) => errors.push(args) },
  });
  return { shop, calls: core.calls, errors, kessai, handle: webhookHandler(kessai) };
}

/** @param {RequestInit} [init] */
const post = (init) =>
  new Request('http://shop.example/webhook', { method: 'POST', headers: SIGNED, body: EVENT, ...init });

/** @param {Response} response */
const told = async (response) => ({ status: response.status, body: await response.json() });

test('verifies, applies under the lock of the order, and answers 200 after the commit', async () => {
  const { handle, calls, shop } = shopOf();
  const response = await handle(post());
  assert.equal(response.headers.get('content-type'), 'application/json');
  assert.deepEqual(await told(response), { status: 200, body: { note: 'settled' } });
  assert.deepEqual(shop.keys, [{ orderId: '1', invoiceId: 'inv' }]);
  assert.deepEqual(shop.log, ['begin', 'commit']);
  assert.equal(shop.rows[1]?.record, '{"v":1}');
  assert.deepEqual(shop.applied, [{ kind: 'goods', to: 'release' }]);
  const [read, applied] = calls;
  assert.equal(new TextDecoder().decode(read?.raw), EVENT);
  assert.deepEqual(read?.input, { settings: SETTINGS, headers: SIGNED, now: 1700000000 });
  assert.deepEqual(applied?.input, {
    settings: SETTINGS,
    orderId: '1',
    message: MESSAGE,
    record: null,
    shop: { status: 'pending' },
    now: 1700000000,
  });
});

test('nothing is read of an order before the signature is right', async () => {
  const { handle, shop, errors } = shopOf();
  const response = await handle(post({ headers: { 'btcpay-sig': 'sha256=bad' } }));
  assert.deepEqual(await told(response), { status: 401, body: { code: 'webhook.signatureWrong' } });
  assert.deepEqual(shop.keys, []);
  assert.deepEqual(errors, [], 'anyone can send a wrong signature: no log of errors may be filled with it');
});

test('what the core ignores is acknowledged and goes no further', async () => {
  const ops = { 'btcpay.readWebhook': () => ({ ok: { answer: 200, ignored: 'otherStore' } }) };
  const { handle, shop } = shopOf({ ops });
  assert.deepEqual(await told(await handle(post())), { status: 200, body: { note: 'otherStore' } });
  assert.deepEqual(shop.keys, []);
});

test('what order.apply ignores is named', async () => {
  const { handle } = shopOf({ ops: { 'order.apply': () => ({ ok: { case: 'none', ignored: 'notOurs' } }) } });
  assert.deepEqual(await told(await handle(post())), { status: 200, body: { note: 'notOurs' } });
});

test('an order the shop does not have is acknowledged', async () => {
  const { handle } = shopOf({ orders: { transact: async () => undefined } });
  assert.deepEqual(await told(await handle(post())), { status: 200, body: { note: 'order.unknown' } });
});

test('an order found by its invoice says its own id', async () => {
  const { handle, calls, shop } = shopOf({
    ops: { 'btcpay.readWebhook': () => ({ ok: { answer: 200, invoiceId: 'inv', message: MESSAGE } }) },
  });
  shop.rows['of-invoice'] = { orderId: '7', record: null, shop: { status: 'pending' } };
  assert.equal((await handle(post())).status, 200);
  assert.deepEqual(shop.keys, [{ orderId: undefined, invoiceId: 'inv' }]);
  assert.equal(calls[1]?.input.orderId, '7');
});

test('an err of order.apply is answered with its own status, and its save is kept', async () => {
  const err = { ...fails('gateway.failing'), answer: 503, details: { secret: 'no' } };
  const { handle, shop, errors } = shopOf({ ops: { 'order.apply': () => ({ err, save: '{"v":2}' }) } });
  assert.deepEqual(await told(await handle(post())), { status: 503, body: { code: 'gateway.failing' } });
  assert.equal(shop.rows[1]?.record, '{"v":2}');
  assert.equal(errors[0][1].code, 'gateway.failing');
});

test('a wait that would not leave time to answer is not begun', async () => {
  const err = { ...fails('gateway.failing'), retryable: true, retryAfter: 9 };
  const { handle, calls } = shopOf({ ops: { 'order.apply': () => ({ err }) } });
  assert.equal((await handle(post())).status, 503);
  assert.equal(calls.filter(({ op }) => op === 'order.apply').length, 1);
});

test("the shop's database down is 503, told to the shop's log and to nobody else", async () => {
  const down = new Error('connect ECONNREFUSED db.internal, password "hunter2"');
  const { handle, errors } = shopOf({
    orders: {
      transact: async () => {
        throw down;
      },
    },
  });
  const response = await handle(post());
  assert.deepEqual(await told(response), { status: 503, body: { code: 'host.failed' } });
  const [[message, { code, orderId, cause }], ...more] = errors;
  assert.deepEqual([message, code, orderId, cause.message], ['kessai: order.apply', 'host.failed', '1', down.message]);
  assert.deepEqual(more, []);
});

test('a trap is 500', async () => {
  const { handle } = shopOf({
    ops: {
      'order.apply': () => {
        throw new KessaiError(fails('host.trap'));
      },
    },
  });
  assert.deepEqual(await told(await handle(post())), { status: 500, body: { code: 'host.trap' } });
});

test('a body beyond a megabyte is 413 and never reaches the core, told by its length or not', async () => {
  const { handle, kessai, calls } = shopOf();
  const big = new Uint8Array(1024 * 1024 + 1);
  let read = 0;
  const endless = new ReadableStream({
    pull(controller) {
      read += 1;
      controller.enqueue(new Uint8Array(65536));
    },
  });
  for (const body of [big, endless]) {
    const response = await handle(post(/** @type {any} */ ({ body, duplex: 'half' })));
    assert.deepEqual(await told(response), { status: 413, body: { code: 'webhook.tooLarge' } });
  }
  assert.ok(read < 25, `read ${read} chunks`);
  assert.equal((await kessai.webhook(big, SIGNED)).status, 413);
  assert.equal(calls.length, 0);
  assert.equal((await handle(post({ body: big.subarray(1) }))).status, 200, 'a megabyte is fine');
});

test('a body that breaks off is 408, which is sent again', async () => {
  const { handle, calls } = shopOf();
  const body = new ReadableStream({
    pull() {
      throw new Error('the client went away');
    },
  });
  const response = await handle(post(/** @type {any} */ ({ body, duplex: 'half' })));
  assert.deepEqual(await told(response), { status: 408, body: { code: 'webhook.cutOff' } });
  assert.equal(calls.length, 0);
});

test('any other method is 405', async () => {
  const { handle, calls } = shopOf();
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
    const response = await handle(new Request('http://shop.example/webhook', { method }));
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
  }
  assert.equal(calls.length, 0);
});

test('a parsed or spent body is answered and logged by name, whatever the framework', async () => {
  const { handle, kessai, calls, errors } = shopOf();
  const refused = { status: 500, body: { code: 'webhook.parsedBody' } };
  const spent = post();
  await spent.json();
  assert.deepEqual(await told(await handle(spent)), refused);
  const express = { method: 'POST', headers: SIGNED, body: { type: 'InvoiceSettled' } };
  assert.deepEqual(await told(await handle(/** @type {any} */ (express))), refused);
  for (const body of [{ type: 'InvoiceSettled' }, [1], null, undefined, 7]) {
    const { status, body: code } = await kessai.webhook(/** @type {any} */ (body), SIGNED);
    assert.deepEqual({ status, body: JSON.parse(code) }, refused);
  }
  assert.equal(calls.length, 0);
  assert.equal(errors.length, 7);
  assert.equal(errors[0][1].remedy, 'remedy of webhook.parsedBody');
  await assert.rejects(kessai.btcpay.readWebhook({ headers: {} }, /** @type {any} */ ({ type: 'x' })), {
    name: 'KessaiError',
    code: 'webhook.parsedBody',
  });
});

test('every form of raw body is the same bytes', async () => {
  const { kessai, calls } = shopOf();
  const bytes = new TextEncoder().encode('{"a":"決済"}');
  const room = new Uint8Array(bytes.length + 8);
  room.set(bytes, 3);
  const bodies = [
    '{"a":"決済"}',
    Buffer.from(bytes),
    bytes.buffer,
    room.subarray(3, 3 + bytes.length),
    runInNewContext('new Uint8Array(bytes)', { bytes: [...bytes] }),
    runInNewContext('new Uint8Array(bytes).buffer', { bytes: [...bytes] }),
  ];
  for (const body of bodies) {
    calls.length = 0;
    assert.equal((await kessai.webhook(body, SIGNED)).status, 200);
    assert.deepEqual(new Uint8Array(/** @type {Uint8Array} */ (calls[0]?.raw)), bytes);
  }
});

test('headers come as Headers or as of node:http, in any case', async () => {
  const { kessai, calls } = shopOf();
  for (const headers of [
    new Headers({ 'BTCPay-Sig': 'sha256=good' }),
    { 'BTCPay-Sig': 'sha256=good' },
    { 'btcpay-sig': ['sha256=good'], absent: undefined },
  ]) {
    calls.length = 0;
    await kessai.webhook(EVENT, headers);
    assert.deepEqual(calls[0]?.input.headers, { 'btcpay-sig': 'sha256=good' });
  }
  assert.equal((await kessai.webhook(EVENT, { 'btcpay-sig': ['sha256=good', 'sha256=bad'] })).status, 401);
});

test('an answer is given after ten seconds, whatever hangs', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { handle, kessai } = shopOf({ orders: { transact: () => new Promise(() => {}) } });
  const stuck = new ReadableStream({ pull: () => new Promise(() => {}) });
  const answers = [
    handle(post()),
    kessai.webhook(EVENT, SIGNED).then(({ status, body }) => new Response(body, { status })),
    handle(post(/** @type {any} */ ({ body: stuck, duplex: 'half' }))),
  ];
  let settled = 0;
  for (const each of answers) each.then(() => settled++);
  await new Promise((resolve) => setImmediate(resolve));
  t.mock.timers.tick(9_999);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(settled, 0);
  t.mock.timers.tick(1);
  for (const response of await Promise.all(answers)) {
    assert.deepEqual(await told(response), { status: 503, body: { code: 'webhook.deadline' } });
  }
});

test('a route of node:http, as Express would have it', async (t) => {
  const { kessai } = shopOf();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, body } = await kessai.webhook(Buffer.concat(chunks), request.headers);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const response = await fetch(`http://127.0.0.1:${port}/webhook`, { method: 'POST', headers: SIGNED, body: EVENT });
  assert.deepEqual(await told(response), { status: 200, body: { note: 'settled' } });
});
