/** The way between PHP and kessai, and everything that can happen on it: bounded time, a named error, and nothing sent twice. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, serving } from '../js/sidecar/serving.js';
import { fake, fine, http } from './fake.js';
import { phpJson } from './php.js';

const STEP = { op: 'order.timeline', input: { record: null } };
const TOKEN = 'a-token-of-the-test-of-32-characters';
const REQUEST = { id: '1', method: 'POST', url: 'https://pay.example/', headers: {}, body: '{}', timeoutMs: 1000 };

/** @param {object} place @param {object[]} calls @param {object} [settings] @returns {Promise<any[]>} */
const outcomes = (place, calls, settings = {}) => phpJson('faults.php', { input: { place, calls, settings } });

/** @param {string} path @param {object} [settings] */
const only = async (path, settings) => (await outcomes({ socket: path }, [STEP], settings))[0];

test('calls go over one kept connection', async (t) => {
  const { path, asked } = await fake(t, [fine]);
  const told = await outcomes({ socket: path }, [STEP, STEP, STEP]);
  assert.deepEqual(
    told.map(({ reply }) => Object.keys(reply)),
    [['ok'], ['ok'], ['ok']],
  );
  assert.deepEqual(
    asked.map(({ connection }) => connection),
    [1, 1, 1],
  );
  assert.match(asked[0]?.head ?? '', /^POST \/v1\/pure\/order\.timeline HTTP\/1\.1\r\n/);
});

test('no kessai there: how to start it, in English and Japanese', async (t) => {
  const path = join(folder(t), 'none.sock');
  const { code, message, remedy, retryable, answer } = await only(path);
  assert.deepEqual({ code, retryable, answer }, { code: 'sidecar.absent', retryable: true, answer: 503 });
  assert.ok(message.includes(path) && remedy.includes(`npx kessai serve --socket ${path} `), remedy);
  const japanese = await only(path, { language: 'ja' });
  assert.match(japanese.message, /応答がありません/);
  assert.ok(japanese.remedy.includes(`npx kessai serve --socket ${path} `));
  writeFileSync(path, '');
  assert.equal((await only(path)).code, 'sidecar.absent', 'a file that is no socket');
  const [byTcp] = await outcomes({ tcp: 'http://127.0.0.1:1', token: TOKEN }, [STEP]);
  assert.match(byTcp.remedy, /npx kessai serve --tcp 127\.0\.0\.1:1 --token-file FILE/);
});

test('a kept connection that has ended is replaced', async (t) => {
  const { path, asked } = await fake(t, [
    (socket, one) => {
      fine(socket, one);
      socket.end();
    },
    fine,
  ]);
  const told = await outcomes({ socket: path }, [STEP, { sleep: 0.05 }, STEP]);
  assert.deepEqual(
    told.map(({ reply }) => reply.ok.entries),
    [[], []],
  );
  assert.deepEqual(
    asked.map(({ connection }) => connection),
    [1, 2],
  );
});

test('a step that a kept connection took and did not answer is asked once more', async (t) => {
  const { path, asked } = await fake(t, [fine, (socket) => socket.destroy(), fine]);
  const [, second] = await outcomes({ socket: path }, [STEP, STEP]);
  assert.deepEqual(second.reply.ok.entries, []);
  assert.deepEqual(
    asked.map(({ connection }) => connection),
    [1, 1, 2],
  );
});

test('a step on a new connection is asked once, and the caller is told that it may try again', async (t) => {
  const { path, asked } = await fake(t, [(socket) => socket.destroy()]);
  const { code, retryable, retryAfter } = await only(path);
  assert.deepEqual({ code, retryable, retryAfter }, { code: 'sidecar.lost', retryable: true, retryAfter: 1 });
  assert.equal(asked.length, 1);
});

test('requests are never sent twice, whatever the connection was', async (t) => {
  const { path, asked } = await fake(t, [fine, (socket) => socket.destroy(), fine]);
  const [, sent] = await outcomes({ socket: path }, [STEP, { send: [REQUEST] }]);
  assert.equal(sent.failure, 'sidecar.lost');
  assert.deepEqual(
    asked.map(({ head, connection }) => [head.split(' ')[1], connection]),
    [
      ['/v1/pure/order.timeline', 1],
      ['/v1/send', 2],
    ],
  );
  assert.match(asked[1]?.head ?? '', /kessai-timeout-ms: 5000/);
});

test('a reply that ends in the middle, is garbage, too large or of somebody else has a name each', async (t) => {
  /** @type {Record<string, [string, (socket: import('node:net').Socket) => void][]>} */
  const answers = {
    'sidecar.lost': [
      ['half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nkessai-ver')],
      ['half a body', (socket) => socket.end(http({ ok: {} }, { 'content-length': '100' }))],
      ['nginx without kessai', (socket) => socket.end('HTTP/1.1 502 Bad\r\ncontent-length: 3\r\n\r\nbad')],
    ],
    'sidecar.foreign': [
      ['another protocol', (socket) => socket.end('220 mail.example ESMTP\r\n')],
      ['another server', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')],
      [
        'a login page',
        (socket) => socket.end('HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'),
      ],
    ],
    'sidecar.replyTooLarge': [['20 MB', (socket) => socket.end(http('x'.repeat(20 * 1024 * 1024)))]],
    'client.reply': [
      ['no JSON', (socket) => socket.end(http('<html>'))],
      ['no object', (socket) => socket.end(http('[]'))],
      ['nothing in it', (socket) => socket.end(http('{}'))],
      ['too much in it', (socket) => socket.end(http({ ok: {}, err: {} }))],
    ],
  };
  for (const [code, list] of Object.entries(answers)) {
    for (const [name, answer] of list) {
      const { path } = await fake(t, [answer]);
      const told = await only(path);
      assert.equal(told.code, code, `${name}: ${told.message}`);
      assert.equal(told.answer, 503, name);
      assert.equal(told.retryable, code === 'sidecar.lost', name);
    }
  }
});

test('a slow reply ends with its time', async (t) => {
  const slow = [
    () => {},
    (/** @type {import('node:net').Socket} */ socket) => socket.write('HTTP/1.1 200 OK\r\n'),
    (/** @type {import('node:net').Socket} */ socket) => {
      const drip = setInterval(() => socket.write('x'), 20);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      socket.on('close', () => clearInterval(drip));
    },
  ];
  for (const answer of slow) {
    const { path } = await fake(t, [answer]);
    const [{ failure }] = await outcomes({ socket: path }, [{ ...STEP, seconds: 0.3 }]);
    assert.equal(failure, 'sidecar.timeout');
  }
});

test('kessai that is busy or stops is an exception that says when to try again, and is not waited for', async (t) => {
  for (const state of ['busy', 'stopping']) {
    const { path, gate } = await serving(t, { concurrency: 1 });
    if (state === 'stopping') gate.stop();
    else gate.pass(() => new Promise((resolve) => t.after(() => resolve(undefined))));
    const [told] = await outcomes({ socket: path }, [{ ...STEP, typed: true }]);
    assert.equal(told.code, `sidecar.${state}`);
    assert.deepEqual([told.retryable, told.retryAfter, told.answer], [true, 1, 503]);
  }
});

test('a token that is wrong is told as such, and appears nowhere', async (t) => {
  const { address } = await serving(t, { place: { host: '127.0.0.1', port: 0 }, tokens: [TOKEN] });
  const wrong = 'another-token-of-32-characters-here';
  const settings = { apiKey: 'canary-of-a-key' };
  const [refused] = await outcomes({ tcp: address, token: wrong }, [STEP], settings);
  assert.equal(refused.reply.err.code, 'sidecar.unauthorized');
  const [absent] = await outcomes(
    { tcp: 'http://127.0.0.1:1', token: wrong },
    [{ ...STEP, input: { settings } }],
    settings,
  );
  assert.equal(absent.code, 'sidecar.absent');
  for (const secret of [wrong, 'canary-of-a-key']) assert.ok(!absent.shown.includes(secret), absent.shown);
});

test('one minor version apart works both ways; further apart says which side to update', async (t) => {
  const fates = {
    '0.1.0': 'ok',
    '0.1.9': 'ok',
    '0.0.5': 'ok',
    '0.2.0': 'ok',
    '0.2.0-beta.1': 'ok',
    '0.3.0': 'client.older',
    '1.1.0': 'client.older',
    '1.0.0': 'client.older',
    nonsense: 'client.newer',
  };
  for (const [version, fate] of Object.entries(fates)) {
    const { path } = await fake(t, [(socket) => socket.write(http({ ok: {} }, { 'kessai-version': version }))]);
    const { code = 'ok', remedy } = await only(path);
    assert.equal(code, fate, version);
    if (code === 'client.older') assert.match(remedy, /^Update the PHP client .* to /, version);
    if (code === 'client.newer') assert.match(remedy, /^Update kessai/, version);
  }
});

test('what an older kessai does not know is told as its age', async (t) => {
  const err = {
    code: 'input.unknownOp',
    message: 'There is no operation x.y.',
    remedy: '',
    retryable: false,
    answer: 500,
  };
  const { path } = await fake(t, [
    (socket) => socket.write(http({ err }, { 'kessai-ops': '0' })),
    (socket) => socket.write(http({ err }, { 'kessai-ops': '99' })),
  ]);
  const [older, newer] = await outcomes({ socket: path }, [STEP, STEP]);
  assert.equal(older.code, 'client.ahead');
  assert.match(older.message, /no operation x\.y\./);
  assert.equal(newer.reply.err.code, 'input.unknownOp');
});

test('an address to which keys must not go without TLS is refused', async () => {
  for (const tcp of [
    'http://10.0.0.1:8787',
    'http://example.com',
    'ftp://127.0.0.1',
    'http://127.0.0.1@evil.example',
    '127.0.0.1:1',
  ]) {
    await assert.rejects(outcomes({ tcp, token: TOKEN }, [STEP]), /http on this machine, or https/, tcp);
  }
});
