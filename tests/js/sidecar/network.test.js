/** Clients and gateways that are slow, endless, or gone. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gateway } from '../shim/gateway.js';
import { serving } from './serving.js';

const HEAD = 'POST /v1/order.timeline HTTP/1.1\r\nhost: kessai\r\ncontent-type: application/json\r\n';
const BODY = '{"record":null}';
const request = { id: 'one', method: 'GET', headers: {}, timeoutMs: 10_000 };

test('a client that sends its headers byte by byte is not waited for', async (t) => {
  const { path, post } = await serving(t, { headersMs: 300 });
  const { socket, closed, said } = open(t, path);
  socket.write('POST /v1/order.timeline HTTP/1.1\r\nhost: kessai\r\n');
  const drip = setInterval(() => socket.write('x: y\r\n'), 50);
  t.after(() => clearInterval(drip));
  await closed;
  assert.match(said(), /^HTTP\/1\.1 408 /);
  assert.equal((await post('/v1/order.timeline', BODY)).status, 200);
});

test('fifty that send byte by byte keep nobody else from an answer', async (t) => {
  const { path, post, gate } = await serving(t, { headersMs: 1500 });
  const slow = Array.from({ length: 50 }, () => open(t, path));
  const drip = setInterval(() => slow.map(({ socket }) => socket.destroyed || socket.write('x: y\r\n')), 50);
  t.after(() => clearInterval(drip));
  for (const [at, { socket }] of slow.entries()) socket.write(at % 2 === 0 ? HEAD : 'POST / HTTP/1.1\r\n');
  for (let asked = 0; asked < 20; asked++) assert.equal((await post('/v1/order.timeline', BODY)).status, 200);
  await Promise.all(slow.map(({ closed }) => closed));
  assert.equal(gate.inFlight, 0);
});

test('a client whose body does not come is not waited for, and holds no place', async (t) => {
  const { say, gate, post } = await serving(t, { deadlineMs: 300, concurrency: 1 });
  const answer = await say(`${HEAD}content-length: ${BODY.length}\r\n\r\n{"rec`);
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /"sidecar\.slowBody"/);
  assert.equal(gate.inFlight, 0);
  assert.equal((await post('/v1/order.timeline', BODY)).status, 200);
});

test('its own time for a request may be shorter', async (t) => {
  const { say } = await serving(t, { deadlineMs: 60_000 });
  const answer = await say(`${HEAD}kessai-timeout-ms: 50\r\ncontent-length: ${BODY.length}\r\n\r\n`);
  assert.match(answer, /"sidecar\.slowBody"/);
});

for (const [how, head] of [
  ['told', `content-length: ${100 * 1024 * 1024}\r\n\r\n`],
  ['not told', 'transfer-encoding: chunked\r\n\r\n'],
]) {
  test(`of a body of 100 MB whose length is ${how} no more is read than any input has`, async (t) => {
    const { path, gate } = await serving(t);
    const { socket, closed, said } = open(t, path);
    socket.write(HEAD + head);
    const chunk = 'x'.repeat(1024 * 1024);
    const framed = how === 'told' ? chunk : `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    let sent = 0;
    for (; sent < 100 && !socket.destroyed; sent++) {
      if (!socket.write(framed)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    socket.end();
    await closed;
    assert.ok(sent < 100, `${sent} MB were taken`);
    assert.match(said(), /^HTTP\/1\.1 413 /);
    assert.equal(gate.inFlight, 0);
  });
}

test('many bodies of 100 MB at once take no more memory than may be worked on', async (t) => {
  const { path, gate } = await serving(t, { deadlineMs: 20_000 });
  const before = process.memoryUsage().rss;
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 10);
  t.after(() => clearInterval(looking));
  const chunk = Buffer.from(`100000\r\n${'x'.repeat(1024 * 1024)}\r\n`);
  const sending = Array.from({ length: 8 }, async () => {
    const { socket, closed, said } = open(t, path);
    socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    for (let sent = 0; sent < 100 && !socket.destroyed; sent++) {
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    socket.end();
    await closed;
    return said();
  });
  for (const said of await Promise.all(sending)) assert.match(said, /^HTTP\/1\.1 413 /);
  assert.equal(gate.inFlight, 0);
  assert.ok(most - before < 250 * 1024 * 1024, `${Math.round((most - before) / 1024 / 1024)} MB`);
});

test('a client that has closed its half of the connection gets its answer, however long that takes', async (t) => {
  const { url, seen, release } = await held(t);
  const { say, server } = await serving(t, { origins: [url] });
  const body = JSON.stringify({ send: [{ ...request, url }] });
  const head = HEAD.replace('order.timeline', 'send');
  const halves = new Promise((resolve) => server.on('connection', (socket) => socket.on('end', resolve)));
  const answer = say(`${head}content-length: ${body.length}\r\n\r\n${body}`, { half: true });
  await until(() => seen.length === 1);
  await halves;
  release();
  assert.match(await answer, /^HTTP\/1\.1 200 [\s\S]*"status":200/);
});

test('a client that is gone in the middle of its body holds no place', async (t) => {
  const { say, gate, path } = await serving(t, { concurrency: 1, deadlineMs: 60_000 });
  assert.match(await say(`${HEAD}content-length: 100\r\n\r\n{"rec`, { half: true }), /^HTTP\/1\.1 400 |^$/);
  const socket = connect(path);
  socket.write(`${HEAD}content-length: 100\r\n\r\n{"rec`);
  await until(() => gate.inFlight === 1);
  socket.destroy();
  await until(() => gate.inFlight === 0);
});

test('a gateway that never answers has the time of the request, and no more', async (t) => {
  const { url } = await gateway(t, () => {});
  const { post } = await serving(t, { origins: [url], deadlineMs: 300 });
  const { json } = await post('/v1/send', { send: [{ ...request, url }] });
  assert.deepEqual(json, { responses: [{ id: 'one', failure: 'timeout' }] });
});

test('the time that a client names is the gateway’s as well', async (t) => {
  const { url } = await gateway(t, () => {});
  const { post } = await serving(t, { origins: [url], deadlineMs: 60_000 });
  const { json } = await post('/v1/send', { send: [{ ...request, url }] }, { 'kessai-timeout-ms': '200' });
  assert.deepEqual(json, { responses: [{ id: 'one', failure: 'timeout' }] });
});

test('an operation whose gateway never answers ends in time', async (t) => {
  const { url } = await gateway(t, () => {});
  const { post, gate } = await serving(t, { origins: [url], deadlineMs: 300 });
  const settings = { serverUrl: url, apiKey: 'k'.repeat(40), storeId: 's', shopId: 'x', shopKey: 'y'.repeat(32) };
  const { json } = await post('/v1/btcpay.listInvoices', { settings });
  assert.equal(json.err.code, 'gateway.timeout', JSON.stringify(json));
  assert.equal(gate.inFlight, 0);
});

test('of a reply without end 1 MB is read', async (t) => {
  let written = 0;
  const { url } = await gateway(t, (_, response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const more = () => {
      if (response.destroyed) return;
      written += chunk.length;
      response.write(chunk, () => setImmediate(more));
    };
    more();
  });
  const { post } = await serving(t, { origins: [url] });
  const { json } = await post('/v1/send', { send: [{ ...request, url }] });
  assert.deepEqual(json, { responses: [{ id: 'one', failure: 'tooLarge' }] });
  assert.ok(written < 50 * 1024 * 1024);
});

test('a redirect is an answer, and is not followed', async (t) => {
  const other = await gateway(t, (_, response) => response.end('{}'));
  const { url } = await gateway(t, (_, response) => response.writeHead(302, { location: other.url }).end());
  const { post } = await serving(t, { origins: [url, other.url] });
  const { json } = await post('/v1/send', { send: [{ ...request, url }] });
  assert.equal(json.responses[0].status, 302);
  assert.equal(other.seen.length, 0);
});

test('what is more than may be worked on is refused at once, and told when to come again', async (t) => {
  const { url, seen, release } = await held(t);
  const { post, ask, gate } = await serving(t, { origins: [url], concurrency: 2 });
  const working = [1, 2].map(() => post('/v1/send', { send: [{ ...request, url }] }));
  await until(() => seen.length === 2);
  assert.equal(gate.inFlight, 2);
  assert.match((await ask('/metrics')).text, /^kessai_in_flight 2$/m);
  const busy = await post('/v1/order.timeline', BODY);
  assert.deepEqual([busy.status, busy.headers['retry-after'], busy.json.err.code], [503, '1', 'sidecar.busy']);
  // A connection that is closed while its request is still on the way is reset, and what it was told may be lost.
  assert.equal(busy.headers.connection, 'keep-alive');
  assert.equal((await ask('/healthz')).status, 200);
  release();
  for (const { json } of await Promise.all(working)) assert.equal(json.responses[0].status, 200);
  assert.equal((await post('/v1/order.timeline', BODY)).status, 200);
  assert.match((await ask('/metrics')).text, /^kessai_refused_total\{code="sidecar\.busy"\} 1$/m);
});

test('stopping takes nobody in, finishes what is being worked on, and then is over', async (t) => {
  const { url, seen, release } = await held(t);
  const { post, ask, say, stop, server } = await serving(t, { origins: [url] });
  const working = post('/v1/send', { send: [{ ...request, url }] });
  // A connection that is in use when the server stops, for a question afterwards.
  await until(() => seen.length === 1);
  const stopping = stop();
  await assert.rejects(ask('/healthz'));
  await until(() => !server.listening);
  await assert.rejects(say('GET /healthz HTTP/1.1\r\nhost: kessai\r\n\r\n'));
  release();
  const { status, headers, json } = await working;
  assert.deepEqual([status, headers.connection, json.responses[0].status], [200, 'close', 200]);
  assert.equal(await stopping, true);
});

test('who had asked when it was told to stop is answered, on a kept connection and on a new one', async (t) => {
  const { path, post, stop } = await serving(t);
  const request = `${HEAD}content-length: ${BODY.length}\r\n\r\n${BODY}`;
  const kept = open(t, path);
  kept.socket.write(request);
  await until(() => kept.said().includes('200 OK'));
  const fresh = open(t, path);
  // Both are on their way when it stops; nothing of them was read.
  kept.socket.write(request);
  fresh.socket.write(request);
  const stopping = stop();
  await Promise.all([kept.closed, fresh.closed]);
  assert.equal(kept.said().match(/200 OK/g)?.length, 2, kept.said());
  assert.match(fresh.said(), /^HTTP\/1\.1 200 /);
  assert.equal(await stopping, true);
  await assert.rejects(post('/v1/order.timeline', BODY));
});

test('who asks on an open connection while it stops is sent away', async (t) => {
  const { url, seen, release } = await held(t);
  const { path, post, stop, server } = await serving(t, { origins: [url], concurrency: 3 });
  const working = post('/v1/send', { send: [{ ...request, url }] });
  const { socket, closed, said } = open(t, path);
  // Half of a request: a connection that is not idle.
  socket.write(HEAD);
  await until(() => seen.length === 1);
  const stopping = stop();
  await until(() => !server.listening);
  socket.write(`content-length: ${BODY.length}\r\n\r\n${BODY}`);
  await closed;
  assert.match(said(), /^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*"sidecar\.stopping"/);
  release();
  await working;
  assert.equal(await stopping, true);
});

/**
 * A connection with nothing said yet. The server may close it while more is on its way.
 * @param {import('node:test').TestContext} t
 * @param {string} path
 */
function open(t, path) {
  const socket = connect(path);
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  return { socket, closed, said: () => text };
}

/** A gateway that answers when it is told to. @param {import('node:test').TestContext} t */
async function held(t) {
  /** @type {(() => void)[]} */
  const waiting = [];
  const found = await gateway(t, (_, response) => waiting.push(() => response.end('{}')));
  return { ...found, release: () => void waiting.map((answer) => answer()) };
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 1000, 'it never came');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
