/** Whole operations, and a shop in another language that goes through the steps of one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, startBtcpaySim } from '../../../js/sim/index.js';
import { gateway } from '../shim/gateway.js';
import { serving } from './serving.js';

const NOW = 1_792_900_000;

/** @param {import('node:test').TestContext} t */
async function open(t) {
  const clock = new Clock({ now: NOW, running: false });
  const sim = await startBtcpaySim({ clock });
  t.after(() => sim.close());
  const settings = {
    serverUrl: sim.url,
    apiKey: sim.apiKey,
    storeId: sim.storeId,
    shopId: 'sidecar',
    shopKey: 'a key of the test, of more than 32 characters',
    webhookSecrets: [{ name: 'main', secret: 'a webhook secret of the test' }],
    statuses: { initial: ['awaiting'] },
  };
  const sidecar = await serving(t, { origins: [sim.url] });
  return { sim, clock, settings, ...sidecar };
}

/**
 * What a shop does for an operation with a record, by the rule of docs/manual/protocol.md: a step under the lock, the commit,
 * the requests, the next step with the record as it is then.
 * @param {Awaited<ReturnType<typeof open>>} world
 * @param {{ record: string | null, status: string }} row
 * @param {string} op
 * @param {object} input
 */
async function perform({ post, settings, clock }, row, op, input) {
  const whole = () => ({
    ...input,
    settings,
    record: row.record,
    shop: { status: row.status, method: 'btcpay' },
    now: clock.now(),
  });
  let { json: reply } = await post(`/v1/${op}`, whole());
  for (let round = 0; ; round++) {
    if (reply.save !== undefined) row.record = reply.save;
    for (const { kind, to } of reply.effects ?? []) if (kind === 'status') row.status = to;
    if (!reply.send) return reply;
    assert.ok(round < 12);
    const { status, json } = await post('/v1/send', { send: reply.send });
    assert.equal(status, 200);
    // biome-ignore lint/suspicious/noThenProperty: the protocol's name
    const resumed = { then: reply.then, responses: json.responses, input: whole() };
    ({ json: reply } = await post('/v1/resume', resumed));
  }
}

test('an order is placed, paid and settled step by step', async (t) => {
  const world = await open(t);
  const row = { record: /** @type {string | null} */ (null), status: 'awaiting' };
  const order = { id: '1001', total: '2400', currency: 'JPY', returnUrl: 'https://shop.example/1001' };
  const { ok } = await perform(world, row, 'btcpay.createInvoice', { order });
  assert.match(ok.checkoutLink, /^http/);
  world.sim.pay(ok.invoiceId);
  const applied = await perform(world, row, 'order.apply', { orderId: '1001', check: true });
  assert.equal(applied.ok.case, 'settled');
  assert.equal(row.status, 'paid');
  assert.equal(world.sim.invoice(ok.invoiceId).status, 'Settled');
  assert.deepEqual(world.sim.unknownRoutes, []);
});

test('a step of an operation with a record sends nothing: what is to be committed first is in its answer', async (t) => {
  const { url, seen } = await gateway(t, (_, response) => response.end('{}'));
  const { post } = await serving(t, { origins: [url] });
  const settings = {
    serverUrl: url,
    apiKey: 'k'.repeat(40),
    storeId: 's',
    shopId: 'sidecar',
    shopKey: 'a key of the test, of more than 32 characters',
    webhookSecrets: [{ name: 'main', secret: 'a webhook secret of the test' }],
  };
  const order = { id: '1', total: '1', currency: 'JPY', returnUrl: 'https://shop.example/' };
  const { json } = await post('/v1/btcpay.createInvoice', {
    settings,
    order,
    record: null,
    shop: { status: 'awaiting' },
    now: NOW,
  });
  assert.equal(typeof json.save, 'string');
  assert.equal(json.send.length, 1);
  assert.equal(seen.length, 0);
  await post('/v1/send', { send: json.send });
  assert.equal(seen.length, 1);
});

test('an operation without a record runs through to its end', async (t) => {
  const { settings, post } = await open(t);
  const { status, json } = await post('/v1/btcpay.listInvoices', { settings });
  assert.equal(status, 200);
  assert.deepEqual(json, { ok: { invoices: [] } });
  const missing = await post('/v1/btcpay.getInvoice', { settings, invoiceId: 'Ab3kQm7RtYw2ZxN5cVhJ8p' });
  assert.equal(missing.status, 200);
  assert.equal(missing.json.err.code, 'btcpay.notFound');
});

test('of an operation each step is asked of the core once', async (t) => {
  const { loadCore } = await import('../../../js/wasm.js');
  const real = loadCore();
  /** @type {string[]} */
  const asked = [];
  const core = {
    ...real,
    /** @type {typeof real.callText} */
    callText(op, input, raw) {
      asked.push(op);
      return real.callText(op, input, raw);
    },
  };
  const { url } = await gateway(t, (_, response) => response.end('[]'));
  const { post } = await serving(t, { core, origins: [url] });
  const settings = { serverUrl: url, apiKey: 'k'.repeat(40), storeId: 's', shopId: 'x', shopKey: 'y'.repeat(32) };
  assert.deepEqual((await post('/v1/btcpay.listInvoices', { settings })).json, { ok: { invoices: [] } });
  assert.deepEqual(asked.splice(0), ['btcpay.listInvoices', 'resume']);
  assert.ok((await post('/v1/btcpay.signWebhook', { secret: 's'.repeat(32), rawBase64: 'AAAA' })).json.ok);
  assert.deepEqual(asked.splice(0), ['btcpay.signWebhook']);
});

test('the doctor looks at a shop', async (t) => {
  const { settings, post, sim, clock } = await open(t);
  const { json } = await post('/v1/doctor.run', { settings, random: 'ab'.repeat(16), now: clock.now() });
  assert.ok(json.ok.checks.length > 3, JSON.stringify(json));
  assert.deepEqual(sim.unknownRoutes, []);
});

test('what needs no network is answered at once, raw bytes and all', async (t) => {
  const { settings, ask, post } = await open(t);
  const { secret } = /** @type {{ secret: string }} */ (settings.webhookSecrets[0]);
  const body = Buffer.from([0x7b, 0xff, 0x7d]);
  const signed = await ask('/v1/btcpay.signWebhook', {
    headers: { 'content-type': 'application/octet-stream', 'kessai-input': JSON.stringify({ secret }) },
    body,
  });
  const again = await post('/v1/btcpay.signWebhook', { secret, rawBase64: body.toString('base64') });
  assert.match(signed.json.ok.value, /^sha256=[0-9a-f]{64}$/);
  assert.deepEqual(again.json, signed.json);
});

test('every reply names the versions that a client compares with its own', async (t) => {
  const { post, ask } = await open(t);
  const { info } = JSON.parse((await ask('/openapi.json')).text);
  assert.ok(Number.isInteger(info['x-kessai-ops']) && info['x-kessai-ops'] > 0);
  const replies = [
    await ask('/healthz'),
    await ask('/metrics'),
    await post('/v1/order.timeline', { record: null }),
    await post('/v1/no.such.op', {}),
    await post('/v1/order.timeline', {}, { 'content-type': 'text/plain' }),
    await ask('/elsewhere'),
  ];
  assert.deepEqual([...new Set(replies.map(({ status }) => status))], [200, 415, 404]);
  for (const { headers } of replies) {
    assert.equal(headers['kessai-version'], info.version);
    assert.equal(headers['kessai-ops'], String(info['x-kessai-ops']));
  }
});

test('what the core cannot read, it says in its own words', async (t) => {
  const { post } = await open(t);
  for (const route of ['/v1/btcpay.getInvoice', '/v1/pure/btcpay.getInvoice', '/v1/order.apply']) {
    assert.equal((await post(route, 'no JSON')).json.err.code, 'input.malformed', route);
    assert.match((await post(route, '[]')).json.err.code, /^input\./, route);
  }
  const twice = await post('/v1/btcpay.getInvoice', '{"invoiceId":"a","invoiceId":"b"}');
  assert.match(twice.json.err.message, /invoiceId: .* only once/);
  const { json } = await post('/v1/btcpay.getInvoce', {});
  assert.equal(json.err.details.nearest, 'btcpay.getInvoice');
});

test('health, readiness, metrics', async (t) => {
  const { ask, post } = await open(t);
  assert.equal((await ask('/healthz')).text, 'ok');
  assert.equal((await ask('/readyz')).text, 'ok');
  await post('/v1/order.timeline', { record: null });
  await post('/v1/order.timeline', {});
  await post('/v1/no.such.op', {});
  const { text, headers } = await ask('/metrics');
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^kessai_requests_total\{op="order.timeline",outcome="ok"\} 2$/m);
  assert.match(text, /^kessai_requests_total\{op="unknown",outcome="input.unknownOp"\} 1$/m);
  assert.match(text, /^kessai_request_seconds_bucket\{op="order.timeline",le="\+Inf"\} 2$/m);
  assert.match(text, /^kessai_request_seconds_count\{op="order.timeline"\} 2$/m);
  assert.match(text, /^kessai_traps_total 0$/m);
  assert.match(text, /^kessai_in_flight 0$/m);
});

test('a trap is an answer, is counted, and costs the next call nothing', async (t) => {
  const { createCore } = await import('../../../js/core.js');
  const { loadCore } = await import('../../../js/wasm.js');
  const real = loadCore();
  let traps = true;
  const core = createCore({
    call: (op, input, raw) => {
      if (traps && op === 'order.timeline') throw new WebAssembly.RuntimeError('unreachable');
      return real.callText(op, input, raw);
    },
    reset: () => {
      traps = false;
    },
    memoryBytes: () => 0,
  });
  const { post, ask } = await serving(t, { core });
  assert.equal((await post('/v1/order.timeline', { record: null })).json.err.code, 'host.trap');
  assert.deepEqual(Object.keys((await post('/v1/order.timeline', { record: null })).json), ['ok']);
  assert.match((await ask('/metrics')).text, /^kessai_traps_total 1$/m);
});
