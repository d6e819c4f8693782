import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, openShop } from './shop.js';

/** @import { Shop } from './shop.js' */

/**
 * Everything that can become of an invoice, and the money case that it is.
 * @type {Record<string, (sim: Shop['sim'], invoice: string) => void | Promise<void>>}
 */
const BEFORE_EXPIRY = {
  settled: (sim, invoice) => void sim.pay(invoice),
  settledOverpaid: (sim, invoice) => void sim.pay(invoice, { amount: 'over' }),
  markedSettled: (sim, invoice) => void sim.mark(invoice, 'Settled'),
  markedInvalid: (sim, invoice) => void sim.mark(invoice, 'Invalid'),
  processing: (sim, invoice) => void sim.pay(invoice, { method: 'onchain' }),
  partlyPaid: (sim, invoice) => void sim.pay(invoice, { method: 'onchain', amount: 'half' }),
  new: () => {},
};

/** @type {typeof BEFORE_EXPIRY} */
const AFTER_EXPIRY = {
  paidLate: (sim, invoice) => void sim.pay(invoice),
  paidLateUnconfirmed: (sim, invoice) => void sim.pay(invoice, { method: 'onchain' }),
  paidLatePartly: (sim, invoice) => void sim.pay(invoice, { amount: 'half' }),
  expiredUnpaid: () => {},
};

/** Reconciles all, and says what was found and what it cost. @param {Shop} shop @param {{ all?: boolean }} [options] */
async function reconcile(shop, options) {
  const before = shop.requests.length;
  const found = await all(shop.kessai.order.reconcile(shop.records(), options));
  const requests = shop.requests.slice(before);
  const lists = requests.filter((request) => request.includes('/invoices?'));
  return { found, requests: requests.length, lists: lists.length, of: count(found) };
}

/** @param {{ outcome: string, case?: string }[]} found */
function count(found) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { outcome, case: moneyCase } of found) {
    const name = moneyCase ?? outcome;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The invoices of all orders, paid and marked as their names say, without any webhook. @param {Shop} shop */
async function placeAll(shop) {
  const { sim } = shop;
  shop.loseWebhooks();
  /** @param {string} name */
  const ten = (name) => Array.from({ length: 10 }, (_, no) => `${name}-${no}`);
  const late = [];
  for (const [name, happens] of Object.entries(AFTER_EXPIRY)) {
    for (const id of ten(name)) late.push({ invoice: await shop.place(id), happens });
  }
  for (const id of ten('expiredPartlyPaid')) sim.pay(await shop.place(id), { amount: 'half' });
  await sim.advance(20 * 60);
  for (const { invoice, happens } of late) await happens(sim, invoice);
  for (const [name, happens] of Object.entries(BEFORE_EXPIRY)) {
    for (const id of ten(name)) await happens(sim, await shop.place(id));
  }
  assert.equal(shop.records().length, 120);
}

/** @param {Shop} shop */
async function cases(shop) {
  const found = new Map();
  for (const { orderId } of shop.records()) found.set(orderId, (await shop.kessai.order.apply({ orderId })).case);
  return found;
}

test('120 orders without any webhook are healed, by one request for 25 and two for each that changed', async (t) => {
  const shop = await openShop(t);
  const { sim } = shop;
  await placeAll(shop);
  assert.ok(shop.records().every(({ orderId }) => shop.order(orderId).status === 'awaiting'));

  const healed = await reconcile(shop, { all: true });
  assert.deepEqual([healed.lists, healed.requests], [5, 5 + 2 * 120]);
  assert.deepEqual(
    healed.found.map(({ done, total }) => [done, total]),
    Array.from({ length: 120 }, (_, at) => [at + 1, 120]),
  );
  for (const [id, moneyCase] of await cases(shop)) assert.equal(moneyCase, id.replace(/-.*/, ''), id);
  assert.equal(shop.order('settled-0').status, 'paid');
  assert.equal(shop.order('expiredUnpaid-0').stock, 'returned');

  // A list does not say whether late money is confirmed, or whether part of a price came in time.
  const again = await reconcile(shop, { all: true });
  assert.deepEqual(again.of, { unchanged: 90, paidLateUnconfirmed: 10, paidLatePartly: 10, expiredPartlyPaid: 10 });
  assert.deepEqual([again.lists, again.requests], [5, 5 + 2 * 30]);

  // Nothing is due, so nothing is asked.
  const early = await reconcile(shop);
  assert.deepEqual([early.of, early.requests], [{ unchanged: 120 }, 0]);

  // The server gives up on what never confirmed, and what was due is asked for without being told to.
  await sim.advance(3 * 24 * 3600);
  const due = await reconcile(shop);
  assert.ok(due.requests <= 5 + 2 * 80, `${due.requests} requests`);
  const later = { processing: 'invalid', partlyPaid: 'expiredPartlyPaid', new: 'expiredUnpaid' };
  for (const [id, moneyCase] of await cases(shop)) {
    const name = id.replace(/-.*/, '');
    assert.equal(moneyCase, /** @type {Record<string, string>} */ (later)[name] ?? name, id);
  }
  const last = await reconcile(shop);
  assert.deepEqual([last.of, last.requests], [{ unchanged: 120 }, 0], 'everything has come to an end');
  assert.deepEqual(sim.unknownRoutes, []);
});

test('stopped half-way, the rest goes on: what was looked at is not due any more', async (t) => {
  const shop = await openShop(t);
  await placeAll(shop);
  await shop.sim.advance(3 * 24 * 3600);
  let seen = 0;
  for await (const { outcome } of shop.kessai.order.reconcile(shop.records())) {
    assert.equal(outcome, 'checked');
    seen += 1;
    if (seen === 50) break;
  }
  const rest = await reconcile(shop);
  const looked = 120 - (rest.of.unchanged ?? 0);
  // A group that is under way when the loop ends is finished.
  assert.ok(looked <= 70 && looked >= 66, `${looked} orders were left`);
  assert.deepEqual([rest.lists, rest.requests], [Math.ceil(looked / 25), Math.ceil(looked / 25) + 2 * looked]);
  assert.equal((await reconcile(shop)).requests, 0);
});

test('a server that is down rejects, and changes nothing', async (t) => {
  const shop = await openShop(t);
  await placeAll(shop);
  const before = shop.records();
  shop.sim.fault({ on: 'api', kind: '5xx', times: 'always' });
  await assert.rejects(reconcile(shop, { all: true }), (/** @type {any} */ error) => {
    assert.ok(error.retryable && error.message && error.remedy);
    return true;
  });
  assert.deepEqual(shop.records(), before);
  shop.sim.clearFaults();
  assert.equal((await reconcile(shop, { all: true })).of.settled, 10);
});

test('an order that fails stops no other, and is still due afterwards', async (t) => {
  const shop = await openShop(t);
  const invoices = [];
  for (let no = 0; no < 10; no++) invoices.push(await shop.place(`order-${no}`));
  await shop.sim.idle();
  shop.loseWebhooks();
  for (const invoice of invoices) shop.sim.pay(invoice);
  await shop.sim.advance(3600);
  shop.sim.fault({ on: 'api', kind: '5xx', times: 'always', match: `*/invoices/${invoices[3]}*` });
  shop.db.prepare('UPDATE orders SET record = ? WHERE id = ?').run('{"v":1,', 'order-7');
  const stored = shop.records();

  const found = await all(
    shop.kessai.order.reconcile([
      ...stored,
      { orderId: 'deleted', record: stored[0]?.record?.replaceAll('order-0', 'deleted') ?? null },
    ]),
  );
  const failed = found.flatMap((one) =>
    one.outcome === 'failed' ? [[one.orderId, /** @type {any} */ (one.error).code]] : [],
  );
  assert.deepEqual(failed.sort(), [
    ['deleted', 'order.unknown'],
    ['order-3', 'gateway.failing'],
    ['order-7', 'record.malformed'],
  ]);
  assert.deepEqual(count(found), { settled: 8, failed: 3 });

  shop.sim.clearFaults();
  assert.deepEqual((await reconcile(shop)).of, { settled: 1, unchanged: 8, failed: 1 });
});

test('at most four orders are looked at at a time', async (t) => {
  const shop = await openShop(t);
  await placeAll(shop);
  await all(shop.kessai.order.reconcile(shop.records(), { all: true }));
  assert.equal(shop.atOnce(), 8, 'two requests for each of four orders');
});

test('orders are read as they are needed, however many there are', async (t) => {
  const shop = await openShop(t);
  let read = 0;
  async function* endless() {
    for (;;) yield { orderId: `order-${read++}`, record: null };
  }
  let seen = 0;
  for await (const { total, done } of shop.kessai.order.reconcile(endless(), { all: true })) {
    assert.equal(total, undefined);
    seen = done;
    if (done === 250) break;
  }
  assert.equal(seen, 250);
  assert.equal(read, 300);
  assert.deepEqual(shop.requests, []);
});

test('large records go in smaller calls', async (t) => {
  const shop = await openShop(t);
  await shop.place('large');
  await shop.sim.idle();
  const record = shop.order('large').record ?? '';
  // A member of a later release: kept, and as large as a record may be with a hundred of them.
  const large = record.replace('{', `{"later":"${'"決'.replaceAll('"', '\\"').repeat(40_000)}",`);
  const orders = Array.from({ length: 100 }, () => ({ orderId: 'large', record: large }));
  const found = await all(shop.kessai.order.reconcile(orders));
  assert.deepEqual(count(found), { unchanged: 100 });
});

test('webhooks that arrive at the same time are neither lost nor applied twice', async (t) => {
  const shop = await openShop(t);
  const invoices = [];
  for (let no = 0; no < 40; no++) invoices.push(await shop.place(`order-${no}`));
  await shop.sim.idle();
  for (const invoice of invoices) shop.sim.pay(invoice);
  // Every webhook of every payment is on its way while the orders are looked at.
  const [found] = await Promise.all([all(shop.kessai.order.reconcile(shop.records(), { all: true })), shop.sim.idle()]);
  assert.equal(found.length, 40);
  assert.ok(found.every(({ outcome }) => outcome !== 'failed'));
  for (const { orderId } of shop.records()) {
    assert.equal(shop.order(orderId).status, 'paid', orderId);
    // The shop's table takes each notice once.
    assert.deepEqual(
      shop.told(orderId).filter((told) => told.startsWith('mail')),
      ['mail paid'],
    );
  }
  assert.ok(shop.answers.length >= 40 * 3 && shop.answers.every((answer) => answer === 200));
});

test('money that is confirmed on an invalid invoice is found by a look at every order', async (t) => {
  const shop = await openShop(t);
  shop.loseWebhooks();
  shop.sim.pay(await shop.place('order'), { method: 'onchain' });
  await shop.sim.advance(3 * 24 * 3600);
  assert.deepEqual((await reconcile(shop, { all: true })).of, { invalid: 1 });
  shop.sim.mine();
  assert.deepEqual((await reconcile(shop, { all: true })).of, { invalidWithMoney: 1 });
});

test('orders whose ids are long are listed in requests that a server takes', async (t) => {
  const shop = await openShop(t);
  const ids = Array.from({ length: 25 }, (_, no) => `注文${'番号'.repeat(25)}-${no}`);
  for (const id of ids) await shop.place(id);
  await shop.sim.idle();
  shop.loseWebhooks();
  for (const id of ids) shop.sim.pay(String(shop.order(id).invoice));
  // Kestrel, LimitsMaxRequestLineSize: 8 kB.
  shop.before((request) => (request.length > 8192 ? new Response('', { status: 414 }) : undefined));
  assert.deepEqual((await reconcile(shop, { all: true })).of, { settled: 25 });
});
