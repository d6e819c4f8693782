/** Requests that PHP itself sends: to the shop's server and nobody else, bounded, and every failure in the protocol's words. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { gateway } from '../js/shim/gateway.js';
import { phpJson } from './php.js';

const MEGABYTE = 1024 * 1024;
const PEM = new URL('../js/shim/selfSigned.pem', import.meta.url);

/** @param {string} url @param {object} [rest] */
const request = (url, rest) => ({ id: 'a', method: 'GET', url, headers: {}, timeoutMs: 5000, ...rest });

/**
 * @param {object[]} requests
 * @param {{ reach: string[], seconds?: number, caFile?: string, env?: Record<string, string> }} how
 * @returns {Promise<any[]>}
 */
const send = (requests, { env, seconds = 5, ...how }) =>
  phpJson('sender.php', { input: { requests, seconds, ...how }, env });

/** @param {import('node:test').TestContext} t @param {(socket: import('node:net').Socket) => void} answer */
async function bare(t, answer) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.once('data', () => answer(socket));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}

test('sends method, headers and body as they are; a reply is text with lower-case header names', async (t) => {
  let body = '';
  const { url, seen } = await gateway(t, async (incoming, outgoing) => {
    for await (const chunk of incoming) body += chunk;
    outgoing.writeHead(422, { 'Content-Type': 'application/json', 'X-Some': ['a', 'b'] }).end('\ufeff{"決":"済"}');
  });
  const headers = { Authorization: 'token abc', 'Content-Type': 'application/json' };
  const [response] = await send([request(`${url}/x?y=1`, { method: 'POST', headers, body: '{"a":"決"}' })], {
    reach: [`${url}/sub/`],
  });
  assert.deepEqual(
    [seen[0]?.method, seen[0]?.url, seen[0]?.headers.authorization, body],
    ['POST', '/x?y=1', 'token abc', '{"a":"決"}'],
  );
  assert.equal(seen[0]?.headers['content-type'], 'application/json');
  assert.deepEqual([response.id, response.status, response.body], ['a', 422, '\ufeff{"決":"済"}']);
  assert.equal(response.headers['content-type'], 'application/json');
  assert.equal(response.headers['x-some'], 'a, b');
});

test('a body that is not UTF-8 comes as base64 of its bytes; none is empty text; PUT without one has a length', async (t) => {
  const bytes = randomBytes(10_000);
  const { url, seen } = await gateway(t, (incoming, outgoing) => outgoing.end(incoming.method === 'PUT' ? '' : bytes));
  const [got, put] = await send([request(url), request(url, { id: 'b', method: 'PUT' })], { reach: [url] });
  assert.equal(got.bodyBase64, bytes.toString('base64'));
  assert.deepEqual([put.id, put.status, put.body], ['b', 200, '']);
  const sent = seen.find(({ method }) => method === 'PUT');
  assert.equal(sent?.headers['content-length'], '0');
  assert.equal(sent?.headers['content-type'], undefined);
});

test('all are sent at once, and answered in their order', async (t) => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const { url } = await gateway(t, (incoming, outgoing) => {
    waiting.push(() => outgoing.end(incoming.url));
    // Nobody is answered before all have come, and then the last one first.
    if (waiting.length === 5) for (const answer of waiting.reverse()) answer();
  });
  const ids = ['1', '2', '3', '4', '5'];
  const responses = await send(
    ids.map((id) => request(`${url}/${id}`, { id })),
    { reach: [url] },
  );
  assert.deepEqual(
    responses.map(({ id, body }) => [id, body]),
    ids.map((id) => [id, `/${id}`]),
  );
});

test('nothing is sent to another origin, however it is written', async (t) => {
  const { url, port, seen } = await gateway(t, (_, outgoing) => outgoing.end());
  const others = [
    `http://localhost:${port}/`,
    `http://127.0.0.1:${port}@127.0.0.1:${port}/`,
    `http://user@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}\\@example.com/`,
    `https://127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}0/`,
    `http://127.0.0.1.example.com:${port}/`,
    `ftp://127.0.0.1:${port}/`,
    `file:///etc/passwd`,
    'gopher://127.0.0.1/',
    '/relative',
    '',
  ];
  const responses = await send(
    others.map((other) => request(other)),
    { reach: [url] },
  );
  assert.deepEqual(
    responses,
    others.map(() => ({ id: 'a', failure: 'blocked' })),
  );
  assert.deepEqual(seen, []);
});

test("addresses of the machine's own network and metadata services get nothing, and nobody does without TLS", async () => {
  const addresses = [
    '169.254.169.254',
    '[fe80::1]',
    '[::]',
    '0.0.0.0',
    '100.100.100.200',
    '[fd00:ec2::254]',
    '[::ffff:169.254.169.254]',
    '[::FFFF:a9fe:a9fe]',
  ];
  const open = [
    'http://example.com/',
    'http://10.0.0.1/',
    'http://abc.onion/',
    'http://127.0.0.1.nip.example/',
    'http://[::2]/',
  ];
  const urls = [...addresses.map((address) => `https://${address}/latest/meta-data/`), ...open];
  const responses = await send(
    urls.map((url) => request(url)),
    { reach: urls },
  );
  assert.deepEqual(
    responses,
    urls.map(() => ({ id: 'a', failure: 'blocked' })),
  );
});

test('no redirect is followed', async (t) => {
  const { url, seen } = await gateway(t, (_, outgoing) => outgoing.writeHead(302, { location: '/elsewhere' }).end());
  const [{ status }] = await send([request(url)], { reach: [url] });
  assert.deepEqual([status, seen.length], [302, 1]);
});

test("the environment's proxy is passed by", async (t) => {
  const { url } = await gateway(t, (_, outgoing) => outgoing.end('direct'));
  const proxy = 'http://127.0.0.1:1';
  const [{ body }] = await send([request(url)], {
    reach: [url],
    env: { http_proxy: proxy, all_proxy: proxy, ALL_PROXY: proxy },
  });
  assert.equal(body, 'direct');
});

test('a reply of 1 MB is read, a larger one is not', async (t) => {
  const { url } = await gateway(t, (incoming, outgoing) => {
    outgoing.end('x'.repeat(incoming.url === '/fits' ? MEGABYTE : MEGABYTE + 1));
  });
  const [fits, not] = await send([request(`${url}/fits`), request(`${url}/not`)], { reach: [url] });
  assert.equal(fits.body.length, MEGABYTE);
  assert.deepEqual(not, { id: 'a', failure: 'tooLarge' });
});

test('a gateway that never answers, or never ends, is left with its time; so is everything when the time of all is over', async (t) => {
  const { url } = await gateway(t, (incoming, outgoing) => {
    if (incoming.url !== '/drips') return;
    outgoing.write('x');
    const drip = setInterval(() => outgoing.write('x'), 20);
    outgoing.on('close', () => clearInterval(drip));
  });
  const requests = ['/silent', '/drips'].map((path) => request(`${url}${path}`, { timeoutMs: 200 }));
  const late = { id: 'a', failure: 'timeout' };
  assert.deepEqual(await send(requests, { reach: [url] }), [late, late]);
  assert.deepEqual(await send([request(`${url}/silent`)], { reach: [url], seconds: 0.2 }), [late]);
  assert.deepEqual(await send([request(`${url}/silent`)], { reach: [url], seconds: 0 }), [late]);
});

test('a request that changes something is sent once, whatever becomes of it; a question twice', async (t) => {
  for (const answer of [
    (/** @type {import('node:net').Socket} */ socket) => socket.destroy(),
    (/** @type {import('node:net').Socket} */ socket) => socket.end('HTTP/1.1 200 OK\r\nx-cut: of'),
    (/** @type {import('node:net').Socket} */ socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
    (/** @type {import('node:net').Socket} */ socket) => socket.end('SSH-2.0-OpenSSH\r\n'),
  ]) {
    for (const [method, times] of /** @type {const} */ ([
      ['POST', 1],
      ['PUT', 1],
      ['DELETE', 1],
      ['GET', 2],
    ])) {
      const { url, connections } = await bare(t, answer);
      const [{ failure }] = await send([request(url, { method })], { reach: [url] });
      assert.equal(failure, 'reset', method);
      assert.equal(connections(), times, method);
    }
  }
});

test('refused, unknown and badly certified servers are told apart', async (t) => {
  const { url, close } = await gateway(t, () => {});
  close();
  const pem = readFileSync(PEM);
  const tls = await gateway(
    t,
    (_, outgoing) => outgoing.end('private'),
    (listener) => createTlsServer({ key: pem, cert: pem }, listener),
  );
  const secure = `https://localhost:${tls.port}`;
  const nowhere = 'https://no-such-host.invalid';
  const responses = await send([request(url), request(secure), request(nowhere)], {
    reach: [url, secure, nowhere],
    seconds: 20,
  });
  assert.deepEqual(
    responses.map(({ failure }) => failure),
    ['refused', 'tls', 'dns'],
  );
});
