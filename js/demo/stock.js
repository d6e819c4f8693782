/** @import { Db } from './database.js' */

/**
 * Takes an order's goods out of stock or puts them back; harmless twice. Goods that went back can be sold to others before
 * a late payment takes them again. Stock then falls below zero: more was sold than is there, and the merchant sees it.
 * @param {Db} db
 * @param {string} orderId
 * @param {'taken' | 'returned'} to
 */
export function moveStock(db, orderId, to) {
  const moved = db.prepare('UPDATE orders SET stock = ? WHERE id = ? AND stock <> ?').run(to, orderId, to);
  if (moved.changes === 0) return;
  db.prepare(
    `UPDATE products SET stock = stock ${to === 'taken' ? '-' : '+'} item.quantity
     FROM order_items AS item WHERE item.product_id = products.id AND item.order_id = ?`,
  ).run(orderId);
}
