import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { caseNames, cases } from '../../js/demo/once/cases.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * @param {string} folder of a checkout
 * @param {string[]} [options]
 * @returns {Promise<{status: number, stdout: string, stderr: string, output: string}>}
 */
function runOnce(folder, options = []) {
  const start = join(folder, 'js/demo/start.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [start, '--once', ...options], { timeout: 60_000 }, (error, stdout, stderr) => {
      // A run that was ended because it took too long has no code.
      const status = error ? Number(error.code ?? Number.NaN) : 0;
      resolve({ status, stdout, stderr, output: `${stdout}\n${stderr}` });
    });
  });
}

/**
 * @param {string} stdout
 * @returns {any} the last line
 */
function reportIn(stdout) {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
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

/** @type {{ name: import('../../js/demo/once/cases.js').CaseName, options: string[] }[]} */
const passes = [
  ...caseNames.map((name) => ({ name, options: [] })),
  { name: 'settledOverpaid', options: ['--method', 'onchain'] },
  ...['drop', 'dup', 'reorder', '5xx', 'kill'].flatMap((fault) => [
    { name: /** @type {const} */ ('settled'), options: ['--fault', fault] },
    { name: /** @type {const} */ ('paidLate'), options: ['--fault', fault] },
  ]),
  { name: 'expiredUnpaid', options: ['--fault', 'drop'] },
  { name: 'new', options: ['--fault', 'kill'] },
];

describe('every case ends as it must, whatever goes wrong', { concurrency: 2 }, () => {
  for (const { name, options } of passes) {
    it(`--once ${['--case', name, ...options].join(' ')}`, async () => {
      const { status, stdout, output } = await runOnce(root, ['--case', name, ...options]);
      assert.equal(status, 0, output);
      const { order, status: found, shopStatus, invoice, mails, notes } = reportIn(stdout);
      const { ends } = cases[name];
      assert.deepEqual(
        { order, found, shopStatus, mails },
        { order: '1001', found: name, shopStatus: ends.status, mails: ends.mails },
      );
      assert.match(invoice, /^[1-9A-HJ-NP-Za-km-z]{21,22}$/);
      assert.ok(notes > 0, 'the order has a history');
    });
  }

  it('without options is a payment by Lightning that settles', async () => {
    const { status, stdout, output } = await runOnce(root);
    assert.equal(status, 0, output);
    assert.match(stdout, /The customer pays what is due/);
    assert.doesNotMatch(stdout, /A block confirms/);
    assert.equal(reportIn(stdout).status, 'settled');
  });

  it('tells of each webhook, its answer, its effects and the status after it', async () => {
    const { status, stdout, output } = await runOnce(root, ['--method', 'onchain']);
    assert.equal(status, 0, output);
    const told = stdout.split('\n').map((line) => line.trim());
    const at = told.findIndex((line) => line.startsWith('webhook InvoiceSettled ->'));
    assert.equal(told[at], 'webhook InvoiceSettled -> 200; the order is paid, goods release, stock taken');
    assert.equal(told[at + 1], 'order 1001: status -> paid');
  });

  it('--case all and --fault all leave out what cannot be, and end with a table', async () => {
    const { status, stdout, output } = await runOnce(root, ['--case', 'new', '--fault', 'all']);
    assert.equal(status, 0, output);
    const [, table = ''] = stdout.split('\n\ncase ');
    const rows = table.trimEnd().split('\n').slice(1);
    assert.deepEqual(
      rows.map((row) => row.split(/\s{2,}/).filter((_, column) => [0, 2].includes(column))),
      [
        ['new', 'none'],
        ['new', '5xx'],
        ['new', 'kill'],
      ],
    );
    for (const row of rows) assert.match(row, / ok$/);
  });
});

describe('what cannot be is refused in one line', () => {
  const refusals = [
    ['--case partlyPaid --method lightning', /^--case partlyPaid does not go with --method lightning: a Lightning inv/],
    [
      '--case expiredUnpaid --method onchain',
      /^--case expiredUnpaid does not go with --method onchain: nobody pays\.$/,
    ],
    ['--case new --fault drop', /^--case new does not go with --fault drop: it brings 0 webhooks, and 1 are needed\.$/],
    ['--case partlyPaid --fault reorder', /it brings 1 webhooks, and 2 are needed\.$/],
    ['--case paid', /^--case is one of settled, settledOverpaid, .*, not "paid"\.$/],
    ['--fault fire', /^--fault is one of none, drop, dup, reorder, 5xx, kill, not "fire"\.$/],
    ['--method cash', /^--method is one of lightning, onchain, not "cash"\.$/],
  ];
  for (const [options, complaint] of /** @type {[string, RegExp][]} */ (refusals)) {
    it(options, async () => {
      const { status, stdout, stderr } = await runOnce(root, options.split(' '));
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(stderr.trim(), complaint);
    });
  }
});

describe('fails where something is broken', { concurrency: 2 }, () => {
  it('and only there: an unchanged copy passes', async (t) => {
    const { status, output } = await runOnce(copyOfCheckout(t));
    assert.equal(status, 0, output);
  });

  it('without the core', async (t) => {
    const folder = copyOfCheckout(t);
    rmSync(join(folder, 'pkg/kessai_bg.wasm'));
    const { status, stdout, stderr } = await runOnce(folder);
    assert.equal(status, 1);
    assert.match(stderr, /kessai_bg\.wasm/);
    assert.doesNotMatch(stdout, /"shopStatus"/);
  });

  it('where signatures are not checked', async (t) => {
    const folder = copyOfCheckout(t);
    renameSync(join(folder, 'js/node.js'), join(folder, 'js/checked.js'));
    writeFileSync(
      join(folder, 'js/node.js'),
      `import * as checked from './checked.js';
      export * from './checked.js';
      export function createKessai(options) {
        const kessai = checked.createKessai(options);
        const webhook = (body) => {
          const [{ secret }] = options.settings.webhookSecrets;
          const { header, value } = checked.signWebhook(body, secret);
          return kessai.webhook(body, { [header]: value });
        };
        return { ...kessai, webhook };
      }`,
    );
    const { status, stdout, stderr } = await runOnce(folder);
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
      options: ['--case', 'expiredUnpaid'],
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
    {
      name: 'a shop that does not ask when the customer comes back',
      file: 'js/demo/routes/order.js',
      from: 'kessai.order.apply({ orderId: order.id, check: true })',
      to: 'kessai.order.apply({ orderId: order.id })',
      options: ['--fault', 'drop'],
      complaint: /the order’s page says “Paid\. Thank you!”: expected true, found false/,
    },
    {
      name: 'a webhook that is taken for done while the database is locked',
      file: 'js/webhook.js',
      from: "{ code: 'host.failed', answer: 503 }",
      to: "{ code: 'host.failed', answer: 200 }",
      options: ['--fault', '5xx', '--case', 'markedSettled'],
      complaint: /what was to go wrong went wrong: expected true, found false/,
    },
    {
      name: 'an order form that is taken for another order when it is sent again',
      file: 'js/demo/orders.js',
      from: 'if (placed) return placed;',
      to: '',
      options: ['--fault', 'kill'],
      complaint: /expected true, found false|answered 500/,
    },
  ];

  for (const { name, file, from, to, options, complaint } of mutants) {
    it(`on ${name}`, async (t) => {
      const folder = copyOfCheckout(t);
      const source = readFileSync(join(folder, file), 'utf8');
      assert.ok(source.includes(from), `${file} still has: ${from}`);
      writeFileSync(join(folder, file), source.replace(from, to));
      const { status, stdout, stderr } = await runOnce(folder, options);
      assert.equal(status, 1);
      assert.match(stderr, complaint);
      assert.doesNotMatch(stdout, /"shopStatus"/);
    });
  }
});
