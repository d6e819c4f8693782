/** Whoever can reach the socket is not trusted to send what a client of ours would. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCases, resolve } from '../../golden/cases.js';
import { gateway } from '../shim/gateway.js';
import { serving } from './serving.js';

const TOKEN = 'a token of the test, of 32 characters'.replaceAll(' ', '-');

test('without the token, or with another, nothing but health is told', async (t) => {
  const { post, ask } = await serving(t, { tokens: [TOKEN] });
  const wrong = [
    undefined,
    '',
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `bearer ${TOKEN}`,
    `Basic ${TOKEN}`,
  ];
  for (const authorization of wrong) {
    /** @type {Record<string, string>} */
    const headers = authorization === undefined ? {} : { authorization };
    for (const route of ['/v1/order.timeline', '/v1/pure/order.timeline', '/v1/send', '/v1/nothing', '/elsewhere']) {
      const { status, json, headers: said } = await post(route, { record: null }, headers);
      assert.equal(status, 401, `${route} ${authorization}`);
      assert.equal(json.err.code, 'sidecar.unauthorized');
      assert.equal(said['www-authenticate'], 'Bearer');
    }
    for (const route of ['/metrics', '/openapi.json']) assert.equal((await ask(route, { headers })).status, 401, route);
  }
  assert.equal((await ask('/healthz')).status, 200);
  assert.equal((await ask('/readyz')).status, 200);
  const right = await post('/v1/order.timeline', { record: null }, { authorization: `Bearer ${TOKEN}` });
  assert.equal(right.status, 200);
});

test('a request whose length is told twice, or in two ways, is read in none', async (t) => {
  const { say, gate } = await serving(t);
  const head = 'POST /v1/order.timeline HTTP/1.1\r\nhost: kessai\r\ncontent-type: application/json\r\n';
  const body = '{"record":null}';
  const bodies = [
    `content-length: ${body.length}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    `content-length: ${body.length}\r\ncontent-length: 1\r\n\r\n${body}`,
    `content-length: ${body.length}, ${body.length}\r\n\r\n${body}`,
    `content-length: ${body.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
    `content-length: +${body.length}\r\n\r\n${body}`,
    `transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    `content-length : ${body.length}\r\n\r\n${body}`,
  ];
  for (const rest of bodies) assert.match(await say(head + rest), /^HTTP\/1\.1 400 /, rest);
  assert.match(await say(`GET /healthz HTTP/1.1\r\n\r\n`), /^HTTP\/1\.1 400 /, 'no host');
  assert.equal(gate.inFlight, 0);
});

test('a path is what it says, or there is no such route', async (t) => {
  const { say } = await serving(t);
  const body = '{"record":null}';
  const paths = [
    '/v1/pure%2forder.timeline',
    '/v1/order%2etimeline',
    '/v1//order.timeline',
    '/v1/pure/pure/order.timeline',
    '/v1/order.timeline/',
    '/v1/../../etc/passwd',
    '/v1/%2e%2e/%2e%2e/etc/passwd',
    '/v1/order.timeline%00',
    '/V1/order.timeline',
    `/v1/${'x'.repeat(65)}`,
    '/v1/order.timeline;x',
    '/v1/__proto__',
    '/v1\\order.timeline',
  ];
  for (const path of paths) {
    const answer = await say(
      `POST ${path} HTTP/1.1\r\nhost: kessai\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    assert.match(answer, /^HTTP\/1\.1 40[04] /, path);
  }
  const wellKnown = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  for (const op of wellKnown) {
    const answer = await say(
      `POST /v1/${op} HTTP/1.1\r\nhost: kessai\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    assert.match(answer, /"code":"input\.unknownOp"/, op);
  }
});

test('names that reach into prototypes are members like any other, and unknown', async (t) => {
  const { post } = await serving(t);
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    for (const input of [
      `{"record":null,"${name}":{"polluted":1}}`,
      `{"record":null,"${name}":{"polluted":1},"rawBase64":"AAAA"}`,
      `{"settings":{"${name}":{"polluted":1}}}`,
    ]) {
      for (const route of [
        '/v1/order.timeline',
        '/v1/pure/order.timeline',
        '/v1/btcpay.listInvoices',
        '/v1/doctor.run',
      ]) {
        const { json } = await post(route, input);
        assert.match(json.err?.code ?? '', /^(input|config)\./, `${route} ${input}: ${JSON.stringify(json)}`);
      }
    }
  }
  const { status, json } = await post('/v1/send', '{"__proto__":{"send":[]}}');
  assert.deepEqual([status, json.err.code], [400, 'sidecar.malformed']);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

/** Each step that answers, with what it was resumed with. */
const resumed = loadCases()
  .filter(({ op, reply }) => op === 'resume' && reply.ok)
  .map((golden) => ({ path: golden.path, ...JSON.parse(resolve(golden).input) }));

test('where an operation goes on is taken from nobody else', async (t) => {
  const { url, seen } = await gateway(t, (_, response) => response.end('{}'));
  const { post } = await serving(t, { origins: [url] });
  assert.ok(resumed.length > 50);
  const ops = [...new Set(resumed.map(({ then }) => then.op))];
  assert.ok(ops.length > 8);
  for (const { path, then, responses, input } of resumed) {
    const other = ops.find((op) => op !== then.op);
    const hostile = {
      'of another operation': { ...then, op: other },
      'of other settings': {
        ...then,
        bound: then.bound.replace(/^./, (/** @type {string} */ one) => (one === '0' ? '1' : '0')),
      },
      'of no operation': { ...then, op: '__proto__' },
      'without its settings': { ...then, bound: undefined },
      'a text': JSON.stringify(then),
      'with a member too many': { ...then, url: 'https://elsewhere.example' },
    };
    for (const [what, wrong] of Object.entries(hostile)) {
      for (const route of ['/v1/resume', '/v1/pure/resume']) {
        // biome-ignore lint/suspicious/noThenProperty: the protocol's name
        const { status, json } = await post(route, { then: wrong, responses, input });
        assert.equal(status, 200);
        assert.ok(json.err, `${path}, ${what}: ${JSON.stringify(json).slice(0, 300)}`);
      }
    }
  }
  assert.equal(seen.length, 0);
});

test('requests are sent to the gateways that the server was started with, and to nobody else', async (t) => {
  const allowed = await gateway(t, (_, response) => response.end('{}'));
  const other = await gateway(t, (_, response) => response.end('{}'));
  const { post, ask } = await serving(t, { origins: [allowed.url] });
  const request = { id: 'one', method: 'GET', headers: {}, timeoutMs: 1000 };
  const urls = [
    `${other.url}/`,
    `http://localhost:${allowed.port}/`,
    `${allowed.url}@127.0.0.1:${other.port}/`,
    `http://127.0.0.1:${allowed.port}.elsewhere.example/`,
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'not an address',
    '',
  ];
  for (const url of urls) {
    const { json } = await post('/v1/send', { send: [{ ...request, url }] });
    assert.deepEqual(json, { responses: [{ id: 'one', failure: 'blocked' }] }, url);
  }
  assert.equal(other.seen.length + allowed.seen.length, 0);
  const { json } = await post('/v1/send', { send: [{ ...request, url: `${allowed.url}/x` }] });
  assert.equal(json.responses[0].status, 200);
  const { text } = await ask('/metrics');
  assert.match(
    text,
    new RegExp(`kessai_gateway_requests_total\\{gateway="127.0.0.1:${allowed.port}",outcome="2xx"\\} 1`),
  );
  assert.match(text, /kessai_gateway_requests_total\{gateway="none",outcome="blocked"\} 8/);
});

test('what is no list of requests is sent nowhere', async (t) => {
  const { url, seen } = await gateway(t, (_, response) => response.end('{}'));
  const { post } = await serving(t, { origins: [url] });
  const good = { id: 'a', method: 'GET', url, headers: {}, timeoutMs: 1000 };
  const wrong = [
    undefined,
    null,
    {},
    'x',
    [null],
    [1],
    [[]],
    Array(101).fill(good),
    ...[
      { method: 'CONNECT' },
      { method: 'get' },
      { headers: null },
      { headers: { a: 1 } },
      { timeoutMs: 0 },
      { timeoutMs: '1' },
    ].map((part) => [{ ...good, ...part }]),
    [{ ...good, id: 1 }],
    [{ ...good, body: {} }],
  ];
  for (const send of wrong) {
    const { status, json } = await post('/v1/send', { send });
    assert.deepEqual([status, json.err.code], [400, 'sidecar.malformed'], JSON.stringify(send)?.slice(0, 80));
  }
  for (const text of ['', 'x', '[]', 'null']) assert.equal((await post('/v1/send', text)).status, 400, text);
  assert.equal(seen.length, 0);
});

test('a body must say what it is, and be it', async (t) => {
  const { ask, post } = await serving(t);
  const route = '/v1/btcpay.signWebhook';
  const status = async (/** @type {Record<string, string>} */ headers, /** @type {string | Uint8Array} */ body) =>
    (await ask(route, { method: 'POST', headers, body })).status;
  assert.equal(await status({}, '{}'), 415);
  assert.equal(await status({ 'content-type': 'text/plain' }, '{}'), 415);
  assert.equal(await status({ 'content-type': 'application/x-www-form-urlencoded' }, '{}'), 415);
  assert.equal(await status({ 'content-type': 'application/json' }, Uint8Array.of(0x22, 0xff, 0x22)), 400);
  assert.equal(await status({ 'content-type': 'application/octet-stream' }, 'x'), 400);
  assert.equal(
    await status({ 'content-type': 'application/octet-stream', 'kessai-input': '{"secret":"\xe9"}' }, 'x'),
    400,
  );
  assert.equal(await status({ 'content-type': 'Application/JSON; charset=utf-8' }, '{}'), 200);
  for (const rawBase64 of ['x', 'A===', 'AA-_', 1, null, {}, []]) {
    assert.equal((await post(route, { secret: 's', rawBase64 })).status, 400, JSON.stringify(rawBase64));
  }
  for (const timeout of ['0', '-1', '1.5', 'x', '1e3', '9999999999']) {
    assert.equal((await post(route, { secret: 's' }, { 'kessai-timeout-ms': timeout })).status, 400, timeout);
  }
});
