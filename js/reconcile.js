/** @import { Kessai, OrderRecord, ReconcileOutcome } from './index.d.ts' */

/** Orders in one call of the core, which asks for 25 in each request. */
const BATCH = 100;

/** Characters of records in one call, well below the core's limit for an input, however they are written as JSON. */
const BATCH_CHARACTERS = 500_000;

/** Orders looked at by themselves at a time: each takes two requests and two transactions. */
const AT_ONCE = 4;

/**
 * @param {object} parts
 * @param {(input: object) => Promise<{ due: { orderId: string, message?: unknown }[] }>} parts.list
 * @param {Kessai['order']['apply']} parts.apply
 * @returns {Kessai['order']['reconcile']}
 */
export function createReconcile({ list, apply }) {
  return async function* reconcile(orders, { all = false } = {}) {
    const total = 'length' in orders ? Number(orders.length) : undefined;
    let done = 0;
    for await (const batch of inBatches(orders)) {
      for await (const outcome of look(batch, all)) yield { ...outcome, done: ++done, total };
    }
  };

  /**
   * @param {OrderRecord[]} batch
   * @param {boolean} all
   * @returns {AsyncGenerator<ReconcileOutcome>} in no particular order
   */
  async function* look(batch, all) {
    const { due } = await list({ orders: batch, all });
    const wanted = new Set(due.map(({ orderId }) => orderId));
    for (const { orderId } of batch) if (!wanted.has(orderId)) yield { orderId, outcome: 'unchanged' };
    for (let at = 0; at < due.length; at += AT_ONCE) {
      yield* await Promise.all(due.slice(at, at + AT_ONCE).map(({ orderId, message }) => check(orderId, message)));
    }
  }

  /**
   * One order's failure is told and is no reason to leave the others.
   * @param {string} orderId
   * @param {unknown} message
   * @returns {Promise<ReconcileOutcome>}
   */
  async function check(orderId, message) {
    try {
      const {
        case: moneyCase,
        sure,
        recheckAt,
      } = await apply(/** @type {any} */ ({ orderId, check: true, ...(message ? { message } : {}) }));
      return { orderId, outcome: 'checked', case: moneyCase, sure, recheckAt };
    } catch (error) {
      return { orderId, outcome: 'failed', error: /** @type {Error} */ (error) };
    }
  }
}

/**
 * @param {Iterable<OrderRecord> | AsyncIterable<OrderRecord>} orders
 * @returns {AsyncGenerator<OrderRecord[]>}
 */
async function* inBatches(orders) {
  /** @type {OrderRecord[]} */
  let batch = [];
  let characters = 0;
  for await (const { orderId, record } of orders) {
    batch.push({ orderId, record });
    characters += record?.length ?? 0;
    if (batch.length < BATCH && characters < BATCH_CHARACTERS) continue;
    yield batch;
    batch = [];
    characters = 0;
  }
  if (batch.length > 0) yield batch;
}
