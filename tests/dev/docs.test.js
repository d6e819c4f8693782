/** What the manual says is compared with the tests, the files and the core it speaks of, so that it cannot grow stale. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createKessai } from '../../js/node.js';
import { loadAnswers, loadCases, loadSettings } from '../golden/cases.js';

const ROOT = new URL('../../', import.meta.url);
const read = (/** @type {string} */ path) => readFileSync(new URL(path, ROOT), 'utf8');
const PAGES = Object.fromEntries(
  readdirSync(fileURLToPath(new URL('docs/manual/', ROOT)))
    .filter((name) => name.endsWith('.md'))
    .map((name) => [name, read(`docs/manual/${name}`)]),
);
const page = (/** @type {string} */ name) => PAGES[name] ?? assert.fail(`no page ${name}`);
const golden = loadCases();
const { call } = createKessai({ settings: loadSettings() });

/** @param {string} text */
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * Whether a test is there.
 * @param {string} named `file` of a golden case, or `file: name of the test`
 */
function isThere(named) {
  const [path = '', name] = named.split(/: (.*)/s);
  if (!existsSync(new URL(path, ROOT))) return false;
  if (name === undefined) return golden.some((one) => `tests/golden/${one.path}` === path);
  const source = read(path).replaceAll("\\'", "'");
  return path.endsWith('.rs')
    ? new RegExp(`^\\s*(pub )?fn ${literally(name)}\\(`, 'm').test(source.slice(source.search(/#\[test\]|proptest!/)))
    : new RegExp(`\\b(test|it)\\(\\s*(['"\`])${literally(name)}\\2`).test(source);
}

/** @param {string} row of a table */
const cellsOf = (row) =>
  row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

/** The table that follows a line, without its head. @param {string} text @param {string} line */
function tableAfter(text, line) {
  const rows = text.slice(text.indexOf(line) + line.length).split('\n');
  const from = rows.findIndex((row) => row.startsWith('| ---'));
  const table = rows.slice(from + 1);
  return table
    .slice(
      0,
      table.findIndex((row) => !row.startsWith('|')),
    )
    .map(cellsOf);
}

/** The words in backticks. @param {string} [text] */
const words = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

test('every test that the manual names is there', () => {
  const proofs = page('what-goes-wrong.md')
    .split('\n')
    .filter((line) => line.startsWith('* '));
  assert.ok(proofs.length > 100);
  const missing = proofs.flatMap((line) => words(line)).filter((named) => !isThere(named));
  assert.deepEqual(missing, []);
  for (const named of [
    'tests/laws/life.rs: no_such_law',
    'tests/laws/host.rs: settings',
    'tests/js/hosts/hosts.test.js: the messages of a payment',
    'tests/js/no-such.test.js: a',
    'tests/golden/order.apply/no-such.json',
    'tests/golden/settings/default.json',
  ]) {
    assert.equal(isThere(named), false, named);
  }
});

test('every failure that the manual tells of has an answer and a proof', () => {
  const entries = page('what-goes-wrong.md').split('\n### ').slice(1);
  const unproven = entries
    .filter((entry) => !/^.+\n\n[^*#][\s\S]+?\n\n\* `/.test(entry))
    .map((entry) => entry.split('\n')[0]);
  assert.deepEqual(unproven, []);
});

test('an example in the manual is the file that is run', () => {
  const blocks = Object.values(PAGES).flatMap((text) => [...text.matchAll(/```(?:js|php) file=(\S+)\n(.*?)```/gs)]);
  const shown = blocks.map(([, path = '', code]) => ({ path, code }));
  assert.deepEqual(
    shown,
    shown.map(({ path }) => ({ path, code: read(path) })),
  );
  const names = ['sqlite', 'postgres', 'mariadb', 'planned'].map((name) => `tests/js/hosts/${name}.js`);
  const shops = ['WholeShop', 'ForeignShop'].map((name) => `tests/php/shops/${name}.php`);
  assert.deepEqual(
    shown.map(({ path }) => path),
    [...names, ...shops],
  );
});

/** The record of each money case as nothing was told of it yet, and what its page says. */
const standings = golden
  .filter(({ op, input, reply }) => op === 'checkout.standing' && input.record?.attempts && reply.ok?.sure)
  .map(({ input, reply }) => {
    const { applied: _applied, told: _told, ...record } = input.record;
    return { ...reply.ok, order: record.order, record: JSON.stringify(record) };
  });
const cases = [...new Set(standings.map((standing) => standing.case))];

test('the table of the money cases says what the core does', () => {
  assert.equal(cases.length, 14);
  const rows = tableAfter(page('money-cases.md'), '<!-- cases -->').map(([name = '', , ...cells]) => [name, ...cells]);
  const told = rows.map(([name]) => words(name)[0]);
  assert.deepEqual(told.toSorted(), cases.toSorted());
  for (const row of rows) {
    const { page: shown, order, record, ...standing } = standings.find((one) => one.case === words(row[0])[0]);
    const effects = (/** @type {object} */ statuses) => {
      // From a status that is none of ours, so that every level that differs is told.
      const settings = { ...loadSettings(), statuses: { ...statuses, initial: ['untouched'] } };
      const shop = { status: 'untouched' };
      const reply = call('order.apply', { settings, orderId: order, record, shop, now: 1_800_200_000 });
      assert.equal(reply.err, undefined, standing.case);
      return /** @type {any[]} */ (reply.effects ?? []);
    };
    const plain = effects({});
    const level = (/** @type {any[]} */ list, /** @type {string} */ kind) => list.find((one) => one.kind === kind)?.to;
    const notices = (/** @type {string} */ kind) =>
      plain
        .filter((one) => one.kind === kind)
        .map(({ code }) => `\`${code}\``)
        .join(' ');
    const expected = [
      `\`${standing.case}\``,
      `\`${level(plain, 'status')}\``,
      level(effects({ preset: 'opencart' }), 'status') ?? '–',
      level(effects({ preset: 'eccube' }), 'status') ?? '–',
      level(plain, 'goods') ?? 'hold',
      level(plain, 'stock') ?? 'taken',
      notices('mail'),
      notices('alert'),
      `\`${shown}\``,
    ];
    assert.deepEqual(row, expected);
  }
  const advice = tableAfter(page('money-cases.md'), '## What the merchant does').flatMap(([name]) => words(name));
  assert.deepEqual(advice.toSorted(), cases.toSorted());
});

test('the contract names every money case, page and effect of the core, and no other', () => {
  const protocol = page('protocol.md');
  const mapped = tableAfter(protocol, '`–` leaves the order').flatMap(([name]) => words(name));
  assert.deepEqual(mapped.toSorted(), cases.toSorted());
  const pages = tableAfter(protocol, '`checkout.standing` says what').flatMap(([name]) => words(name));
  assert.deepEqual(pages.toSorted(), [...new Set(standings.map((standing) => standing.page))].toSorted());
  const kinds = tableAfter(protocol, '### Effects').flatMap(([name]) => words(name));
  const told = golden.flatMap(({ reply }) => reply?.effects ?? []).map(({ kind }) => kind);
  assert.deepEqual(kinds.toSorted(), [...new Set(told)].toSorted());
});

test('every operation and error code that the manual names exists', () => {
  const ops = [...read('js/types.d.ts').matchAll(/^ {2}'([a-z]+\.[A-Za-z]+)': \{$/gm)].map(([, op = '']) => op);
  const table = tableAfter(page('protocol.md'), '`record`, `shop` and `now` come from the host').map(
    ([op]) => words(op)[0],
  );
  assert.deepEqual(table.toSorted(), ops.toSorted());
  const codes = Object.keys(loadAnswers());
  const client = [...read('plugins/client/src/Texts.php').matchAll(/^ {12}'([a-z]+\.[A-Za-z]+)' => \[/gm)].map(
    ([, code = '']) => code,
  );
  const shown = words(page('php.md').split('## Errors')[1]);
  assert.ok(client.length > 20);
  assert.deepEqual(
    client.filter((code) => !shown.includes(code)),
    [],
  );
  const known = new Set([...ops, ...codes, ...client]);
  const groups = [...new Set([...known].map((name) => name.split('.')[0]))];
  for (const { id } of golden.flatMap(({ reply }) => reply.ok?.checks ?? [])) known.add(id.split('/')[0]);
  const named = new RegExp(`(?<![\\w./-])(${groups.join('|')})\\.(?!(js|php)\\b)[a-z][A-Za-z]+(?![\\w./…-])`);
  const unknown = Object.entries(PAGES).flatMap(([name, text]) =>
    words(text.replace(/```.*?```/gs, ''))
      .flatMap((word) => named.exec(word.replace(/^kessai\./, ''))?.[0] ?? [])
      .filter((word) => !known.has(word))
      .map((word) => `${name}: ${word}`),
  );
  assert.deepEqual(unknown, []);
});

test('a record holds nothing of the customer and no secret, as the manual promises', () => {
  const written = golden.filter(({ reply }) => reply?.save);
  const { apiKey, shopKey, webhookSecrets } = loadSettings();
  const secrets = [apiKey, shopKey, webhookSecrets[0].secret];
  const customers = written.flatMap(({ input }) => Object.values(input.order?.customer ?? {}));
  // A country's code is in every text.
  const personal = customers.filter((value) => typeof value === 'string' && value.length > 3);
  assert.ok(written.length > 100 && personal.length > 5);
  for (const { path, reply } of written) {
    const text = JSON.stringify(reply.save);
    for (const value of [...secrets, ...personal]) assert.ok(!text.includes(value), path);
  }
});
