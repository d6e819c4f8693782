export const tables = `
  CREATE TABLE products (id TEXT PRIMARY KEY, stock INTEGER NOT NULL);
  CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL DEFAULT 'awaiting',
    method TEXT NOT NULL DEFAULT 'btcpay',
    shipped INTEGER NOT NULL DEFAULT 0,
    stock TEXT NOT NULL DEFAULT 'taken',
    goods TEXT NOT NULL DEFAULT 'hold',
    paid_at INTEGER,
    kessai TEXT
  );
  CREATE TABLE order_items (order_id TEXT, product_id TEXT, quantity INTEGER, PRIMARY KEY (order_id, product_id));
  CREATE TABLE order_messages (order_id TEXT, key TEXT, kind TEXT, text TEXT, sent INTEGER, PRIMARY KEY (order_id, key));
`;

/**
 * @param {InstanceType<typeof import('libsql')>} db opened with `PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL`
 * @returns {import('kessai').Orders}
 */
export function createOrders(db) {
  return {
    async transact({ orderId }, step) {
      // IMMEDIATE: the write lock from the start, so that what is read is still true when it is written.
      db.exec('BEGIN IMMEDIATE');
      try {
        const order = /** @type {any} */ (db.prepare('SELECT * FROM orders WHERE id = ?').get(orderId ?? null));
        if (order) {
          const { id, kessai: record, status, method, shipped } = order;
          const { save, effects } = step({ record, shop: { status, method, shipped: shipped === 1 } });
          if (save !== undefined) db.prepare('UPDATE orders SET kessai = ? WHERE id = ?').run(save, id);
          for (const effect of effects) apply(db, id, effect);
        }
        db.exec('COMMIT');
        return order ? true : undefined;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

/**
 * @param {InstanceType<typeof import('libsql')>} db
 * @param {string} id
 * @param {import('kessai').Effect} effect
 */
function apply(db, id, effect) {
  switch (effect.kind) {
    case 'status':
      db.prepare('UPDATE orders SET status = ? WHERE id = ?').run(effect.to, id);
      break;
    case 'stock': {
      const { changes } = db.prepare('UPDATE orders SET stock = ?1 WHERE id = ?2 AND stock <> ?1').run(effect.to, id);
      if (changes === 0) break;
      const sign = effect.to === 'taken' ? '-' : '+';
      db.prepare(
        `UPDATE products SET stock = stock ${sign} item.quantity
         FROM order_items AS item WHERE item.product_id = products.id AND item.order_id = ?`,
      ).run(id);
      break;
    }
    case 'goods':
      db.prepare('UPDATE orders SET goods = ? WHERE id = ?').run(effect.to, id);
      break;
    case 'paidDate':
      db.prepare('UPDATE orders SET paid_at = ? WHERE id = ?').run(effect.to, id);
      break;
    case 'note':
    case 'mail':
    case 'alert':
      db.prepare('INSERT OR IGNORE INTO order_messages (order_id, key, kind, text) VALUES (?, ?, ?, ?)').run(
        id,
        effect.key,
        effect.kind,
        effect.text,
      );
      break;
    default:
      throw new Error(`unknown effect: ${effect.kind}`); // points: this shop has none, and must not pass for having moved them
  }
}
