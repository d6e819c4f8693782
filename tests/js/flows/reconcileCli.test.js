import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openShop } from './shop.js';

const CLI = fileURLToPath(new URL('../../../js/sidecar/cli.js', import.meta.url));
const SHOP = fileURLToPath(new URL('cliShop.js', import.meta.url));

/** Makes the pipes of a test look like a terminal that goes by the environment. */
const TERMINAL = `data:text/javascript,${encodeURIComponent(`
  import { WriteStream } from 'node:tty';
  for (const stream of [process.stdout, process.stderr]) {
    const { hasColors, getColorDepth } = WriteStream.prototype;
    Object.assign(stream, { isTTY: true, columns: 50, hasColors, getColorDepth });
  }
`)}`;

const CLEARED = '\x1b[1G\x1b[2K';
const RED = '\x1b[31m';

/**
 * A shop with orders in a file, and the command that reconciles them in a process of its own.
 * @param {import('node:test').TestContext} t
 */
async function open(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-flows-'));
  const file = join(folder, 'shop.sqlite');
  const requests = join(folder, 'requests');
  const shop = await openShop(t, { file });
  t.after(() => rmSync(folder, { recursive: true }));

  /**
   * @param {string[]} args
   * @param {{ env?: Record<string, string>, isTerminal?: boolean, whileRunning?: (child: import('node:child_process').ChildProcess) => Promise<void> }} [how]
   */
  async function reconcile(args, { env = {}, isTerminal = false, whileRunning } = {}) {
    writeFileSync(requests, '');
    const { url, storeId, apiKey, clock } = shop.sim;
    const told = JSON.stringify({ file, requests, url, storeId, apiKey, now: clock.now() });
    // A terminal is what it says it is, whatever runs the tests: Node takes a machine with `CI` set for one without colours.
    const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...inherited } = process.env;
    const flags = isTerminal ? ['--import', TERMINAL] : [];
    const child = spawn(process.execPath, [...flags, CLI, 'reconcile', ...args], {
      env: { ...inherited, TERM: 'xterm-256color', FLOWS_SHOP: told, ...env },
    });
    const closed = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), whileRunning?.(child)]);
    const sent = readFileSync(requests, 'utf8').split('\n').slice(0, -1);
    return { code: await closed, out, error, lists: sent.filter((one) => one.includes('/invoices?')).length, sent };
  }

  /** @param {number} from @param {number} to */
  async function place(from, to) {
    for (let no = from; no < to; no++) await shop.place(`order-${no}`);
    await shop.sim.idle();
  }

  /** @param {number} from @param {number} to */
  function pay(from, to) {
    for (let no = from; no < to; no++) shop.sim.pay(String(shop.order(`order-${no}`).invoice));
  }
  const paid = () => shop.records().filter(({ orderId }) => shop.order(orderId).status === 'paid').length;
  return { shop, folder, reconcile, place, pay, paid };
}

/** How many requests were slow so far. @param {Awaited<ReturnType<typeof openShop>>} shop */
const slowed = ({ sim }) => sim.faults.fired.filter(({ kind }) => kind === 'slow').length;

/** @param {() => boolean} holds */
async function until(holds) {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 1000, 'it never came');
    await sleep(10);
  }
}

test('what is due is put right, and a table says so; where there is no terminal, in plain lines', async (t) => {
  const { shop, reconcile, place, pay, paid } = await open(t);
  shop.loseWebhooks();
  await place(0, 105);
  pay(0, 3);
  await shop.sim.advance(3 * 24 * 3600);

  const { code, out, error } = await reconcile(['--shop', SHOP]);
  assert.equal(
    out,
    '100 of 105 orders\nChecked          105\n  expiredUnpaid  102\n  settled          3\nUnchanged          0\nFailed             0\n',
  );
  assert.equal(error, '');
  assert.equal(code, 0);
  assert.equal(paid(), 3);

  const again = await reconcile(['--shop', SHOP]);
  assert.equal(again.out, '100 of 105 orders\nChecked      0\nUnchanged  105\nFailed       0\n');
  assert.deepEqual([again.code, again.sent], [0, []]);
});

test('orders that fail are named with the remedy, counted by code, and the exit code says so', async (t) => {
  const { shop, reconcile, place, pay } = await open(t);
  await place(0, 6);
  shop.loseWebhooks();
  pay(0, 6);
  shop.db.prepare('UPDATE orders SET record = ? WHERE id = ?').run('{"v":1,', 'order-2');
  const invoice = shop.order('order-4').invoice;
  shop.sim.fault({ on: 'api', kind: '5xx', times: 'always', match: `*/invoices/${invoice}*` });
  const { code, out, error } = await reconcile(['--shop', SHOP, '--all']);
  assert.equal(
    out,
    'Checked             4\n  settled           4\nUnchanged           0\n' +
      'Failed              2\n  gateway.failing   1\n  record.malformed  1\n',
  );
  assert.deepEqual(
    error.split('\n').map((line) => line.replace(/:.*/, '')),
    ['order order-4', 'order order-2', ''],
  );
  assert.match(error, /order-4: \S.+\. \S.+\.\n/);
  assert.equal(code, 1);
});

test('a server that cannot be asked is one line with the remedy', async (t) => {
  const { shop, reconcile, place, pay, paid } = await open(t);
  await place(0, 3);
  shop.loseWebhooks();
  pay(0, 3);
  shop.sim.fault({ on: 'api', kind: '5xx', times: 'always' });
  const { code, out, error } = await reconcile(['--shop', SHOP, '--all']);
  assert.match(error, /^kessai: \S.+\. \S.+\.\n$/);
  assert.equal(out, 'Checked    0\nUnchanged  0\nFailed     0\n');
  assert.deepEqual([code, paid()], [1, 0]);
});

test('a terminal sees a bar that goes away, and colours unless it asks for none', async (t) => {
  const { shop, reconcile, place } = await open(t);
  await place(0, 3);
  shop.db.prepare('UPDATE orders SET record = ? WHERE id = ?').run('{"v":1,', 'order-1');
  const { out, error } = await reconcile(['--shop', SHOP], { isTerminal: true });
  const drawn = error.split(CLEARED);
  assert.deepEqual(
    drawn.filter((line) => line.includes('█')),
    [1, 2, 3].map((done) =>
      `${'█'.repeat(10 * done)}${'░'.repeat(30 - 10 * done)} ${done} of 3 orders (${[33, 66, 100][done - 1]} %)`.slice(
        0,
        49,
      ),
    ),
    'a longer line than the terminal is wide would break, and could not be cleared',
  );
  assert.equal(drawn.at(-1), '', 'the bar goes away');
  assert.match(String(out.split(RED)[1]), /^Failed .*1/);

  const plain = await reconcile(['--shop', SHOP], { isTerminal: true, env: { NO_COLOR: '1' } });
  assert.ok(!plain.out.includes('\x1b'));
});

for (const [signal, expected] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])) {
  test(`${signal} stops with the summary so far, and the same command goes on`, async (t) => {
    const { shop, reconcile, place, pay, paid } = await open(t);
    shop.loseWebhooks();
    await place(0, 20);
    pay(0, 20);
    await shop.sim.advance(3 * 24 * 3600);
    shop.sim.fault({ on: 'api', kind: 'slow', milliseconds: 300, times: 'always', match: '*/payment-methods' });
    const { code, out, error } = await reconcile(['--shop', SHOP], {
      whileRunning: async (child) => {
        await until(() => slowed(shop) > 4);
        child.kill(signal);
      },
    });
    const before = paid();
    assert.ok(before >= 4 && before < 20, `${before} were paid`);
    assert.match(error, /stopping after the orders that are under way/);
    assert.match(error, /stopped after \d+ of 20 orders; the same command goes on\n$/);
    assert.match(out, /^Checked .*\n {2}settled .*\nUnchanged +0\nFailed +0\n$/);
    assert.equal(code, expected);

    shop.sim.clearFaults();
    const rest = await reconcile(['--shop', SHOP]);
    assert.deepEqual([rest.code, paid()], [0, 20]);
    assert.match(rest.out, new RegExp(`settled +${20 - before}\nUnchanged +${before}\n`));
  });
}

test('stopped, a run over all orders that keeps no progress says how it could go on', async (t) => {
  const { shop, reconcile, place, pay } = await open(t);
  await place(0, 8);
  shop.loseWebhooks();
  pay(0, 8);
  shop.sim.fault({ on: 'api', kind: 'slow', milliseconds: 300, times: 'always', match: '*/payment-methods' });
  const { code, error } = await reconcile(['--shop', SHOP, '--all'], {
    whileRunning: async (child) => {
      await until(() => slowed(shop) > 0);
      child.kill('SIGINT');
    },
  });
  assert.match(error, /stopped after \d of 8 orders; with --progress FILE the next run would go on\n$/);
  assert.equal(code, 130);
});

test('killed, nothing is lost: the same command goes on', async (t) => {
  const { shop, reconcile, place, pay, paid } = await open(t);
  shop.loseWebhooks();
  await place(0, 20);
  pay(0, 20);
  await shop.sim.advance(3 * 24 * 3600);
  shop.sim.fault({ on: 'api', kind: 'slow', milliseconds: 300, times: 'always', match: '*/payment-methods' });
  const { code } = await reconcile(['--shop', SHOP], {
    whileRunning: async (child) => {
      await until(() => slowed(shop) > 4);
      child.kill('SIGKILL');
    },
  });
  assert.equal(code, 'SIGKILL');
  assert.ok(paid() < 20);
  shop.sim.clearFaults();
  const rest = await reconcile(['--shop', SHOP]);
  assert.deepEqual([rest.code, paid()], [0, 20]);
});

test('--all with a progress file goes on where it was killed, and the file goes when all are done', async (t) => {
  const { shop, folder, reconcile, place, pay, paid } = await open(t);
  await place(0, 130);
  shop.loseWebhooks();
  pay(110, 130);
  const file = join(folder, 'progress');
  shop.sim.fault({ on: 'api', kind: 'slow', milliseconds: 300, times: 'always', match: '*/payment-methods' });
  const args = ['--shop', SHOP, '--all', '--progress', file];
  const first = await reconcile(args, {
    whileRunning: async (child) => {
      await until(() => slowed(shop) > 4);
      child.kill('SIGKILL');
    },
  });
  assert.equal(first.lists, 4 + 2);
  assert.equal(readFileSync(file, 'utf8'), '{"kessaiReconcile":"order-99"}\n');
  shop.sim.clearFaults();

  const rest = await reconcile(args);
  assert.equal(rest.lists, 2, 'the first hundred are not asked for again');
  assert.match(rest.out, /Checked .*\n {2}settled .*\nUnchanged .*\nFailed +0\n$/);
  assert.deepEqual([rest.code, paid(), existsSync(file)], [0, 20, false]);
});

test('a progress file that cannot be gone on from is left alone, and the command says what to do', async (t) => {
  const { shop, folder, reconcile, place } = await open(t);
  await place(0, 2);
  const file = join(folder, 'progress');
  for (const [content, problem] of [
    ['a database, perhaps', /not a progress file .* delete it to start over/],
    ['{"kessaiReconcile":"order-9"}\n', /order-9 .* delete the file to start over/],
  ]) {
    writeFileSync(file, String(content));
    const { code, error, out } = await reconcile(['--shop', SHOP, '--all', '--progress', file]);
    assert.match(error, /^kessai: .*\n$/);
    assert.match(error, /** @type {RegExp} */ (problem));
    assert.deepEqual([code, out, readFileSync(file, 'utf8')], [2, '', content]);
  }
  assert.equal(shop.order('order-0').status, 'awaiting');
});

for (const [what, module, problem] of /** @type {const} */ ([
  ['is not there', undefined, /cannot load .*module/],
  ['does not parse', 'export {', /cannot load/],
  ['gives no kessai', 'export const orders = [];', /does not give kessai/],
  ['gives no orders', 'export const kessai = { order: { reconcile() {} } };', /does not give orders/],
  ['gives a function for its orders', 'export const orders = () => [];', /does not give orders/],
])) {
  test(`a shop module that ${what} is one line and exit code 2`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kessai-flows-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'shop.mjs');
    if (module !== undefined) writeFileSync(file, module);
    const child = spawn(process.execPath, [CLI, 'reconcile', '--shop', file]);
    const closed = new Promise((resolve) => child.on('close', resolve));
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.match(error, /^kessai: .*\n$/);
    assert.match(error, problem);
    assert.deepEqual([out, await closed], ['', 2]);
  });
}

test('named exports do, and a database that fails is one line', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-flows-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'shop.mjs');
  const node = JSON.stringify(new URL('../../../js/node.js', import.meta.url).href);
  writeFileSync(
    file,
    `import { createKessai } from ${node};
     export const kessai = createKessai({ settings: {}, orders: { transact() {} } });
     export const orders = (async function* () { throw new Error('connection refused\\n  at the database'); })();`,
  );
  const child = spawn(process.execPath, [CLI, 'reconcile', '--shop', file]);
  const closed = new Promise((resolve) => child.on('close', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.equal(error, 'kessai: connection refused at the database\n');
  assert.deepEqual([out, await closed], ['Checked    0\nUnchanged  0\nFailed     0\n', 1]);
});
