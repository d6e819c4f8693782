import { unixNow } from './database.js';

/** @import { Effect } from 'kessai' */
/** @import { Db } from './database.js' */

/**
 * Does what kessai says must be done now. Called inside the transaction that stores the order's record, so that the
 * record and the shop always agree. The first five kinds say "make it so" and are harmless twice; the last three carry
 * a key and are stored once.
 * @param {Db} db
 * @param {string} orderId
 * @param {Effect[]} effects
 */
export function applyEffects(db, orderId, effects) {
  for (const effect of effects) applyEffect(db, orderId, effect);
}

/**
 * @param {Db} db
 * @param {string} orderId
 * @param {Effect} effect
 */
function applyEffect(db, orderId, effect) {
  switch (effect.kind) {
    case 'status':
      db.prepare('UPDATE orders SET status = ? WHERE id = ?').run(effect.to, orderId);
      break;
    case 'stock':
      moveStock(db, orderId, effect.to);
      break;
    case 'points':
      break; // This shop has no points.
    case 'paidDate':
      db.prepare('UPDATE orders SET paid_at = ? WHERE id = ?').run(effect.to, orderId);
      break;
    case 'goods':
      db.prepare('UPDATE orders SET goods = ? WHERE id = ?').run(effect.to, orderId);
      break;
    case 'note':
    case 'alert':
      db.prepare('INSERT OR IGNORE INTO order_history (order_id, kind, key, at, text) VALUES (?, ?, ?, ?, ?)').run(
        orderId,
        effect.kind,
        effect.key,
        unixNow(db),
        effect.text,
      );
      break;
    case 'mail':
      // Only queued: a mail that left before the commit could tell of a payment that was rolled back.
      db.prepare(
        'INSERT OR IGNORE INTO outbox (order_id, key, recipient, text) SELECT id, ?, email, ? FROM orders WHERE id = ?',
      ).run(effect.key, effect.text, orderId);
      break;
    default:
      // A kind this shop does not know must not be stored as done.
      throw new Error(`unknown effect: ${/** @type {{kind: string}} */ (effect).kind}`);
  }
}

/**
 * Goods that went back can be sold to others before a late payment takes them again. Stock then falls below zero: more
 * was sold than is there, and the merchant sees it.
 * @param {Db} db
 * @param {string} orderId
 * @param {'taken' | 'returned'} to
 */
function moveStock(db, orderId, to) {
  const moved = db.prepare('UPDATE orders SET stock = ? WHERE id = ? AND stock <> ?').run(to, orderId, to);
  if (moved.changes === 0) return;
  db.prepare(
    `UPDATE products SET stock = stock ${to === 'taken' ? '-' : '+'} item.quantity
     FROM order_items AS item WHERE item.product_id = products.id AND item.order_id = ?`,
  ).run(orderId);
}
