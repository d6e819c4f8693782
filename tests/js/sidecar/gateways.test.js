/** The way out: connections that are kept, addresses that are screened, certificates, proxies. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { readGateways } from '../../../js/sidecar/gatewayOptions.js';
import { UsageError } from '../../../js/sidecar/usageError.js';
import { gateway } from '../shim/gateway.js';
import { authority } from './certificates.js';
import { connectProxy, silence, socksProxy } from './proxies.js';
import { folder, serving } from './serving.js';

/** @import { TestContext } from 'node:test' */

const request = { id: 'one', method: 'GET', headers: {}, timeoutMs: 10_000 };

/**
 * A sidecar with the gateways of a list, and what comes of one request to one of them.
 * @param {TestContext} t
 * @param {object[]} list as in the file of --gateways
 * @param {Parameters<typeof serving>[1]} [options]
 */
async function reaching(t, list, options) {
  const sidecar = await serving(t, { gateways: readGateways([], listFile(t, list)), ...options });
  return {
    ...sidecar,
    /** @param {string} url @param {object} [rest] @returns {Promise<string | number>} the failure, or the status */
    async reach(url, rest) {
      const { json } = await sidecar.post('/v1/send', { send: [{ ...request, url, ...rest }] });
      return json.responses[0].failure ?? json.responses[0].status;
    },
  };
}

/** @param {TestContext} t @param {unknown} list */
function listFile(t, list, mode = 0o640) {
  const file = join(folder(t), 'gateways.json');
  writeFileSync(file, typeof list === 'string' ? list : JSON.stringify(list));
  chmodSync(file, mode);
  return file;
}

/**
 * A gateway that speaks TLS as `name`.
 * @param {TestContext} t
 * @param {ReturnType<typeof authority>} of
 * @param {string} name
 * @param {import('node:https').ServerOptions} [options]
 */
async function tlsGateway(t, of, name, options) {
  const { cert, key } = of.issue(name);
  const pair = { cert: readFileSync(cert), key: readFileSync(key) };
  return gateway(
    t,
    (_, response) => response.end('{}'),
    (listener) => createTlsServer({ ...pair, ...options }, listener),
  );
}

/**
 * Answers look-ups in place of the system.
 * @param {TestContext} t
 * @param {...string} addresses one for each look-up
 */
function resolving(t, ...addresses) {
  /** @type {string[]} */
  const asked = [];
  t.mock.method(dns, 'lookup', (/** @type {string} */ name, /** @type {any} */ _, /** @type {any} */ callback) => {
    asked.push(name);
    const address = addresses[asked.length - 1] ?? assert.fail(`${name} is looked up once more`);
    setImmediate(callback, null, [{ address, family: 4 }]);
  });
  return asked;
}

test('a connection is kept for the next request', async (t) => {
  let connections = 0;
  const { url } = await gateway(
    t,
    (_, response) => response.end('{}'),
    (listener) => createServer(listener).on('connection', () => connections++),
  );
  const { reach } = await reaching(t, [{ url }]);
  for (const _ of [1, 2, 3]) assert.equal(await reach(url), 200);
  assert.equal(connections, 1);
});

test('a connection goes to the address that was screened, and its name is looked up once', async (t) => {
  const { port, seen } = await gateway(t, (_, response) => response.writeHead(200, { connection: 'close' }).end());
  const url = `http://localhost:${port}`;
  const { reach } = await reaching(t, [{ url }]);
  const asked = resolving(t, '127.0.0.1', '169.254.169.254', '0.0.0.0', '127.0.0.1');
  assert.equal(await reach(url), 200);
  assert.equal(await reach(url), 'blocked');
  assert.equal(await reach(url), 'blocked');
  assert.equal(await reach(url), 200);
  assert.deepEqual(asked, Array(4).fill('localhost'));
  assert.equal(seen.length, 2);
});

test('one address of the network itself among others blocks them all', async (t) => {
  const { port, seen } = await gateway(t, (_, response) => response.end());
  const url = `http://localhost:${port}`;
  const { reach } = await reaching(t, [{ url }]);
  t.mock.method(dns, 'lookup', (/** @type {any} */ _, /** @type {any} */ __, /** @type {any} */ callback) => {
    const address = (/** @type {string} */ text, /** @type {number} */ family) => ({ address: text, family });
    setImmediate(callback, null, [address('127.0.0.1', 4), address('fe80::1%lo', 6)]);
  });
  assert.equal(await reach(url), 'blocked');
  assert.equal(seen.length, 0);
});

test('a name that cannot be is dns', async (t) => {
  // Longer than a label may be (RFC 1035), so that no resolver is asked.
  const url = `https://${'a'.repeat(64)}.example`;
  const { reach } = await reaching(t, [{ url }]);
  assert.equal(await reach(url), 'dns');
});

test('a server is known by the authority that was named for it, and by its name', async (t) => {
  const of = authority(t);
  const { port, seen } = await tlsGateway(t, of, 'localhost');
  const url = `https://localhost:${port}`;
  assert.equal(await (await reaching(t, [{ url, ca: of.ca }])).reach(url), 200);
  assert.equal(await (await reaching(t, [{ url }])).reach(url), 'tls', 'an authority that nobody named');
  assert.equal(await (await reaching(t, [{ url, ca: authority(t).ca }])).reach(url), 'tls', 'another authority');
  const byAddress = `https://127.0.0.1:${port}`;
  assert.equal(await (await reaching(t, [{ url: byAddress, ca: of.ca }])).reach(byAddress), 'tls', 'another name');
  assert.equal(seen.length, 1);
});

test('our own certificate is shown to the server that it is for, and to no other', async (t) => {
  const of = authority(t);
  /** @type {string[]} */
  const names = [];
  const listen = (/** @type {string} */ name) => {
    const { cert, key } = of.issue('localhost');
    const options = { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(of.ca), requestCert: true };
    return gateway(
      t,
      ({ socket }, response) => {
        const { subject } = /** @type {import('node:tls').TLSSocket} */ (socket).getPeerCertificate();
        names.push(`${name}: ${subject?.CN ?? 'none'}`);
        response.end();
      },
      (listener) => createTlsServer({ ...options, rejectUnauthorized: false }, listener),
    );
  };
  const [one, other] = [await listen('one'), await listen('other')];
  const [first, second] = [`https://localhost:${one.port}`, `https://localhost:${other.port}`];
  const list = [
    { url: first, ca: of.ca, ...of.issue('the shop') },
    { url: second, ca: of.ca },
  ];
  const { reach } = await reaching(t, list);
  assert.deepEqual([await reach(first), await reach(second)], [200, 200]);
  assert.deepEqual(names, ['one: the shop', 'other: none']);
});

test('tls: a certificate of ours that the server does not take, and none where it wants one', async (t) => {
  const of = authority(t);
  const url = await strict(t, of);
  const shown = async (/** @type {object} */ own) => (await reaching(t, [{ url, ca: of.ca, ...own }])).reach(url);
  assert.equal(await shown(of.issue('the shop')), 200);
  assert.equal(await shown(authority(t).issue('the shop')), 'tls');
  assert.equal(await shown({}), 'tls');
});

test('reset: a connection that breaks in TLS once the request is there, for it may have been carried out', async (t) => {
  const of = authority(t);
  const server = await tlsGateway(t, of, 'btcpay.example');
  const proxy = await connectProxy(t, server.port, { spoils: () => server.seen.length > 0 });
  const url = 'https://btcpay.example';
  const { reach } = await reaching(t, [{ url, ca: of.ca, proxy: `http://127.0.0.1:${proxy.port}` }]);
  assert.equal(await reach(url, { method: 'POST' }), 'reset');
  assert.equal(server.seen.length, 1);
});

test('tls: a certificate of ours that is over, or not good yet, is not shown at all', async (t) => {
  const of = authority(t);
  const { port, seen } = await tlsGateway(t, of, 'localhost');
  const url = `https://localhost:${port}`;
  const { reach } = await reaching(t, [{ url, ca: of.ca, ...of.issue('the shop') }]);
  const now = Date.now();
  const DAY = 86_400_000;
  let today = now + 3 * DAY;
  t.mock.method(Date, 'now', () => today);
  assert.equal(await reach(url), 'tls');
  today = now - DAY;
  assert.equal(await reach(url), 'tls');
  assert.equal(seen.length, 0);
  today = now;
  assert.equal(await reach(url), 200);
});

test('CONNECT: the proxy is told the name, and TLS is spoken with the server behind it', async (t) => {
  const of = authority(t);
  const server = await tlsGateway(t, of, 'btcpay.example');
  const proxy = await connectProxy(t, server.port);
  const url = 'https://btcpay.example';
  const asked = resolving(t);
  const { reach } = await reaching(t, [
    { url, ca: of.ca, proxy: `http://shop:p%40ss@127.0.0.1:${proxy.port}` },
    { url: 'https://other.example', ca: of.ca, proxy: `http://127.0.0.1:${proxy.port}` },
  ]);
  assert.deepEqual([await reach(url), await reach(url)], [200, 200]);
  const authorization = `Basic ${Buffer.from('shop:p@ss').toString('base64')}`;
  assert.deepEqual(proxy.seen, [{ target: 'btcpay.example:443', authorization }]);
  assert.deepEqual(asked, []);
  assert.equal(await reach('https://other.example'), 'tls', 'a name that the server behind it is not');
});

test('SOCKS: the proxy is told the name, and a .onion is reached by http', async (t) => {
  const of = authority(t);
  const server = await tlsGateway(t, of, 'btcpay.example');
  const plain = await gateway(t, (_, response) => response.end('{}'));
  const proxy = await socksProxy(t, server.port);
  const tor = await socksProxy(t, plain.port, { user: 'shop:p@ss' });
  const url = 'https://btcpay.example:8443';
  const onion = `http://${'k'.repeat(56)}.onion`;
  const asked = resolving(t);
  const { reach } = await reaching(t, [
    { url, ca: of.ca, proxy: `socks5://127.0.0.1:${proxy.port}` },
    { url: onion, proxy: `socks5://shop:p%40ss@127.0.0.1:${tor.port}` },
  ]);
  assert.deepEqual([await reach(url), await reach(url)], [200, 200]);
  assert.deepEqual(proxy.seen, [{ type: 3, host: 'btcpay.example', port: 8443, user: undefined }]);
  assert.equal(await reach(onion, { method: 'POST', body: '{}' }), 200);
  assert.deepEqual(tor.seen, [{ type: 3, host: `${'k'.repeat(56)}.onion`, port: 80, user: 'shop:p@ss' }]);
  assert.equal(plain.seen[0]?.headers.host, `${'k'.repeat(56)}.onion`);
  assert.deepEqual(asked, []);
});

test('refused: a proxy that lets nothing through, or is not there', async (t) => {
  const url = 'https://btcpay.example';
  const [busy, closed] = [await connectProxy(t, 1, { answer: '403 Forbidden' }), await connectProxy(t, 1)];
  const socks = [await socksProxy(t, 1, { reply: 4 }), await socksProxy(t, 1, { user: 'somebody:else' })];
  const gone = await gateway(t, () => {});
  gone.close();
  const proxies = [
    ...[busy, closed, gone].map(({ port }) => `http://127.0.0.1:${port}`),
    ...[...socks, gone].map(({ port }) => `socks5://127.0.0.1:${port}`),
  ];
  for (const proxy of proxies) {
    const { reach } = await reaching(t, [{ url, proxy }]);
    assert.equal(await reach(url, { method: 'POST' }), 'refused', proxy);
  }
  assert.equal(busy.seen.length, 1, 'a POST is not sent again');
});

test('a proxy that never answers has the time of the request, and no more', async (t) => {
  const url = 'https://btcpay.example';
  const port = await silence(t);
  for (const protocol of ['http', 'socks5']) {
    const list = [{ url, proxy: `${protocol}://127.0.0.1:${port}` }];
    const { reach, gate } = await reaching(t, list, { deadlineMs: 300 });
    assert.equal(await reach(url), 'timeout', protocol);
    assert.equal(gate.inFlight, 0);
  }
});

test('what the environment names as a proxy is no way for anything', async (t) => {
  const { url } = await gateway(t, (_, response) => response.end());
  const proxy = await connectProxy(t, 1);
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']) {
    process.env[name] = `http://127.0.0.1:${proxy.port}`;
    t.after(() => delete process.env[name]);
  }
  const { reach } = await reaching(t, [{ url }]);
  assert.equal(await reach(url), 200);
  assert.deepEqual(proxy.seen, []);
});

test('a proxy’s password and a key are told to nobody', async (t) => {
  const of = authority(t);
  const own = of.issue('the shop');
  const url = 'https://btcpay.example';
  const proxy = await connectProxy(t, 1, { answer: '407 Proxy Authentication Required' });
  const list = [{ url, proxy: `http://shop:canaryqz@127.0.0.1:${proxy.port}`, ca: of.ca, ...own }];
  const { reach, ask, post, lines } = await reaching(t, list, { logLevel: 'debug' });
  assert.equal(await reach(url), 'refused');
  const { json } = await post('/v1/btcpay.listInvoices', {
    settings: { serverUrl: url, apiKey: 'k'.repeat(40), storeId: 's', shopId: 'x', shopKey: 'y'.repeat(32) },
  });
  assert.equal(json.err.code, 'gateway.unreachable');
  const said = [...lines, JSON.stringify(json), (await ask('/metrics')).text].join('\n');
  const [, secret = ''] = readFileSync(own.key, 'utf8').split('\n');
  assert.ok(lines.length > 5 && secret.length > 20);
  for (const hidden of ['canaryqz', Buffer.from('shop:canaryqz').toString('base64'), secret]) {
    assert.ok(!said.includes(hidden), hidden);
  }
});

test('a list of gateways that could not work is told at the start, with the file and what to do', (t) => {
  const of = authority(t);
  const own = of.issue('the shop');
  const other = of.issue('another');
  const url = 'https://btcpay.example';
  const text = join(folder(t), 'text');
  writeFileSync(text, 'no PEM', { mode: 0o640 });
  const open = of.issue('open to all').key;
  chmodSync(open, 0o644);
  /** @type {[unknown, RegExp][]} */
  const wrong = [
    ['no JSON', /gateways\.json must hold a JSON list/],
    [{}, /must hold a JSON list/],
    [[null], /entry 1/],
    [[{ url }, { url, prxy: 'x' }], /entry 2: there is no "prxy", but url, proxy/],
    [[{ url, key: 1 }], /key must be a text/],
    [[{}], /entry 1: .* https address/],
    [[{ url: 'http://btcpay.example' }], /https address/],
    [[{ url: 'http://[::ffff:127.0.0.1]' }], /https address/],
    [[{ url: 'https://169.254.169.254' }], /no payment server/],
    [[{ url: 'https://2852039166' }], /no payment server/],
    [[{ url: 'https://[fd00:ec2::254]' }], /no payment server/],
    [[{ url }, { url: `${url}/btcpay` }], /named twice/],
    [[{ url: 'http://abc.onion' }], /through Tor.*socks5:/],
    [[{ url: 'https://abc.onion', proxy: 'http://127.0.0.1:3128' }], /through Tor.*socks5:/],
    [[{ url, proxy: 'ftp://127.0.0.1' }], /http:\/\/HOST:PORT or socks5:/],
    [[{ url, proxy: '127.0.0.1:3128' }], /http:\/\/HOST:PORT or socks5:/],
    [[{ url, proxy: 'http://shop:%zz@127.0.0.1' }], /percent-encoded/],
    [[{ url, cert: own.cert }], /cert and key go together/],
    [[{ url, key: own.key }], /cert and key go together/],
    [[{ url, ca: 'nothing.pem' }], /cannot read .*nothing\.pem: ENOENT/],
    [[{ url, ca: text }], /text holds no certificate in PEM/],
    [[{ url, cert: text, key: own.key }], /text holds no certificate in PEM/],
    [[{ url, cert: own.cert, key: text }], /text holds no private key in PEM.*passphrase/],
    [[{ url, cert: own.cert, key: other.key }], /is not the key of the certificate in .*\.pem/],
    [[{ url, cert: own.cert, key: open }], /anybody can read .*: chmod 640/],
  ];
  for (const [list, reason] of wrong) {
    const told = (/** @type {unknown} */ error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, reason);
      assert.ok(!/shop:|BEGIN [A-Z ]*PRIVATE/.test(error.message), error.message);
      return true;
    };
    assert.throws(() => readGateways([], listFile(t, list)), told, JSON.stringify(list));
  }
  const password = listFile(t, [{ url, proxy: 'http://shop:pass@127.0.0.1' }], 0o644);
  assert.throws(() => readGateways([], password), /anybody can read .*gateways\.json: chmod 640/);
  assert.throws(() => readGateways([url], listFile(t, [{ url }])), /named twice/);
  assert.throws(() => readGateways([], '/nowhere/at/all'), /cannot read \/nowhere\/at\/all: ENOENT/);
});

test('files stand as seen from the list’s folder, and what is told of a gateway is read', (t) => {
  const of = authority(t);
  const { cert, key } = of.issue('the shop');
  const [, name = ''] = /([^/]+)$/.exec(cert) ?? [];
  const list = [{ url: 'https://btcpay.example/sub', proxy: 'socks5://127.0.0.1:9050', ca: of.ca, cert: name, key }];
  const file = join(cert, '..', 'gateways.json');
  writeFileSync(file, JSON.stringify(list));
  const [plain, one] = readGateways(['https://plain.example'], file);
  assert.deepEqual(plain, { origin: 'https://plain.example' });
  assert.equal(one?.origin, 'https://btcpay.example');
  assert.equal(one?.proxy?.href, 'socks5://127.0.0.1:9050');
  assert.deepEqual(one?.tls, {
    ca: readFileSync(of.ca, 'utf8'),
    cert: readFileSync(cert, 'utf8'),
    key: readFileSync(key, 'utf8'),
  });
  assert.ok(one?.valid && one.valid.from <= Date.now() && one.valid.to > Date.now());
});

/**
 * A server that ends the handshake with who shows no certificate of its authority. Node's own never does: it closes without a word.
 * @param {TestContext} t
 * @param {ReturnType<typeof authority>} of
 */
async function strict(t, of) {
  const { cert, key } = of.issue('localhost');
  const files = ['-cert', cert, '-key', key, '-CAfile', of.ca];
  const options = ['-accept', '127.0.0.1:0', '-Verify', '1', '-verify_return_error', '-www'];
  const child = spawn('openssl', ['s_server', ...files, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill());
  let said = '';
  for (;;) {
    const [chunk] = await once(child.stdout, 'data');
    said += chunk;
    const [, port] = /ACCEPT [\d.]+:(\d+)/.exec(said) ?? [];
    if (port) return `https://localhost:${port}`;
  }
}
