/** @import { Effect, OrderKey, OrderRow, Orders } from '../../../js/index.js' */

/**
 * A shop's database in memory, with what matters of a real one: a lock on the row, a commit that comes after `step` and takes
 * a while, and a rollback where something throws. It writes down what happened in which order.
 * @param {Record<string, OrderRow>} rows by order id
 */
export function database(rows) {
  /** @type {string[]} */
  const log = [];
  /** @type {OrderKey[]} */
  const keys = [];
  /** @type {Effect[]} */
  const applied = [];
  let locked = false;

  /** @type {Orders} */
  const orders = {
    async transact(key, step) {
      keys.push(key);
      const row = rows[key.orderId ?? 'of-invoice'];
      if (!row) return undefined;
      if (locked) throw new Error('deadlock: the row is locked already');
      locked = true;
      log.push('begin');
      try {
        await soon();
        const { save, effects } = step({ ...row });
        await soon();
        if (save !== undefined) row.record = save;
        applied.push(...effects);
        log.push('commit');
        return true;
      } catch (error) {
        log.push('rollback');
        throw error;
      } finally {
        locked = false;
      }
    },
  };
  return { orders, rows, log, keys, applied, isLocked: () => locked };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));
