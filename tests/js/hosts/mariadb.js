export const tables = `
  CREATE TABLE products (id VARCHAR(64) COLLATE utf8mb4_bin PRIMARY KEY, stock INT NOT NULL) ENGINE=InnoDB;
  CREATE TABLE orders (
    id VARCHAR(64) COLLATE utf8mb4_bin PRIMARY KEY,
    status VARCHAR(32) NOT NULL DEFAULT 'awaiting',
    method VARCHAR(32) NOT NULL DEFAULT 'btcpay',
    shipped BOOLEAN NOT NULL DEFAULT FALSE,
    stock VARCHAR(8) NOT NULL DEFAULT 'taken',
    goods VARCHAR(8) NOT NULL DEFAULT 'hold',
    paid_at BIGINT,
    kessai MEDIUMTEXT
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
  CREATE TABLE order_items (
    order_id VARCHAR(64) COLLATE utf8mb4_bin,
    product_id VARCHAR(64) COLLATE utf8mb4_bin,
    quantity INT,
    PRIMARY KEY (order_id, product_id)
  ) ENGINE=InnoDB;
  CREATE TABLE order_messages (
    order_id VARCHAR(64) COLLATE utf8mb4_bin,
    message_key VARCHAR(255) COLLATE utf8mb4_bin,
    kind VARCHAR(8),
    text TEXT CHARACTER SET utf8mb4,
    sent BOOLEAN,
    PRIMARY KEY (order_id, message_key)
  ) ENGINE=InnoDB;
`;

/**
 * @param {import('mysql2/promise').Pool} pool made with `charset: 'utf8mb4'`
 * @returns {import('kessai').Orders}
 */
export function createOrders(pool) {
  return {
    transact: ({ orderId }, step) =>
      transaction(pool, async (db) => {
        const [rows] = await db.execute('SELECT * FROM orders WHERE id = ? FOR UPDATE', [orderId ?? null]);
        const order = /** @type {any[]} */ (rows)[0];
        // The database takes 'A1 ' for 'A1'.
        if (!order || order.id !== orderId) return undefined;
        const { id, kessai: record, status, method, shipped } = order;
        const { save, effects } = step({ record, shop: { status, method, shipped: shipped === 1 } });
        if (save !== undefined) await db.execute('UPDATE orders SET kessai = ? WHERE id = ?', [save, id]);
        for (const effect of effects) await apply(db, id, effect);
        return true;
      }),
  };
}

const DEADLOCK = 'ER_LOCK_DEADLOCK';

/**
 * Runs `work` in a transaction, and once more where the database chose it to end a deadlock.
 * @template T
 * @param {import('mysql2/promise').Pool} pool
 * @param {(db: import('mysql2/promise').PoolConnection) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function transaction(pool, work) {
  for (let tries = 1; ; tries++) {
    const db = await pool.getConnection();
    try {
      await db.beginTransaction();
      const result = await work(db);
      await db.commit();
      db.release();
      return result;
    } catch (error) {
      await db.rollback().then(
        () => db.release(),
        () => db.destroy(),
      );
      if (tries === 5 || /** @type {any} */ (error).code !== DEADLOCK) throw error;
    }
  }
}

/**
 * @param {import('mysql2/promise').PoolConnection} db
 * @param {string} id
 * @param {import('kessai').Effect} effect
 */
async function apply(db, id, effect) {
  switch (effect.kind) {
    case 'status':
      return db.execute('UPDATE orders SET status = ? WHERE id = ?', [effect.to, id]);
    case 'stock': {
      const [moved] = await db.execute('UPDATE orders SET stock = ? WHERE id = ? AND stock <> ?', [
        effect.to,
        id,
        effect.to,
      ]);
      if (/** @type {import('mysql2').ResultSetHeader} */ (moved).affectedRows === 0) return undefined;
      const sign = effect.to === 'taken' ? '-' : '+';
      return db.execute(
        `UPDATE products JOIN order_items AS item ON item.product_id = products.id
         SET products.stock = products.stock ${sign} item.quantity WHERE item.order_id = ?`,
        [id],
      );
    }
    case 'goods':
      return db.execute('UPDATE orders SET goods = ? WHERE id = ?', [effect.to, id]);
    case 'paidDate':
      return db.execute('UPDATE orders SET paid_at = ? WHERE id = ?', [effect.to, id]);
    case 'note':
    case 'mail':
    case 'alert':
      return db.execute('INSERT IGNORE INTO order_messages (order_id, message_key, kind, text) VALUES (?, ?, ?, ?)', [
        id,
        effect.key,
        effect.kind,
        effect.text,
      ]);
    default:
      throw new Error(`unknown effect: ${effect.kind}`); // points: this shop has none, and must not pass for having moved them
  }
}
