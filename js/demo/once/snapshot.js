import Database from 'libsql';

/** @import { Order, Item } from '../orders.js' */

/**
 * All that the shop keeps of an order, straight from its file.
 * @typedef {{order: Order, stock: number, mails: string[]}} Snapshot
 */

/**
 * @param {string} file of the shop's database
 * @param {string} orderId
 * @returns {Snapshot} `stock` of the order's product; mails that were sent, by their keys
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
    const mails = db
      .prepare('SELECT key FROM outbox WHERE order_id = ? AND sent_at IS NOT NULL ORDER BY rowid')
      .all(orderId);
    return { order, stock, mails: /** @type {{key: string}[]} */ (mails).map(({ key }) => key) };
  } finally {
    db.close();
  }
}

/**
 * All of a snapshot but kessai's own record.
 * @param {string} file of the shop's database
 * @param {string} orderId
 */
export function takeShown(file, orderId) {
  const { order, ...rest } = takeSnapshot(file, orderId);
  const { record, ...shown } = order;
  return { ...rest, order: shown };
}

/**
 * The driver adds how long a query took.
 * @param {any} found
 */
function row({ _metadata, ...columns }) {
  return columns;
}
