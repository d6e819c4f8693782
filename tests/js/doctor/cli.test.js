import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClinic } from './clinic.js';
import { doctorCommand as kessai, kessaiDoctor, SHOP } from './command.js';

const REPORT =
  /^```\nkessai \d+\.\d+\.\d+, Node \d+\.\d+\.\d+, \w+ \w+, BTCPay Server (\S+)\nverdict: (\w+)\n(.*\n)*```\n$/;

/**
 * A shop in good health, and the doctor's command for it.
 * @param {import('node:test').TestContext} t
 * @param {import('../../../js/sim/index.js').SimOptions} [options]
 */
async function open(t, options) {
  const clinic = await openClinic(t, options);
  /** @param {string[]} [args] @param {Parameters<typeof kessaiDoctor>[2]} [how] */
  const doctor = (args, how) => kessaiDoctor(clinic, args, how);
  return { clinic, doctor };
}

/** @param {import('node:test').TestContext} t @param {Record<string, string>} files */
function folder(t, files) {
  const path = mkdtempSync(join(tmpdir(), 'kessai-doctor-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return (/** @type {string} */ name) => join(path, name);
}

/** Columns of a terminal, counted by scripts. @param {string} line */
const columnsOf = (line) =>
  [...line].reduce(
    (sum, one) => sum + (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー、。「」（）：・]/u.test(one) ? 2 : 1),
    0,
  );

test('in good health: a table by parts, nothing to mend, a report to copy, and exit code 0', async (t) => {
  const { clinic, doctor } = await open(t);
  await clinic.deliver();
  const { code, out, error } = await doctor();
  assert.deepEqual([code, error], [0, '']);
  const heads = out.split('\n').filter((line) => /^[A-Z]/.test(line) && !line.includes('.') && !line.includes(','));
  assert.deepEqual(heads, [
    'Settings',
    'Server',
    'API key',
    'Store',
    'Webhook',
    'The shop’s own address',
    'This machine',
  ]);
  assert.match(out, /✓ ok {7}Webhook enabled {11}It is switched on\.\n/);
  assert.match(out, /✓ ok {7}Permissions {15}canviewinvoices,(.*\n){2,3}.*cancreatenonapprovedpullpayments\n/);
  assert.match(out, /\n1 note, \d+ ok\nNothing is to be mended\.\n/);
  assert.match(out.slice(out.indexOf('```')), REPORT);
});

test('what fails stands with meaning and remedy, the first of it is said again, and the exit code is 1', async (t) => {
  const { clinic, doctor } = await open(t);
  clinic.webhook.enabled = false;
  clinic.settings.checkout = { paymentTolerance: '2' };
  const { code, out } = await doctor();
  assert.equal(code, 1);
  assert.match(
    out,
    /✗ failed {3}Webhook enabled {11}It is switched off: the shop does not\n +hear of payments\.\n +→ Repair/,
  );
  assert.match(out, /! warning {2}Payment tolerance {2}/);
  assert.match(out, /\n1 failed, 1 warning, 2 notes, \d+ ok\nMend this first: Webhook enabled\n→ Repair the webhook/);
  assert.match(out, /kessai\.btcpay\.registerWebhook\(\{ url \}\)/);
  assert.match(out, /\nverdict: failed\n(.*\n)*failed +webhook\.enabled +disabled\n/);
});

test('warnings alone are exit code 3', async (t) => {
  const { clinic, doctor } = await open(t);
  clinic.settings.checkout = { paymentTolerance: '2' };
  const { code, out } = await doctor();
  assert.equal(code, 3);
  assert.match(out, /Mend this first: Payment tolerance\n/);
});

test('what was not looked at is one line a part', async (t) => {
  const { clinic, doctor } = await open(t);
  clinic.settings.apiKey = 'x'.repeat(43);
  const { code, out } = await doctor();
  assert.equal(code, 1);
  assert.match(out, /– skipped +Key limited to the store, Permissions\n +Not looked at/);
  assert.match(out, /\nskipped: server\.version server\.synced key\.store\n/);
  assert.match(out, /BTCPay Server unknown\n/);
});

test('in Japanese, no line is wider than the terminal, begins with a mark or ends with an opening one', async (t) => {
  const { clinic, doctor } = await open(t, { version: '1.6.4' });
  clinic.webhook.enabled = false;
  clinic.settings.checkout = { paymentTolerance: '2' };
  await clinic.deliver();
  for (const columns of [undefined, 60, 100, 200]) {
    const { out } = await doctor(['--lang', 'ja'], { env: { NO_COLOR: '1' }, ...(columns && { columns }) });
    const table = out.slice(0, out.indexOf('```')).split('\n');
    assert.ok(table.length > 60);
    assert.match(out, /✗ 異常 {4}Webhook の有効化/);
    assert.match(out, /最初に直すところ: Webhook の有効化\n/);
    for (const line of table) {
      // An address is not broken, so that it can be copied.
      if (!line.includes('http://')) assert.ok(columnsOf(line) <= Math.min(columns ?? 80, 110), line);
      assert.doesNotMatch(line, /^\s+[、。）」ー]|[（「]$/u);
    }
  }
});

test('in a narrow terminal the texts stand below the titles', async (t) => {
  const { doctor } = await open(t);
  const { out } = await doctor([], { columns: 50, env: { NO_COLOR: '1' } });
  assert.match(out, /\n {2}✓ ok {7}Webhook enabled\n {6}It is switched on\.\n/);
});

test('a terminal has colours beside the words, unless it asks for none', async (t) => {
  const { clinic, doctor } = await open(t);
  clinic.webhook.enabled = false;
  const { out, error } = await doctor([], { columns: 80 });
  assert.ok(out.includes('\x1b[31m✗ failed \x1b[39m  Webhook enabled'));
  assert.equal(error, 'Looking …\x1b[1G\x1b[2K', 'what is said while one waits goes away');
  const plain = await doctor([], { columns: 80, env: { NO_COLOR: '1' } });
  assert.ok(!plain.out.includes('\x1b'));
  assert.match(plain.out, /✗ failed /);
});

test('the language is that asked for, then the terminal’s, then the shop’s', async (t) => {
  const { clinic } = await open(t);
  const path = folder(t, {
    'ja.json': JSON.stringify({ ...clinic.settings, language: 'ja' }),
    'en.json': JSON.stringify(clinic.settings),
  });
  for (const [file, args, env, expected] of /** @type {[string, string[], Record<string, string>, RegExp][]} */ ([
    ['ja.json', [], {}, /^設定\n/],
    ['en.json', [], {}, /^Settings\n/],
    ['ja.json', [], { LANG: 'C.UTF-8' }, /^設定\n/],
    ['ja.json', [], { LANG: 'en_GB.UTF-8' }, /^Settings\n/],
    ['en.json', [], { LANG: 'ja_JP.UTF-8' }, /^設定\n/],
    ['en.json', [], { LANG: 'ja_JP.UTF-8', LC_ALL: 'en_US.UTF-8' }, /^Settings\n/],
    ['en.json', ['--lang', 'ja'], { LC_ALL: 'en_US.UTF-8' }, /^設定\n/],
  ])) {
    const { out } = await kessai(['--settings', path(file), ...args], { env });
    assert.match(out, expected);
  }
});

test('settings in a file do, with the address and the webhook named beside them', async (t) => {
  const { clinic } = await open(t);
  const path = folder(t, { 'settings.json': JSON.stringify(clinic.settings) });
  const bare = await kessai(['--settings', path('settings.json')]);
  assert.match(bare.out, /add --callback with the shop’s webhook\naddress/);
  const args = ['--settings', path('settings.json'), '--callback', clinic.callbackUrl, '--json'];
  const { checks } = JSON.parse((await kessai(args)).out);
  assert.equal(checks.find((/** @type {any} */ { id }) => id === 'callback.signature').found, 'ok');
  clinic.webhook.url = `${clinic.origin}/old`;
  const moved = JSON.parse((await kessai([...args, '--webhook', clinic.webhook.id])).out);
  assert.equal(moved.checks.find((/** @type {any} */ { id }) => id === 'webhook.address').found, 'elsewhere');
});

test('no output holds a secret or anything of a customer, and the report no address, store or text of a server', async (t) => {
  const { clinic, doctor } = await open(t, { store: { name: 'CANARYstore' } });
  const secrets = ['CANARYshopkey', 'CANARYsecret', 'CANARYcustomer', 'CANARYpage'];
  clinic.settings.shopKey = 'CANARYshopkey, of more than 32 characters, random';
  clinic.settings.webhookSecrets = [{ name: 'main', secret: 'CANARYsecret, long and random enough' }];
  await clinic.connect();
  clinic.shop.front = async (request, response) => {
    const sent = await text(request);
    response.writeHead(403, { 'x-echo': 'CANARYpage' }).end(`CANARYpage ${JSON.stringify(request.headers)} ${sent}`);
  };
  await clinic.deliver({ buyerEmail: 'CANARYcustomer@example.com' });
  const { apiKey, storeId, serverUrl } = clinic.settings;
  const addresses = [storeId, new URL(serverUrl).host, new URL(clinic.origin).host, '127.0.0.1', 'CANARY'];
  for (const front of ['403', 'a server that answers something else', 'no key']) {
    for (const args of [[], ['--lang', 'ja'], ['--json'], ['--report']]) {
      const { out, error, code } = await doctor(args);
      assert.equal(code, 1);
      const all = out + error;
      for (const secret of [apiKey, ...secrets]) assert.ok(!all.includes(secret), `${front}: ${secret} in ${args}`);
      const report = out.slice(out.indexOf('```'));
      if (!args.includes('--json')) assert.match(report, REPORT);
      const isInReport = (/** @type {string} */ word) => !args.includes('--json') && report.includes(word);
      assert.deepEqual(addresses.filter(isInReport), []);
    }
    if (front === '403') clinic.sim.fault({ on: 'api', kind: 'garbage', times: 'always' });
    else clinic.settings.apiKey = '';
  }
});

test('what a server sends does not move the cursor of a terminal', async (t) => {
  const { doctor } = await open(t, { store: { name: 'A\x1b[2Jstore\u202e\r\nof ours\u0007' } });
  const { out } = await doctor([], { columns: 80, env: { NO_COLOR: '1' } });
  assert.match(out, /The store is "A \[2Jstore of ours "/);
  for (const unsafe of ['\x1b', '\u202e', '\r', '\u0007']) assert.ok(!out.includes(unsafe));
});

test('a server that hangs is given up', async (t) => {
  const { clinic, doctor } = await open(t);
  clinic.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
  const { code, out } = await doctor();
  assert.equal(code, 1);
  assert.match(out, /✗ failed +Server reachable +BTCPay Server did not answer in time/);
});

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  test(`${signal} ends it without a word`, async (t) => {
    const { clinic, doctor } = await open(t);
    clinic.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
    const ended = await doctor([], {
      whileRunning: async (child) => {
        for (let tries = 0; clinic.sim.faults.fired.length === 0; tries++) {
          assert.ok(tries < 1000, 'it asked nothing');
          await sleep(10);
        }
        child.kill(signal);
      },
    });
    assert.deepEqual(ended, { code: signal, out: '', error: '' });
  });
}

for (const [what, args, problem] of /** @type {[string, string[], RegExp][]} */ ([
  ['no shop', [], /--shop FILE.*--settings FILE/],
  ['two shops', ['--shop', 'a', '--settings', 'b'], /--shop FILE.*--settings FILE/],
  ['an unknown option', ['--shop', 'a', '--nope'], /--nope/],
  ['an argument too many', ['--shop', 'a', 'b'], /'b'/],
  ['an unknown language', ['--shop', SHOP, '--lang', 'fr'], /--lang is en or ja/],
  ['two forms at once', ['--shop', SHOP, '--report', '--json'], /exclude each other/],
  ['a module that is not there', ['--shop', '/nowhere/at/all.js'], /cannot load/],
  ['settings that are not there', ['--settings', '/nowhere/at/all.json'], /cannot read the settings/],
])) {
  test(`${what} is one line on stderr, nothing on stdout, and exit code 2`, async () => {
    const { code, out, error } = await kessai(args);
    assert.match(error, /^kessai: .*\n$/);
    assert.match(error, problem);
    assert.deepEqual([code, out], [2, '']);
  });
}

for (const content of ['{"shopKey": "CANARY', 'CANARY', '["CANARY"]', '"CANARY"', 'null', '']) {
  test(`settings that are no JSON object are not quoted: ${content.slice(0, 4)}`, async (t) => {
    const path = folder(t, { 'settings.json': content });
    const { code, out, error } = await kessai(['--settings', path('settings.json')]);
    assert.match(error, /^kessai: .*settings\.json is not a JSON object of settings\n$/);
    assert.deepEqual([code, out], [2, '']);
    assert.doesNotMatch(error, /CANARY/);
  });
}

test('a module that gives no kessai is a usage error, and one that fails is one line', async (t) => {
  const path = folder(t, {
    'none.mjs': 'export const kessai = { order: {} };',
    'failing.mjs': `export default () => { throw new Error('connection refused\\n  at the database'); };`,
  });
  const none = await kessai(['--shop', path('none.mjs')]);
  assert.match(none.error, /^kessai: .*none\.mjs does not give kessai.*\n$/);
  assert.deepEqual([none.code, none.out], [2, '']);
  const failing = await kessai(['--shop', path('failing.mjs')]);
  assert.deepEqual(failing, { code: 1, out: '', error: 'kessai: connection refused at the database\n' });
});

test('settings that are wrong are told of, and are no usage error', async (t) => {
  const path = folder(t, { 'settings.json': '{"serverUrl": "http://pay.example.com", "language": "ja"}' });
  const { code, out } = await kessai(['--settings', path('settings.json')]);
  assert.equal(code, 1);
  assert.match(out, /^設定\n {2}✗ 異常 /);
});

test('--help says how', async () => {
  const { code, out } = await kessai(['--help']);
  assert.match(out, /kessai doctor changes nothing/);
  assert.equal(code, 0);
});
