/** Gateways that fail in all ways: each costs its own request some time, and the others nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateway } from '../shim/gateway.js';
import { serving } from './serving.js';

const request = { id: 'one', method: 'GET', headers: {}, timeoutMs: 10_000 };

/** A label longer than it may be (RFC 1035), so that no resolver is asked. */
const NOWHERE = `https://${'a'.repeat(64)}.example`;

/** @param {string} serverUrl */
const settings = (serverUrl) => ({
  serverUrl,
  apiKey: 'k'.repeat(40),
  storeId: 's',
  shopId: 'x',
  shopKey: 'y'.repeat(32),
});

test('what one gateway does not answer holds up nobody else', async (t) => {
  const silent = await gateway(t, () => {});
  const good = await gateway(t, (_, response) => response.end('[]'));
  const { post, ask, gate } = await serving(t, { origins: [silent.url, good.url], concurrency: 4, deadlineMs: 3000 });
  const hanging = [1, 2, 3].map(() => post('/v1/btcpay.listInvoices', { settings: settings(silent.url) }));
  await until(() => silent.seen.length === 3);
  assert.equal(gate.inFlight, 3);
  for (const _ of [1, 2, 3]) {
    assert.deepEqual((await post('/v1/btcpay.listInvoices', { settings: settings(good.url) })).json, {
      ok: { invoices: [] },
    });
    assert.equal((await post('/v1/order.timeline', { record: null })).status, 200);
  }
  assert.equal((await ask('/healthz')).status, 200);
  for (const { json } of await Promise.all(hanging)) assert.equal(json.err.code, 'gateway.timeout');
  assert.equal(gate.inFlight, 0);
});

test('of requests that are sent together each has its own end', async (t) => {
  const good = await gateway(t, (_, response) => response.end('{}'));
  const gone = await gateway(t, () => {});
  gone.close();
  const { post } = await serving(t, { origins: [NOWHERE, gone.url, good.url] });
  const send = [NOWHERE, gone.url, good.url, 'http://169.254.169.254/'].map((url, at) => ({
    ...request,
    id: String(at),
    url,
  }));
  const { json } = await post('/v1/send', { send });
  const ends = json.responses.map((/** @type {any} */ { failure, status }) => failure ?? status);
  assert.deepEqual(ends, ['dns', 'refused', 200, 'blocked']);
});

test('a name that nobody knows is told as what it is', async (t) => {
  const { post } = await serving(t, { origins: [NOWHERE] });
  const { json } = await post('/v1/btcpay.listInvoices', { settings: settings(NOWHERE) });
  assert.equal(json.err.code, 'gateway.unreachable');
  assert.equal(json.err.details.failure, 'dns');
});

test('a redirect to a metadata address leads nowhere, and is told', async (t) => {
  const location = 'http://169.254.169.254/latest/meta-data/';
  const { url, seen } = await gateway(t, (_, response) => response.writeHead(307, { location }).end());
  const { post } = await serving(t, { origins: [url] });
  const { json } = await post('/v1/btcpay.listInvoices', { settings: settings(url) });
  assert.equal(json.err.code, 'gateway.redirected');
  assert.equal(seen.length, 1);
});

test('a gateway that ends its half in the middle of a reply has answered nothing', async (t) => {
  const { url } = await gateway(t, ({ socket }, response) => {
    response.writeHead(200, { 'content-length': '9' }).write('half', () => socket.end());
  });
  const { post, gate } = await serving(t, { origins: [url] });
  const { json } = await post('/v1/send', { send: [{ ...request, url, method: 'POST' }] });
  assert.deepEqual(json, { responses: [{ id: 'one', failure: 'reset' }] });
  assert.equal(gate.inFlight, 0);
});

test('a reply that comes a byte at a time has the time of the request, and no more', async (t) => {
  const { url } = await gateway(t, (_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('x'), 20);
    t.after(() => clearInterval(drip));
  });
  const { post, gate } = await serving(t, { origins: [url], deadlineMs: 300 });
  const { json } = await post('/v1/send', { send: [{ ...request, url }] });
  assert.deepEqual(json, { responses: [{ id: 'one', failure: 'timeout' }] });
  assert.equal(gate.inFlight, 0);
});

test('headers without end are too large', async (t) => {
  const { url } = await gateway(t, ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const more = () => {
      if (!socket.destroyed) socket.write(`x-header: ${'x'.repeat(1000)}\r\n`, () => setImmediate(more));
    };
    more();
  });
  const { post } = await serving(t, { origins: [url] });
  const { json } = await post('/v1/send', { send: [{ ...request, url }] });
  assert.deepEqual(json, { responses: [{ id: 'one', failure: 'tooLarge' }] });
});

test('many replies without end at once take no more memory than their caps', async (t) => {
  const chunk = Buffer.alloc(256 * 1024, 'x');
  const { url } = await gateway(t, (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  const { post } = await serving(t, { origins: [url], deadlineMs: 20_000 });
  const before = process.memoryUsage().rss;
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 10);
  t.after(() => clearInterval(looking));
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('/v1/send', { send: [{ ...request, url }] })),
    );
    for (const { json } of answers) assert.deepEqual(json.responses, [{ id: 'one', failure: 'tooLarge' }]);
  }
  assert.ok(most - before < 200 * 1024 * 1024, `${Math.round((most - before) / 1024 / 1024)} MB`);
});

/** @param {() => boolean} holds */
async function until(holds) {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 1000, 'it never came');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
