import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { assemble } from '../../../js/api.js';
import { createLog } from '../../../js/log.js';
import { redact, redactHeaders, redactUrl } from '../../../js/redact.js';
import { Scrubber } from '../../../js/scrub.js';
import { DOCUMENTS } from '../../../js/shown.js';
import { database } from './database.js';
import { fails, fakeCore } from './fakeCore.js';

/** @import { Logger, LogLevel, Options, Reply } from '../../../js/index.js' */

const STORE = 'http://127.0.0.1:1/api/v1/stores/s1';
const KEY = '0123456789abcdef0123456789abcdef01234567';
const SETTINGS = /** @type {any} */ ({ serverUrl: 'http://127.0.0.1:1', storeId: 's1', apiKey: KEY });
const REQUEST = {
  id: '1/invoice',
  method: 'GET',
  url: `${STORE}/invoices/inv1?textSearch=taro&take=5`,
  headers: { authorization: `token ${KEY}` },
  timeoutMs: 1000,
};

/** @type {Record<string, (input: any) => Reply>} */
const OPS = {
  // biome-ignore lint/suspicious/noThenProperty: the core's own name for it
  'order.apply': () => ({ send: [REQUEST], then: { step: 'ask', n: 1 }, save: '{"v":1}' }),
  resume: () => ({
    ok: { case: 'settled', sure: true, invoiceId: 'inv1' },
    save: '{"v":2}',
    effects: [
      { kind: 'status', to: 'paid', case: 'settled' },
      { kind: 'mail', key: 'k', code: 'paid', text: 'Dear Taro' },
    ],
  }),
  'checkout.verifyReturn': () => ({ err: { ...fails('return.invalid'), answer: 403 } }),
  'order.statement': () => ({ err: { ...fails('gateway.timeout'), retryAfter: 60 } }),
};

/**
 * @param {Partial<Options>} options
 * @param {Record<string, (input: any) => Reply>} [ops]
 */
function shopOf(options, ops) {
  /** @type {[level: string, message: string, fields: any][]} */
  const lines = [];
  const write = (/** @type {string} */ level) => (/** @type {string} */ message, /** @type {object} */ fields) =>
    void lines.push([level, message, fields]);
  const logger = { debug: write('debug'), info: write('info'), error: write('error') };
  const { orders } = database({ 1: { record: null, shop: { status: 'awaiting' } } });
  const fetch = async () =>
    Response.json({ id: 'inv1', status: 'Settled', metadata: { orderId: '1', buyerEmail: 'taro@example.com' } });
  const kessai = assemble(fakeCore({ ...OPS, ...ops }), { settings: SETTINGS, orders, fetch, logger, ...options });
  return { kessai, lines, messages: () => lines.map(([level, message]) => `${level} ${message}`) };
}

/** @type {[LogLevel | undefined, string[]][]} */
const LEVELS = [
  ['off', []],
  ['error', ['error kessai: order.statement']],
  [undefined, ['error kessai: order.statement']],
  [
    'info',
    [
      'info kessai: order.apply status',
      'info kessai: order.apply',
      'info kessai: checkout.verifyReturn',
      'info kessai: order.statement',
      'error kessai: order.statement',
    ],
  ],
];

for (const [logLevel, expected] of LEVELS) {
  test(`level ${logLevel ?? 'by default'}`, async () => {
    const { kessai, messages } = shopOf(logLevel ? { logLevel } : {});
    await kessai.order.apply({ orderId: '1', check: true });
    await assert.rejects(kessai.checkout.verifyReturn({ token: 'x', purpose: 'return' }));
    await assert.rejects(kessai.order.statement({ orderId: '1' }));
    assert.deepEqual(messages(), expected);
  });
}

test('at debug every step can be followed', async () => {
  const { kessai, lines } = shopOf({ logLevel: 'debug' });
  await kessai.order.apply({ orderId: '1', check: true });
  const told = lines.map(([level, message, { ms, ...fields }]) => [`${level} ${message}`, fields]);
  const shop = { status: 'awaiting' };
  const of = { run: 1, orderId: '1', invoiceId: 'inv1', case: 'settled' };
  const headers = { 'content-type': 'application/json' };
  const url = '/api/v1/stores/s1/invoices/inv1?textSearch=[text of 4]&take=5';
  const body = { id: 'inv1', status: 'Settled', metadata: { orderId: '1', buyerEmail: '[text of 16]' } };
  assert.deepEqual(told, [
    ['debug kessai: settings', { serverUrl: '[text of 18]', storeId: 's1', apiKey: '[text of 40]' }],
    ['debug kessai: order.apply begin', { run: 1, input: { orderId: '1', check: true } }],
    [
      'debug kessai: order.apply decision',
      { run: 1, record: null, shop, send: ['1/invoice'], step: 'ask', save: '[text of 7]' },
    ],
    [
      'debug kessai: order.apply request',
      { run: 1, id: '1/invoice', method: 'GET', url, headers: { authorization: '[text of 46]' }, timeoutMs: 1000 },
    ],
    ['debug kessai: order.apply reply', { run: 1, id: '1/invoice', status: 200, headers, body }],
    [
      'debug kessai: order.apply decision',
      {
        run: 1,
        record: '[text of 7]',
        shop,
        ok: { case: 'settled', sure: true, invoiceId: 'inv1' },
        save: '[text of 7]',
        effects: [
          { kind: 'status', to: 'paid', case: 'settled' },
          { kind: 'mail', key: '[text of 1]', code: 'paid', text: '[text of 9]' },
        ],
      },
    ],
    ['info kessai: order.apply status', { ...of, to: 'paid' }],
    ['info kessai: order.apply', { ...of, outcome: 'ok' }],
  ]);
  assert.ok(lines.every(([, message, { ms }]) => !/reply$|apply$/.test(message) || Number.isInteger(ms)));
});

test('a webhook is told with its delivery and its answer; of an unsigned one, nothing of the body', async () => {
  const headers = { 'content-type': 'application/json', 'btcpay-sig': 'sha256=x', 'x-anything': 'secret' };
  const body = JSON.stringify({
    type: 'InvoiceSettled',
    deliveryId: 'd1',
    invoiceId: 'inv1',
    metadata: { buyerName: 'Taro' },
  });
  const ok = {
    answer: 200,
    secret: 'main',
    orderId: '1',
    invoiceId: 'inv1',
    message: { event: 'InvoiceSettled', t: 5, fact: 'refund/pp1' },
  };
  for (const isSigned of [true, false]) {
    const { kessai, lines } = shopOf(
      { logLevel: 'debug' },
      {
        'btcpay.readWebhook': () => (isSigned ? { ok } : { err: fails('webhook.signatureWrong') }),
        'order.apply': () => ({ ok: { case: 'settled' } }),
      },
    );
    await kessai.webhook(body, headers);
    const told = lines.slice(1).filter(([, message]) => message.includes('webhook'));
    for (const [, , fields] of told) assert.equal(fields.run, 1);
    assert.deepEqual(told[0]?.[2].headers, {
      'content-type': 'application/json',
      'btcpay-sig': '[text of 8]',
      others: '[1]',
    });
    assert.equal(told[0]?.[2].raw, `[${body.length} bytes]`);
    const { ms, ...answered } = told.at(-1)?.[2] ?? {};
    if (isSigned) {
      assert.deepEqual(told[1]?.[2].body, {
        type: 'InvoiceSettled',
        deliveryId: 'd1',
        invoiceId: 'inv1',
        metadata: { buyerName: '[text of 4]' },
      });
      assert.deepEqual(answered, { run: 1, answer: 200, note: 'settled' });
      assert.ok(lines.some(([, message, { run }]) => message === 'kessai: order.apply begin' && run === 1));
    } else {
      assert.equal(told.length, 2);
      assert.deepEqual(answered, { run: 1, answer: 401, code: 'webhook.signatureWrong' });
    }
  }
});

test("the shop's own error is told once, with its stack and without the settings' secrets", async () => {
  const down = Object.assign(new Error(`no database for ${KEY}`, { cause: 'pool' }), { code: 'ECONNREFUSED' });
  const transact = async () => {
    throw down;
  };
  const { kessai, lines } = shopOf({ orders: { transact } });
  await assert.rejects(kessai.order.apply({ orderId: '1' }), (error) => error === down);
  const [[, message, { cause, ...fields }], ...more] = /** @type {any} */ (lines);
  assert.deepEqual([message, fields, more], ['kessai: order.apply', { run: 1, orderId: '1', code: 'host.failed' }, []]);
  assert.equal(cause.message, 'no database for […]');
  assert.match(cause.stack, /^Error: no database for \[…\]\n {4}at /);
  assert.deepEqual([cause.name, cause.code, cause.cause], ['Error', 'ECONNREFUSED', 'pool']);
});

test('what a server says is told to the caller without the key, and to the log without anyone', async () => {
  const said = `token ${KEY} of Taro Yamada (taro@example.com, hanako@example.com) is wrong for order 1`;
  const err = { ...fails('btcpay.refused'), message: `It says: ${said}`, details: { message: said, order: '1' } };
  const { kessai, lines } = shopOf({}, { 'btcpay.createInvoice': () => ({ err }) });
  const order = /** @type {any} */ ({
    id: '1',
    total: '5',
    currency: 'JPY',
    customer: { name: 'Taro Yamada', email: 'taro@example.com' },
  });
  await assert.rejects(kessai.btcpay.createInvoice({ order }), {
    message: 'It says: token […] of […] ([…], hanako@example.com) is wrong for order 1',
    details: { message: 'token […] of […] ([…], hanako@example.com) is wrong for order 1', order: '1' },
  });
  assert.equal(lines[0]?.[2].message, 'It says: token […] of […] ([…], […] is wrong for order 1');
});

test('a logger that throws, rejects or is half there breaks nothing', async () => {
  const broken = () => {
    throw new Error('the disk is full');
  };
  /** @type {any[]} */
  const loggers = [
    { debug: broken, info: broken, error: broken },
    { debug: async () => broken(), info: async () => broken(), error: async () => broken() },
    { error: broken, info: 7 },
    {},
    Object.freeze({}),
  ];
  for (const logger of loggers) {
    const { kessai } = shopOf({ logger, logLevel: 'debug' });
    assert.deepEqual(/** @type {any} */ (await kessai.order.apply({ orderId: '1' })).case, 'settled');
    await assert.rejects(kessai.order.statement({ orderId: '1' }), { code: 'gateway.timeout' });
    assert.equal((await kessai.webhook(/** @type {any} */ ({}), {})).status, 500);
  }
});

test('an input that cannot be looked at breaks nothing', async () => {
  const { kessai, lines } = shopOf({ logLevel: 'debug' });
  const odd = /** @type {any} */ ({
    orderId: '1',
    get check() {
      throw new Error('no');
    },
  });
  const circular = /** @type {any} */ ({ orderId: '1' });
  circular.order = { customer: circular, lines: [circular] };
  await kessai.order.apply(circular);
  await assert.rejects(kessai.order.apply(odd));
  assert.ok(lines.some(([, , { problem }]) => problem === 'could not be shown'));
});

test('pino gets the fields first; any other logger the message', () => {
  /** @type {any[]} */
  const calls = [];
  const write = (/** @type {any[]} */ ...args) => void calls.push(args);
  createLog({ logger: /** @type {any} */ ({ error: write, bindings: () => ({}) }) }).error?.('m', { a: 1 });
  createLog({ logger: { error: write } }).error?.('m', { a: 1 });
  assert.deepEqual(calls, [
    [{ a: 1 }, 'm'],
    ['m', { a: 1 }],
  ]);
});

test('nothing is made of what is below the level', async () => {
  assert.deepEqual(createLog({ logger: console, level: 'info' }).debug, undefined);
  let looked = 0;
  const { kessai } = shopOf({});
  const input = /** @type {any} */ ({
    orderId: '1',
    get description() {
      looked += 1;
      return 'x';
    },
  });
  await kessai.order.apply(input);
  // Once a step, for the core.
  assert.equal(looked, 2);
});

test('without a logger there are lines on stderr; KESSAI_LOG comes before the option', () => {
  const script = `
    import { createKessai } from ${JSON.stringify(new URL('../../../js/node.js', import.meta.url))};
    const kessai = createKessai({ settings: { apiKey: 'key', formerShopKeys: ['%d'] }, logLevel: 'off' });
    await kessai.checkout.verifyReturn({ purpose: 'return', token: '%s' }).catch(() => {});`;
  const run = (/** @type {Record<string, string>} */ env) => {
    const { KESSAI_LOG: _, ...inherited } = process.env;
    const args = ['--input-type=module', '--eval', script];
    return spawnSync(process.execPath, args, { env: { ...inherited, ...env }, encoding: 'utf8' });
  };
  const { stdout, stderr } = run({ KESSAI_LOG: 'debug' });
  assert.equal(stdout, '');
  const lines = stderr.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z debug kessai: settings \{"apiKey":"\[text of 3\]"/);
  assert.match(lines.at(-1) ?? '', /Z error kessai: checkout.verifyReturn \{"run":1,"code":"config\./);
  assert.equal(run({}).stderr, '');
  const { status, stderr: wrong } = run({ KESSAI_LOG: 'verbose' });
  assert.equal(status, 1);
  assert.match(wrong, /there is no log level "verbose"; the levels are off, error, info, debug/);
});

test('kessai reconcile logs as the environment says', () => {
  const cli = fileURLToPath(new URL('../../../js/sidecar/cli.js', import.meta.url));
  const shop = fileURLToPath(new URL('logShop.js', import.meta.url));
  const args = [cli, 'reconcile', '--shop', shop, '--all'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, KESSAI_LOG: 'debug' },
    encoding: 'utf8',
  });
  assert.match(stderr, / debug kessai: order.reconcile decision \{"run":1,"ok":\{"due":\[\],"rest":1\}\}/);
  assert.doesNotMatch(stdout, /kessai:/);
});

test('of a document only what is listed is shown, where it looks as it should', () => {
  const invoice = {
    id: 'inv1',
    status: 'taro@example.com',
    amount: '4242 4242 4242 4242',
    currency: null,
    archived: 'yes',
    expirationTime: { at: 1 },
    metadata: { orderId: 'Bestellung Nr. 7', posData: 'x', constructor: 1, status: 'New' },
    __proto__: undefined,
    toString: 'x',
    taroYamada: true,
  };
  assert.deepEqual(redact(invoice, DOCUMENTS.invoice), {
    id: 'inv1',
    status: '[text of 16]',
    amount: '[text of 19]',
    currency: null,
    archived: '[text of 3]',
    expirationTime: '[object of 1]',
    metadata: { orderId: 'Bestellung Nr. 7', others: '[3]' },
    others: '[2]',
  });
  assert.deepEqual(
    redact(
      Array.from({ length: 30 }, () => 'BTC'),
      /^[A-Z]+$/,
    ).slice(24),
    ['BTC', '[5 more]'],
  );
  assert.deepEqual(
    [7, true, [1], {}, 'a'].map((value) => redact(value)),
    ['[number]', '[boolean]', '[list of 1]', '[object of 0]', '[text of 1]'],
  );
});

test('of a URL, no host, no id that opens anything, no value that is not listed', () => {
  for (const [url, shown] of [
    ['https://pay.example.com/btcpay/api/v1/stores/s1/invoices/inv1', '/btcpay/api/v1/stores/s1/invoices/inv1'],
    [
      'https://pay.example.com/api/v1/pull-payments/3sQ9b1dkTz/payouts?includeCancelled=true',
      '/api/v1/pull-payments/[text of 10]/payouts?includeCancelled=true',
    ],
    ['https://pay.example.com/api/v1/api-keys/current', '/api/v1/api-keys/current'],
    [
      'https://u:p@pay.example.com/i/inv1?email=a@b.c&status=x%20y&orderId=7#frag',
      '/i/[text of 4]?[text of 5]&status=[text of 3]&orderId=7',
    ],
    ['no url', '[text of 6]'],
  ]) {
    assert.equal(redactUrl(String(url)), shown);
  }
});

test('what is hidden in an input is hidden in an answer, and the words of a webhook are not', async () => {
  const message = (/** @type {string} */ fact) =>
    /** @type {any} */ ({ invoiceId: 'inv1', event: 'InvoiceSettled', t: 1, fact });
  const { kessai, lines } = shopOf({ logLevel: 'info' });
  await kessai.order.apply({ orderId: '1', message: message('settled') });
  await kessai.order.apply({ orderId: '1', message: message('refund/settled') });
  await kessai.order.apply(/** @type {any} */ ({ orderId: '1', description: 'settled' }));
  const cases = lines.flatMap(([, text, fields]) => (text === 'kessai: order.apply' ? [fields.case] : []));
  assert.deepEqual(cases, ['settled', 'settled', '[text of 7]']);
});

test('of headers, three values', () => {
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Retry-After': '5',
    Date: 'Sat, 21 Nov 2026 15:02:09 GMT',
  };
  assert.deepEqual(redactHeaders({ ...headers, Authorization: 'token x', 'X-Own': 'y' }), {
    'content-type': 'application/json; charset=utf-8',
    'retry-after': '5',
    date: 'Sat, 21 Nov 2026 15:02:09 GMT',
    authorization: '[text of 7]',
    others: '[1]',
  });
  assert.deepEqual(redactHeaders({ date: 'taro', 'content-type': 'taro' }), {
    date: '[text of 4]',
    'content-type': '[text of 4]',
  });
});

test('text is scrubbed of whole words and of longer texts anywhere, of what was cut, and of all if there is too much', () => {
  const scrubber = new Scrubber({ misfits: true });
  for (const text of ['JP', 'Ube', '山田', KEY, 'line one\nline two']) scrubber.hide(text);
  assert.equal(scrubber.clean('2400 JPY to JP, Ube, cube; 顧客山田様'), '2400 JPY to […], […], cube; 顧客[…]様');
  assert.equal(scrubber.clean(`x${KEY.toUpperCase()}x line one line two`), 'x[…]x […]');
  assert.equal(scrubber.clean(`${'. '.repeat(140)}${KEY.slice(0, 20)}`), `${'. '.repeat(140)}[…]`);
  assert.equal(
    scrubber.veil('4242-4242-4242-4242 +81 90 1234 5678 see https://x.example/y?z'),
    '[…] […] see https://[…]',
  );
  for (let n = 0; n < 6000; n++) scrubber.hide(`hidden text ${n}`);
  assert.equal(scrubber.clean('anything'), '[…]');
});

test('however large what must not be shown is, looking for it ends', { timeout: 60_000 }, () => {
  const large = new Scrubber({ misfits: true });
  // Each in all its forms would be some gigabytes.
  for (let no = 0; no < 25; no++) large.hide(`${no} secret words ${'日本語 '.repeat(1_000_000)}`);
  const cut = `${'. '.repeat(140)}13 secret words 日本語 日本`;
  assert.equal(large.clean(cut), `${'. '.repeat(140)}[…]`);
  assert.equal(large.clean('orderId: missing'), 'orderId: missing');
  const many = new Scrubber({ misfits: true });
  for (let no = 0; no < 1000; no++) many.hide(`${no} ${'secret '.repeat(100)}`);
  assert.equal(many.clean('orderId: missing'), '[…]');
});
