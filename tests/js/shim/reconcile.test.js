import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReconcile } from '../../../js/reconcile.js';

/** @import { OrderRecord, Reconciled } from '../../../js/index.js' */

/**
 * @param {Iterable<OrderRecord> | AsyncIterable<OrderRecord>} orders
 * @param {object} core what the core says of a batch, and of an order
 * @param {(input: any) => { due: { orderId: string, message?: unknown }[] }} core.list
 * @param {(input: any) => any} [core.apply]
 * @param {{ all?: boolean }} [options]
 */
async function reconcile(orders, { list, apply = () => ({ case: 'settled', sure: true }) }, options) {
  /** @type {Reconciled[]} */
  const found = [];
  const parts = {
    list: async (/** @type {any} */ input) => list(input),
    apply: async (/** @type {any} */ input) => apply(input),
  };
  for await (const one of createReconcile(/** @type {any} */ (parts))(orders, options)) found.push(one);
  return found;
}

/** @param {number} count @param {string | null} [record] */
const some = (count, record = null) => Array.from({ length: count }, (_, no) => ({ orderId: String(no), record }));

test('the core gets ids and records, a hundred at a time, and nothing else of an order', async () => {
  /** @type {any[]} */
  const inputs = [];
  const orders = some(250, '{"v":1}').map((order) => ({ ...order, email: 'customer@example.com' }));
  const list = (/** @type {any} */ input) => {
    inputs.push(input);
    return { due: [] };
  };
  const found = await reconcile(orders, { list }, { all: true });
  assert.deepEqual(
    inputs.map(({ orders, all }) => [orders.length, all]),
    [
      [100, true],
      [100, true],
      [50, true],
    ],
  );
  assert.deepEqual(inputs[0].orders[99], { orderId: '99', record: '{"v":1}' });
  assert.deepEqual(found[249], { orderId: '249', outcome: 'unchanged', done: 250, total: 250 });
});

test('a batch ends before its records are too large for one call', async () => {
  /** @type {number[]} */
  const sizes = [];
  const list = (/** @type {any} */ { orders }) => {
    sizes.push(orders.length);
    return { due: [] };
  };
  await reconcile(some(12, 'x'.repeat(120_000)), { list });
  assert.deepEqual(sizes, [5, 5, 2]);
});

test('what is due is looked at with the message of the core; the rest is unchanged', async () => {
  /** @type {any[]} */
  const applied = [];
  const found = await reconcile(some(3), {
    list: () => ({ due: [{ orderId: '2', message: { invoiceId: 'late' } }, { orderId: '0' }] }),
    apply: (input) => applied.push(input) && { case: 'paidLate', sure: false, recheckAt: 7, refund: 'pending' },
  });
  assert.deepEqual(applied, [
    { orderId: '2', check: true, message: { invoiceId: 'late' } },
    { orderId: '0', check: true },
  ]);
  assert.deepEqual(found, [
    { orderId: '1', outcome: 'unchanged', done: 1, total: 3 },
    { orderId: '2', outcome: 'checked', case: 'paidLate', sure: false, recheckAt: 7, done: 2, total: 3 },
    { orderId: '0', outcome: 'checked', case: 'paidLate', sure: false, recheckAt: 7, done: 3, total: 3 },
  ]);
});

test('a list that fails rejects, and the orders are told that no more are read', async () => {
  let isClosed = false;
  function* orders() {
    try {
      for (;;) yield { orderId: '1', record: null };
    } finally {
      isClosed = true;
    }
  }
  const down = new Error('down');
  const list = () => {
    throw down;
  };
  await assert.rejects(reconcile(orders(), { list }), down);
  assert.ok(isClosed, 'a cursor of the database stays open otherwise');
});

test('no orders cost nothing', async () => {
  assert.deepEqual(await reconcile([], { list: () => assert.fail() }), []);
});
