import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param {string} folder of a checkout
 * @param {string[]} [options]
 */
function runOnce(folder, options = []) {
  const start = join(folder, 'js/demo/start.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [start, '--once', ...options], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr, output: `${stdout}\n${stderr}` };
}

/**
 * A copy of what the demo needs, to be broken.
 * @param {import('node:test').TestContext} t
 */
function copyOfCheckout(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-broken-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ['js', 'pkg', 'package.json']) cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const passes = [
  { options: [], report: { status: 'settled', shopStatus: 'paid', mails: 1 } },
  { options: ['--method', 'onchain'], report: { status: 'settled', shopStatus: 'paid', mails: 1 } },
  { options: ['--case', 'overpaid'], report: { status: 'settledOverpaid', shopStatus: 'paid', mails: 1 } },
  { options: ['--case', 'expired'], report: { status: 'expiredUnpaid', shopStatus: 'cancelled', mails: 0 } },
];

for (const { options, report } of passes) {
  test(`--once ${options.join(' ')}`, () => {
    const { status, stdout, output } = runOnce(root, options);
    assert.equal(status, 0, output);
    const { invoice, notes, ...found } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual(found, { order: '1001', amount: '2400', currency: 'JPY', ...report });
    assert.match(invoice, /^[1-9A-HJ-NP-Za-km-z]{21,22}$/);
    assert.ok(notes > 0, 'the order has a history');
  });
}

test('an unchanged copy passes, so that what breaks below was broken by the change', (t) => {
  const { status, output } = runOnce(copyOfCheckout(t));
  assert.equal(status, 0, output);
});

test('fails without the core', (t) => {
  const folder = copyOfCheckout(t);
  rmSync(join(folder, 'pkg/kessai_bg.wasm'));
  const { status, stdout, stderr } = runOnce(folder);
  assert.equal(status, 1);
  assert.match(stderr, /kessai_bg\.wasm/);
  assert.doesNotMatch(stdout, /"shopStatus"/);
});

test('fails where signatures are not checked', (t) => {
  const folder = copyOfCheckout(t);
  renameSync(join(folder, 'js/node.js'), join(folder, 'js/checked.js'));
  writeFileSync(
    join(folder, 'js/node.js'),
    `import * as checked from './checked.js';
    export * from './checked.js';
    export function createKessai(options) {
      const kessai = checked.createKessai(options);
      const [{ secret }] = options.settings.webhookSecrets;
      const webhook = (body) => {
        const { header, value } = checked.signWebhook(body, secret);
        return kessai.webhook(body, { [header]: value });
      };
      return { ...kessai, webhook };
    }`,
  );
  const { status, stdout, stderr } = runOnce(folder);
  assert.equal(status, 1);
  assert.match(stderr, /a wrong signature is answered with 401: expected 401, found 200/);
  assert.doesNotMatch(stdout, /"shopStatus"/);
});

const mutants = [
  {
    name: 'goods that do not go back on sale',
    file: 'js/demo/effects.js',
    from: 'moveStock(db, orderId, effect.to);',
    to: '',
    options: ['--case', 'expired'],
    complaint: /the stock: expected/,
  },
  {
    name: 'a record that is not stored',
    file: 'js/demo/payments.js',
    from: 'if (save !== undefined)',
    to: 'if (false)',
    options: [],
    complaint: /expected/,
  },
  {
    name: 'a second mail',
    file: 'js/demo/effects.js',
    from: ').run(effect.key, effect.text, orderId);',
    to: `).run(effect.key, effect.text, orderId);
      if (!effect.key.endsWith('again')) applyEffect(db, orderId, { ...effect, key: effect.key + 'again' });`,
    options: [],
    complaint: /the mails: expected 1, found 2/,
  },
];

for (const { name, file, from, to, options, complaint } of mutants) {
  test(`fails on ${name}`, (t) => {
    const folder = copyOfCheckout(t);
    const source = readFileSync(join(folder, file), 'utf8');
    assert.ok(source.includes(from), `${file} still has: ${from}`);
    writeFileSync(join(folder, file), source.replace(from, to));
    const { status, stdout, stderr } = runOnce(folder, options);
    assert.equal(status, 1);
    assert.match(stderr, complaint);
    assert.doesNotMatch(stdout, /"shopStatus"/);
  });
}
