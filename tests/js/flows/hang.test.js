/** A server that takes a request and never answers: whatever waits for it, the shop's database does not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { all, createTransact, openShop } from './shop.js';

/** @import { Shop } from './shop.js' */

/** How long an operation may take here; a shop's own is 25 seconds. */
const DEADLINE_MS = 1200;

/** @param {import('node:test').TestContext} t */
async function open(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-flows-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'shop.sqlite');
  const shop = await openShop(t, { file, deadlineMs: DEADLINE_MS });
  // Another process of the shop, which finds the row locked or does not: it never waits for it.
  const db = new Database(file);
  db.exec('PRAGMA busy_timeout = 0');
  t.after(() => db.close());
  return { shop, transact: createTransact(db) };
}

/** @type {Record<string, (shop: Shop) => Promise<unknown>>} */
const OPERATIONS = {
  'btcpay.createInvoice': (shop) => shop.checkout('order', { total: '6000' }),
  'btcpay.markInvoice': (shop) =>
    shop.kessai.btcpay.markInvoice({
      orderId: 'order',
      invoiceId: String(shop.order('order').invoice),
      status: 'settled',
    }),
  'btcpay.closeInvoice': (shop) => shop.kessai.btcpay.closeInvoice({ orderId: 'order' }),
  'btcpay.refundInvoice': (shop) => shop.kessai.btcpay.refundInvoice({ orderId: 'order', key: 'k', kind: 'fiat' }),
  'order.apply': (shop) => shop.kessai.order.apply({ orderId: 'order', check: true }),
  'order.reconcile': (shop) => all(shop.kessai.order.reconcile(shop.records(), { all: true })),
};

for (const [op, begin] of Object.entries(OPERATIONS)) {
  test(`while ${op} waits, the order's row is free, and what another writes there is kept`, async (t) => {
    const { shop, transact } = await open(t);
    await shop.place('order');
    await shop.sim.idle();
    shop.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
    let hasEnded = false;
    const waiting = begin(shop).then(
      () => assert.fail('it was never answered'),
      (/** @type {any} */ error) => {
        hasEnded = true;
        return error.code;
      },
    );
    const isAsking = () => shop.sim.faults.fired.some(({ kind }) => kind === 'hang');
    for (let tries = 0; !isAsking(); tries++) {
      assert.ok(tries < 500, 'nothing was asked');
      await sleep(2);
    }

    // A member that this release does not know stands for whatever another process learns meanwhile.
    const found = await transact({ orderId: 'order' }, ({ record }) => ({
      save: (record ?? '').replace('{', '{"learnt":"meanwhile",'),
      effects: [{ kind: 'note', key: 'note/meanwhile', code: 'meanwhile', text: '' }],
    }));
    assert.equal(found, true);
    assert.equal(hasEnded, false, 'the operation is still waiting');

    assert.equal(await waiting, 'gateway.timeout');
    assert.match(shop.order('order').record ?? '', /"learnt":"meanwhile"/);
    assert.ok(shop.told('order').includes('note meanwhile'));
  });
}

test('a payment that is told of while a question waits is applied at once', async (t) => {
  const { shop } = await open(t);
  const invoice = await shop.place('order');
  await shop.sim.idle();
  shop.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
  const waiting = shop.kessai.order.apply({ orderId: 'order', check: true }).catch(({ code }) => code);
  shop.sim.pay(invoice);
  await shop.sim.idle();
  assert.equal(shop.order('order').status, 'paid');
  assert.equal(await waiting, 'gateway.timeout');
  assert.equal(shop.order('order').status, 'paid');
});

test('an answer that is older than a webhook takes nothing back', async (t) => {
  const { shop } = await open(t);
  const invoice = await shop.place('order');
  await shop.sim.idle();
  let held = 0;
  shop.before(async (_, { url, ...sent }) => {
    const unpaid = await fetch(url, sent);
    held += 1;
    // The server has said how the invoice stands, and its answer is still on its way.
    if (held === 2) shop.sim.pay(invoice);
    await shop.sim.idle();
    return unpaid;
  });
  const { case: moneyCase } = await shop.kessai.order.apply({ orderId: 'order', check: true });
  assert.deepEqual([held, moneyCase, shop.order('order').status], [2, 'settled', 'paid']);
  assert.equal(
    shop
      .told('order')
      .filter((told) => told.startsWith('mail'))
      .join(),
    'mail paid',
  );
});
