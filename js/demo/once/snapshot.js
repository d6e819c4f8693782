import Database from 'libsql';

/** @import { Order, Item } from '../orders.js' */

/**
 * All that the shop keeps of an order, straight from its file.
 * @typedef {{order: Order, stock: number, notes: string[], alerts: string[], mails: string[]}} Snapshot
 */

/**
 * @param {string} file of the shop's database
 * @param {string} orderId
 * @returns {Snapshot} `stock` of the order's product; notes, alerts and mails by their keys
 */
export function takeSnapshot(file, orderId) {
  const db = new Database(file, { readonly: true });
  try {
    const order = /** @type {Order} */ (row(db.prepare('SELECT * FROM orders WHERE id = ?').get(orderId)));
    const { stock } = /** @type {{stock: number}} */ (
      db
        .prepare('SELECT products.stock FROM products JOIN order_items ON product_id = products.id WHERE order_id = ?')
        .get(orderId)
    );
    const keys = (/** @type {string} */ sql) =>
      /** @type {{key: string}[]} */ (db.prepare(sql).all(orderId)).map(({ key }) => key);
    return {
      order,
      stock,
      notes: keys("SELECT key FROM order_history WHERE order_id = ? AND kind = 'note' ORDER BY rowid"),
      alerts: keys("SELECT key FROM order_history WHERE order_id = ? AND kind = 'alert' ORDER BY rowid"),
      mails: keys('SELECT key FROM outbox WHERE order_id = ? ORDER BY rowid'),
    };
  } finally {
    db.close();
  }
}

/**
 * The driver adds how long a query took.
 * @param {any} found
 */
function row({ _metadata, ...columns }) {
  return columns;
}
