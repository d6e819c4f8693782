import { transaction } from './mariadb.js';

// OpenCart 3's own tables are MyISAM: what is written there is there at once, and no rollback takes it back. What is ours is
// InnoDB. `planned` is the status the order is still to get, `seen` the one it had when that was decided.
export const tables = `
  CREATE TABLE kessai_order (
    order_id INT PRIMARY KEY,
    record MEDIUMTEXT,
    seen INT,
    planned INT,
    goods VARCHAR(8) NOT NULL DEFAULT 'hold',
    paid_at BIGINT
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
  CREATE TABLE kessai_message (
    order_id INT,
    message_key VARCHAR(255) COLLATE utf8mb4_bin,
    kind VARCHAR(8),
    text TEXT CHARACTER SET utf8mb4,
    sent BOOLEAN,
    PRIMARY KEY (order_id, message_key)
  ) ENGINE=InnoDB;
`;

const SHIPPED = '3';

/**
 * @param {import('mysql2/promise').Pool} pool made with `charset: 'utf8mb4'`
 * @returns {import('kessai').Orders} for `statuses: { preset: 'opencart' }`: OpenCart moves stock itself with the status
 */
export function createOrders(pool) {
  return {
    async transact({ orderId = '' }, step) {
      // A number compared with text would find order 12 for '12x'.
      if (!/^[1-9]\d{0,9}$/.test(orderId)) return undefined;
      const id = Number(orderId);
      const found = await transaction(pool, async (db) => {
        if (!(await read(db, id))) return false;
        // Makes the row to lock where it is missing: oc_order has no row locks.
        await db.execute('INSERT INTO kessai_order (order_id) VALUES (?) ON DUPLICATE KEY UPDATE order_id = ?', [
          id,
          id,
        ]);
        const record = await carryOut(db, id); // what a process that ended left to be done
        const { order_status_id, payment_code: method } = await read(db, id);
        const status = String(order_status_id);
        const { save, effects } = step({ record, shop: { status, method, shipped: status === SHIPPED } });
        if (save !== undefined) await db.execute('UPDATE kessai_order SET record = ? WHERE order_id = ?', [save, id]);
        for (const effect of effects) await apply(db, id, effect, status);
        return true;
      });
      if (!found) return undefined;
      await transaction(pool, (db) => carryOut(db, id));
      return true;
    },
  };
}

/**
 * For a job, every few minutes: what processes that ended left to be done.
 * @param {import('mysql2/promise').Pool} pool
 */
export async function carryOutLeft(pool) {
  const [left] = await pool.execute('SELECT order_id FROM kessai_order WHERE planned IS NOT NULL');
  for (const { order_id: id } of /** @type {any[]} */ (left)) {
    // One order's trouble is no reason to leave the others.
    await transaction(pool, (db) => carryOut(db, id)).catch((error) => console.error(`order ${id}:`, error));
  }
}

/**
 * @param {import('mysql2/promise').PoolConnection} db
 * @param {number} id
 */
async function read(db, id) {
  const [rows] = await db.execute('SELECT order_status_id, payment_code FROM oc_order WHERE order_id = ?', [id]);
  return /** @type {any[]} */ (rows)[0];
}

/**
 * Locks an order's record and does what was planned. The shop's own order API belongs here (`addHistory`); where it fails, the error
 * goes out, the plan stays, and nothing new is decided before it is done.
 * @param {import('mysql2/promise').PoolConnection} db
 * @param {number} id
 * @returns {Promise<string | null>} the record
 */
async function carryOut(db, id) {
  const [rows] = await db.execute('SELECT record, seen, planned FROM kessai_order WHERE order_id = ? FOR UPDATE', [id]);
  const { record, seen, planned } = /** @type {any[]} */ (rows)[0];
  if (planned !== null) {
    // Somebody who moved the order since is left in the right: the next call sees the status they gave it.
    const move = 'UPDATE oc_order SET order_status_id = ? WHERE order_id = ? AND order_status_id = ?';
    await db.execute(move, [planned, id, seen]);
    await db.execute('UPDATE kessai_order SET seen = NULL, planned = NULL WHERE order_id = ?', [id]);
  }
  return record;
}

/**
 * @param {import('mysql2/promise').PoolConnection} db
 * @param {number} id
 * @param {import('kessai').Effect} effect
 * @param {string} seen the order's status
 */
async function apply(db, id, effect, seen) {
  switch (effect.kind) {
    case 'status':
      return db.execute('UPDATE kessai_order SET seen = ?, planned = ? WHERE order_id = ?', [seen, effect.to, id]);
    case 'goods':
      return db.execute('UPDATE kessai_order SET goods = ? WHERE order_id = ?', [effect.to, id]);
    case 'paidDate':
      return db.execute('UPDATE kessai_order SET paid_at = ? WHERE order_id = ?', [effect.to, id]);
    case 'note':
    case 'mail':
    case 'alert':
      return db.execute('INSERT IGNORE INTO kessai_message (order_id, message_key, kind, text) VALUES (?, ?, ?, ?)', [
        id,
        effect.key,
        effect.kind,
        effect.text,
      ]);
    default:
      throw new Error(`unknown effect: ${effect.kind}`);
  }
}
