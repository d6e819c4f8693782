import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createSend, failureOf } from '../../../js/fetch.js';
import { screen } from '../../../js/screen.js';
import { gateway } from './gateway.js';

/** @import { GatewayRequest } from '../../../js/index.js' */

const MEGABYTE = 1024 * 1024;
const soon = () => performance.now() + 20_000;

/**
 * @param {string} url
 * @param {Partial<GatewayRequest>} [rest]
 * @returns {GatewayRequest}
 */
const request = (url, rest) => ({ id: 'a', method: 'GET', url, headers: {}, timeoutMs: 20_000, ...rest });

/**
 * Sends one request, as the shop on `serverUrl`.
 * @param {string} serverUrl
 * @param {Partial<GatewayRequest>} [rest]
 */
async function send(serverUrl, rest) {
  const [response, ...more] = await createSend({ fetch, serverUrl, screen })([request(`${serverUrl}/x`, rest)], soon());
  assert.deepEqual(more, []);
  return /** @type {any} */ (response);
}

test('sends method, headers and body as they are; a reply is text with lower-case header names', async (t) => {
  let body = '';
  const { url, seen } = await gateway(t, async (incoming, outgoing) => {
    for await (const chunk of incoming) body += chunk;
    outgoing.writeHead(422, { 'Content-Type': 'application/json', 'X-Some': 'Value' }).end('\ufeff{"決":"済"}');
  });
  const response = await send(url, { method: 'POST', headers: { Authorization: 'token abc' }, body: '{"a":"決"}' });
  assert.equal(seen[0]?.method, 'POST');
  assert.equal(seen[0]?.url, '/x');
  assert.equal(seen[0]?.headers.authorization, 'token abc');
  assert.equal(body, '{"a":"決"}');
  assert.equal(response.status, 422);
  assert.equal(response.headers['content-type'], 'application/json');
  assert.equal(response.headers['x-some'], 'Value');
  assert.equal(response.body, '\ufeff{"決":"済"}');
  assert.deepEqual(Object.keys(response), ['id', 'status', 'headers', 'body']);
});

test('a body that is not UTF-8 comes as base64 of its bytes', async (t) => {
  const bytes = Buffer.from([...Array(256).keys()]);
  const { url } = await gateway(t, (_, outgoing) => outgoing.end(bytes));
  const response = await send(url);
  assert.equal(response.bodyBase64, bytes.toString('base64'));
  assert.equal('body' in response, false);
});

test('an empty reply has an empty body', async (t) => {
  const { url } = await gateway(t, (_, outgoing) => outgoing.writeHead(204).end());
  const { status, body } = await send(url);
  assert.deepEqual({ status, body }, { status: 204, body: '' });
});

test('a redirect is a reply and is not followed', async (t) => {
  const { url, seen } = await gateway(t, (_, outgoing) => outgoing.writeHead(302, { location: '/elsewhere' }).end());
  const response = await send(url);
  assert.equal(response.status, 302);
  assert.equal(response.headers.location, '/elsewhere');
  assert.equal(seen.length, 1);
});

test('all requests are under way together', async (t) => {
  /** @type {import('node:http').ServerResponse[]} */
  const waiting = [];
  const { url } = await gateway(t, (_, outgoing) => {
    waiting.push(outgoing);
    if (waiting.length === 3) for (const each of waiting) each.end('ok');
  });
  const requests = ['a', 'b', 'c'].map((id) => request(`${url}/${id}`, { id }));
  const responses = await createSend({ fetch, serverUrl: url })(requests, soon());
  assert.deepEqual(
    responses.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
  assert.ok(responses.every((response) => 'status' in response));
});

test('timeout: no answer, and an answer that stops in the middle', async (t) => {
  const silent = await gateway(t, () => {});
  assert.deepEqual(await send(silent.url, { timeoutMs: 50 }), { id: 'a', failure: 'timeout' });
  const stalled = await gateway(t, (_, outgoing) => outgoing.writeHead(200, { 'content-length': '9' }).write('half'));
  assert.deepEqual(await send(stalled.url, { timeoutMs: 1500 }), { id: 'a', failure: 'timeout' });
  assert.equal(stalled.seen.length, 1, 'a timeout is not tried again');
});

test('timeout: the deadline of the whole operation counts, and once it has passed nothing is sent', async (t) => {
  const { url, seen } = await gateway(t, () => {});
  const sendAll = createSend({ fetch, serverUrl: url });
  assert.deepEqual(await sendAll([request(url)], performance.now() + 1500), [{ id: 'a', failure: 'timeout' }]);
  assert.equal(seen.length, 1);
  assert.deepEqual(await sendAll([request(url)], performance.now()), [{ id: 'a', failure: 'timeout' }]);
  assert.equal(seen.length, 1);
});

test('timeout: a screen that never ends', async () => {
  const sendAll = createSend({
    fetch: () => assert.fail('reached'),
    serverUrl: 'http://127.0.0.1',
    screen: () => new Promise(() => {}),
  });
  // The timer of a timeout does not keep a process alive by itself.
  const alive = setInterval(() => {}, 1000);
  assert.deepEqual(await sendAll([request('http://127.0.0.1', { timeoutMs: 50 })], soon()), [
    { id: 'a', failure: 'timeout' },
  ]);
  clearInterval(alive);
});

test('refused: nobody listens', async (t) => {
  const { url, close } = await gateway(t, () => {});
  close();
  assert.deepEqual(await send(url), { id: 'a', failure: 'refused' });
});

test('reset: in the middle of a body, and before any answer', async (t) => {
  const middle = await gateway(t, (_, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '9' });
    outgoing.write('half', () => outgoing.destroy());
  });
  assert.deepEqual(await send(middle.url, { method: 'POST' }), { id: 'a', failure: 'reset' });
  const before = await gateway(t, (_, outgoing) => outgoing.destroy());
  assert.deepEqual(await send(before.url, { method: 'POST' }), { id: 'a', failure: 'reset' });
});

test('a GET is sent once more after a reset or a refusal; anything else never is', async (t) => {
  const recovering = await gateway(t, (_, outgoing, count) => (count === 1 ? outgoing.destroy() : outgoing.end('ok')));
  assert.equal((await send(recovering.url)).body, 'ok');
  const broken = await gateway(t, (_, outgoing) => outgoing.destroy());
  assert.equal((await send(broken.url)).failure, 'reset');
  assert.equal(broken.seen.length, 2);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const once = await gateway(t, (_, outgoing) => outgoing.destroy());
    assert.equal((await send(once.url, { method })).failure, 'reset');
    assert.equal(once.seen.length, 1, method);
  }
  let refusals = 0;
  /** @type {typeof fetch} */
  const counted = (...args) => {
    refusals += 1;
    return fetch(...args);
  };
  const gone = await gateway(t, () => {});
  gone.close();
  await createSend({ fetch: counted, serverUrl: gone.url })([request(gone.url)], soon());
  assert.equal(refusals, 2);
});

test('tooLarge: more than a megabyte, told or not, packed or not; a megabyte is fine', {
  timeout: 10_000,
}, async (t) => {
  const full = Buffer.alloc(MEGABYTE, 'a');
  const fits = await gateway(t, (_, outgoing) => outgoing.end(full));
  assert.equal((await send(fits.url)).body.length, MEGABYTE);

  const told = await gateway(t, (_, outgoing) => outgoing.end(`${full}b`));
  assert.deepEqual(await send(told.url), { id: 'a', failure: 'tooLarge' });

  const packed = await gateway(t, (_, outgoing) =>
    outgoing.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50 * MEGABYTE))),
  );
  assert.deepEqual(await send(packed.url), { id: 'a', failure: 'tooLarge' });

  /** @type {() => void} */
  let stopped = () => {};
  const stop = new Promise((resolve) => {
    stopped = () => resolve(true);
  });
  const endless = await gateway(t, (_, outgoing) => {
    outgoing.on('close', stopped);
    const pour = () => {
      while (!outgoing.destroyed && outgoing.write(full));
    };
    outgoing.on('drain', pour);
    pour();
  });
  // No time-out within the test's own: what ends the connection is that the rest is not wanted.
  const patient = request(endless.url, { timeoutMs: 600_000 });
  const [cut] = await createSend({ fetch, serverUrl: endless.url })([patient], performance.now() + 600_000);
  assert.deepEqual(cut, { id: 'a', failure: 'tooLarge' });
  assert.ok(await stop);
});

test('tls: a certificate nobody signed, and a server that does not speak TLS', async (t) => {
  const pem = readFileSync(new URL('selfSigned.pem', import.meta.url));
  const { port, seen } = await gateway(
    t,
    (_, outgoing) => outgoing.end(),
    (listener) => createTlsServer({ key: pem, cert: pem }, listener),
  );
  assert.deepEqual(await send(`https://127.0.0.1:${port}`), { id: 'a', failure: 'tls' });
  assert.equal(seen.length, 0);
  const plain = await gateway(t, (_, outgoing) => outgoing.end());
  assert.deepEqual(await send(`https://127.0.0.1:${plain.port}`), { id: 'a', failure: 'tls' });
});

test('dns: a name that cannot be', async () => {
  // Longer than a label may be (RFC 1035), so that no resolver is asked.
  const host = `${'a'.repeat(64)}.example`;
  assert.deepEqual(await send(`http://${host}`), { id: 'a', failure: 'dns' });
  const unscreened = createSend({ fetch, serverUrl: `http://${host}` });
  assert.deepEqual(await unscreened([request(`http://${host}`)], soon()), [{ id: 'a', failure: 'dns' }]);
});

test('blocked: any origin but that of the server, and a server that is not a URL', async (t) => {
  const { url, port, seen } = await gateway(t, (_, outgoing) => outgoing.end());
  const sendAll = createSend({ fetch, serverUrl: `${url}/btcpay` });
  for (const elsewhere of [
    `http://localhost:${port}/`,
    `https://127.0.0.1:${port}/`,
    'http://127.0.0.1/',
    `http://127.0.0.1:${port}@example.com/`,
    'not a URL',
    'file:///etc/passwd',
  ]) {
    assert.deepEqual(await sendAll([request(elsewhere)], soon()), [{ id: 'a', failure: 'blocked' }], elsewhere);
  }
  const nowhere = createSend({ fetch, serverUrl: 'not a URL' });
  assert.deepEqual(await nowhere([request('not a URL')], soon()), [{ id: 'a', failure: 'blocked' }]);
  assert.equal(seen.length, 0);
  assert.equal((await sendAll([request(`${url}/anything`)], soon()))[0] && seen.length, 1);
});

test('blocked: link-local and metadata addresses, before any connection', async () => {
  for (const address of [
    '169.254.169.254',
    '169.254.0.1',
    '0.0.0.0',
    '100.100.100.200',
    '[fe80::1]',
    '[febf::1]',
    '[::]',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '2852039166',
  ]) {
    const serverUrl = `http://${address}`;
    const sendAll = createSend({ fetch: () => assert.fail(`${address} was reached`), serverUrl, screen });
    assert.deepEqual(await sendAll([request(serverUrl)], soon()), [{ id: 'a', failure: 'blocked' }], address);
  }
  for (const address of ['127.0.0.1', '[::1]', '10.0.0.5', '192.168.1.2', '169.253.0.1', '[fec0::1]']) {
    assert.equal(await screen(address), undefined, address);
  }
});

test('an error nobody knows is a reset: the request may have arrived', () => {
  assert.equal(failureOf(new TypeError('fetch failed')), 'reset');
  assert.equal(failureOf(undefined), 'reset');
  assert.equal(failureOf(new TypeError('fetch failed', { cause: { code: 'EPIPE' } })), 'reset');
  assert.equal(failureOf(new TypeError('x', { cause: new Error('y', { cause: { code: 'ENETUNREACH' } }) })), 'offline');
  assert.equal(failureOf({ code: 'constructor' }), 'reset');
});

test('tls is what goes wrong before anything is sent; what breaks in TLS later is a reset', () => {
  const failing = (/** @type {string} */ code) => failureOf(new TypeError('fetch failed', { cause: { code } }));
  for (const code of [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_UNSUPPORTED_PROTOCOL',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  ]) {
    assert.equal(failing(code), 'tls', code);
  }
  for (const code of [
    'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
    'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
    'ERR_SSL_UNEXPECTED_EOF_WHILE_READING',
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_UNEXPECTED_MESSAGE',
  ]) {
    assert.equal(failing(code), 'reset', code);
  }
});
