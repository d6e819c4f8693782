/** The nginx of the manual before two sidecars, which are stopped and killed while it passes requests on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { loadCases, readable } from '../golden/cases.js';
import { gateway } from '../js/shim/gateway.js';
import { createClient } from '../js/sidecar/client.js';
import { goldenRequests } from '../js/sidecar/goldenRequests.js';
import { folder } from '../js/sidecar/serving.js';
import { example, replaced, startNginx } from './nginx.js';
import { startSidecar } from './sidecar.js';
import { tries } from './tries.js';

/** @import { TestContext } from 'node:test' */
/** @import { Sidecar } from './sidecar.js' */

const TIMELINE = { record: null };

/**
 * nginx and two sidecars, each as its own process.
 * @param {TestContext} t
 * @param {string[]} [options] of the sidecars
 */
async function behindNginx(t, options = []) {
  const directory = folder(t);
  const place = (/** @type {number} */ no) => join(directory, 'run', `kessai${no}.sock`);
  const start = (/** @type {number} */ no) => startSidecar(t, ['--socket', place(no), ...options]);
  const sidecars = [await start(1), await start(2)];
  const snippet = join(directory, 'nginx/snippet.conf');
  const nginx = await startNginx(t, directory, {
    'snippet.conf': example('snippet.conf'),
    'kessai.site': replaced(example('kessai.conf'), {
      '/run/kessai': join(directory, 'run'),
      '/etc/nginx/snippets/kessai.conf': snippet,
      '127.0.0.1:9464': `unix:${directory}/metrics.sock`,
    }),
    'tls.site': replaced(example('kessai-tls.conf'), {
      'listen 8443 ssl': `listen unix:${directory}/tls.sock ssl`,
      '/etc/kessai': certificate(directory),
      '/etc/nginx/snippets/kessai.conf': snippet,
    }),
  });
  return {
    directory,
    nginx,
    ...createClient(join(directory, 'run/kessai.sock'), t),
    metrics: createClient(join(directory, 'metrics.sock'), t).ask,
    /** @param {1 | 2} no */
    sidecar: (no) => /** @type {Sidecar} */ (sidecars[no - 1]),
    /** @param {1 | 2} no @param {NodeJS.Signals} signal */
    async restart(no, signal) {
      const ended = await sidecars[no - 1]?.end(signal);
      sidecars[no - 1] = await start(no);
      return ended;
    },
  };
}

/** @param {string} directory @returns {string} where a certificate of `localhost` is */
function certificate(directory) {
  const [key, crt] = [join(directory, 'tls.key'), join(directory, 'tls.crt')];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...args, '-subj', '/CN=localhost', '-keyout', key, '-out', crt], { stdio: 'ignore' });
  return directory;
}

/** Requests at a time. */
const PLAYERS = 16;

/**
 * Passes golden cases on, many at a time and each at least once, until it is told to end.
 * @param {Awaited<ReturnType<typeof behindNginx>>['ask']} ask
 */
function playGolden(ask) {
  const requests = goldenRequests();
  const failures = /** @type {string[]} */ ([]);
  const done = Array.from({ length: PLAYERS }, () => 0);
  let next = 0;
  let isOver = false;
  const play = async (/** @type {number} */ player) => {
    while (next < requests.length || !isOver) {
      const one = requests[next++ % requests.length];
      assert.ok(one && next < 100 * requests.length);
      const { status, json } = await ask(one.route, one.sent).catch(({ code }) => ({ status: code, json: undefined }));
      if (status === 200) assert.deepEqual(readable(one.reply, json), one.reply, one.name);
      else failures.push(`${one.name}: ${status} ${json?.err.code}`);
      if (json?.err && status !== 200) assert.equal(json.err.retryable, true);
      done[player] = (done[player] ?? 0) + 1;
    }
  };
  const players = Promise.all(done.map((_, player) => play(player)));
  return {
    /** Once nothing is under way any more that was when this was called, and more has followed. */
    async passed() {
      const before = [...done];
      const ended = players.then(() => assert.fail('a player ended'));
      await Promise.race([tries(() => done.every((count, player) => count >= (before[player] ?? 0) + 2)), ended]);
    },
    /** @returns {Promise<string[]>} what was not answered as its file has it, but may be asked again */
    async end() {
      isOver = true;
      await players;
      assert.ok(next >= requests.length);
      return failures;
    },
  };
}

test('a rolling restart loses nothing: every golden case is answered as its file has it', async (t) => {
  const { ask, restart } = await behindNginx(t);
  const { passed, end } = playGolden(ask);
  for (const no of /** @type {const} */ ([1, 2, 1, 2])) {
    assert.deepEqual(await restart(no, 'SIGTERM'), [0, null], 'it ended by itself');
    await passed();
  }
  assert.deepEqual(await end(), []);
});

test('a sidecar that is killed brings no wrong answer, and no failure that may not be tried again', async (t) => {
  const { ask, restart } = await behindNginx(t);
  const { passed, end } = playGolden(ask);
  for (const no of /** @type {const} */ ([1, 2, 1, 2])) {
    await restart(no, 'SIGKILL');
    await passed();
  }
  // Only of a reply that was half way through nginx there is no other to be had.
  const failures = await end();
  assert.deepEqual(
    failures.filter((failure) => !/: (ECONNRESET|HPE_\w+|aborted)\b/.test(failure)),
    [],
  );
});

test('what goes to a gateway goes there once, though the sidecar is killed under it', async (t) => {
  /** @type {(() => void)[]} */
  const held = [];
  const { url, seen } = await gateway(t, (_, response) => held.push(() => response.end('{}')));
  const { post, sidecar } = await behindNginx(t, ['--gateway', url]);
  const send = (/** @type {number} */ no) => ({
    send: [{ id: 'one', method: 'POST', url: `${url}/${no}`, headers: {}, timeoutMs: 20_000 }],
  });
  const sending = Array.from({ length: 40 }, (_, no) => post('/v1/send', send(no)));
  await tries(() => seen.length === 40);
  await sidecar(1).end('SIGKILL');
  for (const answer of held) answer();
  const answers = await Promise.all(sending);
  const lost = answers.filter(({ status }) => status !== 200);
  for (const { status, json } of lost) {
    assert.deepEqual([status, json.err.code, json.err.retryable], [502, 'sidecar.unanswered', true]);
  }
  for (const { status, json } of answers) if (status === 200) assert.equal(json.responses[0].status, 200);
  // Both had some.
  assert.ok(lost.length > 0 && lost.length < 40, `${lost.length} lost`);
  // The one that is dead takes no connection, so that nothing was sent, and the other one sends.
  const later = Array.from({ length: 10 }, (_, no) => post('/v1/send', send(100 + no)));
  await tries(() => seen.length === 50);
  for (const answer of held) answer();
  for (const { status } of await Promise.all(later)) assert.equal(status, 200);
  const paths = seen.map(({ url }) => url);
  assert.equal(new Set(paths).size, 50, 'nothing arrived twice');
});

test('a step goes past a sidecar that is busy, and is refused where both are', async (t) => {
  const { url, seen } = await gateway(t, () => {});
  const { post } = await behindNginx(t, ['--gateway', url, '--concurrency', '1', '--deadline', '60']);
  const held = { id: 'one', method: 'POST', url, headers: {}, timeoutMs: 60_000 };
  /** Keeps one sidecar busy until the end; refused where it met the one that already is, which may be asked first. */
  const hold = () => post('/v1/send', { send: [held] }).catch(() => undefined);
  hold();
  await tries(() => seen.length === 1);
  for (let no = 0; no < 10; no++) assert.equal((await post('/v1/order.timeline', TIMELINE)).status, 200);
  await tries(async () => {
    const refused = await Promise.race([hold(), tries(() => seen.length === 2)]);
    return refused === true;
  });
  const { status, headers, json } = await post('/v1/order.timeline', TIMELINE);
  assert.deepEqual([status, headers['retry-after'], json.err.code], [503, '1', 'sidecar.busy']);
});

test('where no sidecar answers, that is said in the form of any other refusal', async (t) => {
  const { post, sidecar } = await behindNginx(t);
  await sidecar(1).end('SIGTERM');
  await sidecar(2).end('SIGTERM');
  for (const route of ['/v1/order.timeline', '/v1/send']) {
    const { status, json } = await post(route, TIMELINE);
    assert.deepEqual([status, json.err.code, json.err.retryable], [502, 'sidecar.unanswered', true]);
  }
});

test('settings and records are not written to disk on their way', async (t) => {
  const { url } = await gateway(t, (_, response) => response.end('x'.repeat(1_000_000)));
  const { directory, ask, post, nginx } = await behindNginx(t, ['--gateway', url]);
  const large = JSON.stringify({ record: 'x'.repeat(5 * 1024 * 1024) });
  assert.equal((await post('/v1/order.timeline', large)).json.err.code, 'input.tooLarge');
  const headers = { 'content-type': 'application/octet-stream', 'kessai-input': `{"secret":"${'x'.repeat(60_000)}"}` };
  assert.equal((await ask('/v1/btcpay.signWebhook', { headers, body: 'y'.repeat(1_000_000) })).status, 200);
  assert.equal((await post('/v1/order.timeline', 'x'.repeat(7 * 1024 * 1024))).status, 413);
  // A reply that its reader is slow to take.
  const slow = request({
    socketPath: join(directory, 'run/kessai.sock'),
    path: '/v1/send',
    method: 'POST',
    agent: false,
  });
  slow.setHeader('content-type', 'application/json');
  slow.end(JSON.stringify({ send: [{ id: 'one', method: 'POST', url, headers: {}, timeoutMs: 20_000 }] }));
  const [reply] = await once(slow, 'response');
  for (let no = 0; no < 50; no++) await post('/v1/order.timeline', TIMELINE);
  assert.ok((await text(reply)).length > 1_000_000);
  assert.doesNotMatch(nginx.errors(), /temporary file/);
});

test('over TLS, for other machines, the token is asked for', async (t) => {
  const token = 't'.repeat(40);
  const file = join(folder(t), 'token');
  writeFileSync(file, token, { mode: 0o600 });
  const { directory } = await behindNginx(t, ['--token-file', file]);
  const ca = readFileSync(join(directory, 'tls.crt'));
  const ask = (/** @type {Record<string, string>} */ headers) =>
    new Promise((resolve, reject) => {
      const to = { socketPath: join(directory, 'tls.sock'), servername: 'localhost', host: 'localhost', ca };
      const how = { method: 'POST', path: '/v1/order.timeline', agent: false };
      const type = { 'content-type': 'application/json' };
      secureRequest({ ...to, ...how, headers: { ...type, ...headers } }, async (response) =>
        resolve([response.statusCode, await text(response)]),
      )
        .on('error', reject)
        .end(JSON.stringify(TIMELINE));
    });
  assert.deepEqual(await ask({ authorization: `Bearer ${token}` }), [200, '{"ok":{"entries":[],"alerts":[]}}']);
  const [status, said] = /** @type {[number, string]} */ (await ask({}));
  assert.deepEqual([status, JSON.parse(said).err.code], [401, 'sidecar.unauthorized']);
});

test('each sidecar is watched by itself', async (t) => {
  const { post, metrics, sidecar } = await behindNginx(t);
  for (let no = 0; no < 4; no++) await post('/v1/order.timeline', TIMELINE);
  for (const no of [1, 2]) {
    const { status, text } = await metrics(`/${no}/metrics`);
    assert.equal(status, 200);
    assert.match(text, /^kessai_requests_total\{op="order\.timeline",outcome="ok"\} 2$/m);
  }
  await sidecar(1).end('SIGTERM');
  assert.equal((await metrics('/1/metrics')).status, 502);
  assert.equal((await metrics('/v1/order.timeline')).status, 404);
});

test('only what changes nothing may be asked a second time', () => {
  const [, pattern = ''] = /location ~ (\S+) \{/.exec(example('snippet.conf')) ?? [];
  const mayRepeat = (/** @type {string} */ route) => new RegExp(pattern).test(route);
  const openapi = JSON.parse(readFileSync(new URL('../../js/sidecar/openapi.json', import.meta.url), 'utf8'));
  const sending = new Set(loadCases().flatMap(({ op, reply }) => (reply?.send ? [op] : [])));
  const routes = Object.entries(openapi.paths).filter(([, { post }]) => post);
  assert.ok(routes.length > 50);
  for (const [route, { post }] of routes) {
    const [, isPure, op = ''] = /^\/v1\/(pure\/)?(.*)$/.exec(route) ?? [];
    if (isPure) assert.ok(mayRepeat(route), route);
    // It asks for lists and changes nothing.
    else if (op === 'order.reconcile') assert.ok(mayRepeat(route), route);
    else if (!post['x-kessai-step'] && (op === 'send' || sending.has(op))) assert.ok(!mayRepeat(route), route);
  }
  assert.ok(mayRepeat('/v1/order.apply') && mayRepeat('/v1/resume') && mayRepeat('/v1/btcpay.readWebhook'));
  assert.ok(!mayRepeat('/v1/send') && !mayRepeat('/v1/btcpay.registerWebhook'));
});
