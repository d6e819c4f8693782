import { transaction } from './mariadb.js';

// OpenCart 3's own tables are MyISAM: what is written there is there at once, and no rollback takes it back. What is ours is
// InnoDB. `seen` is the status the decision was made on.
export const tables = `
  CREATE TABLE kessai_order (
    order_id INT PRIMARY KEY,
    goods VARCHAR(8) NOT NULL DEFAULT 'hold',
    paid_at BIGINT,
    record MEDIUMTEXT
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
  CREATE TABLE kessai_planned (order_id INT PRIMARY KEY, seen INT NOT NULL, wanted INT NOT NULL) ENGINE=InnoDB;
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
        // The row to lock, made where it is missing: oc_order has no row locks.
        await db.execute('INSERT INTO kessai_order (order_id) VALUES (?) ON DUPLICATE KEY UPDATE order_id = order_id', [
          id,
        ]);
        await carryOut(db, id); // where a process ended before it could
        const [rows] = await db.execute('SELECT record FROM kessai_order WHERE order_id = ? FOR UPDATE', [id]);
        const order = await read(db, id);
        const { record } = /** @type {any[]} */ (rows)[0];
        const status = String(order.order_status_id);
        const shop = { status, method: order.payment_code, shipped: status === SHIPPED };
        const { save, effects } = step({ record, shop });
        if (save !== undefined) await db.execute('UPDATE kessai_order SET record = ? WHERE order_id = ?', [save, id]);
        for (const effect of effects) await apply(db, id, effect, status);
        return true;
      });
      if (!found) return undefined;
      await carryOutAlone(pool, id);
      return true;
    },
  };
}

/**
 * For a job, every few minutes: what processes that ended left to be done.
 * @param {import('mysql2/promise').Pool} pool
 */
export async function carryOutLeft(pool) {
  const [plans] = await pool.execute('SELECT order_id FROM kessai_planned');
  for (const { order_id: id } of /** @type {any[]} */ (plans)) await carryOutAlone(pool, id);
}

/**
 * @param {import('mysql2/promise').Pool} pool
 * @param {number} id
 */
async function carryOutAlone(pool, id) {
  await transaction(pool, async (db) => {
    await db.execute('SELECT 1 FROM kessai_order WHERE order_id = ? FOR UPDATE', [id]);
    await carryOut(db, id);
  });
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
 * Does what was planned, under the lock of the record. The shop's own order API belongs here (`addHistory`); where it fails, the
 * error goes out, the plan stays, and nothing new is decided before it is done.
 * @param {import('mysql2/promise').PoolConnection} db
 * @param {number} id
 */
async function carryOut(db, id) {
  const [rows] = await db.execute('SELECT seen, wanted FROM kessai_planned WHERE order_id = ? FOR UPDATE', [id]);
  const [plan] = /** @type {any[]} */ (rows);
  if (!plan) return;
  // Somebody who moved the order since is left in the right: the next call sees the status they gave it.
  const move = 'UPDATE oc_order SET order_status_id = ? WHERE order_id = ? AND order_status_id = ?';
  await db.execute(move, [plan.wanted, id, plan.seen]);
  await db.execute('DELETE FROM kessai_planned WHERE order_id = ?', [id]);
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
      return db.execute('INSERT INTO kessai_planned (order_id, seen, wanted) VALUES (?, ?, ?)', [id, seen, effect.to]);
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
