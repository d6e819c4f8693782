import { moveStock } from './stock.js';

/** @import { Effect } from 'kessai' */
/** @import { Db } from './database.js' */

/**
 * Does what kessai says must be done now. Called inside the transaction that stores the order's record, so that the
 * record and the shop always agree. The first five kinds say "make it so" and are harmless twice; the last three carry
 * a key.
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
      break; // The history is read from the record, in the language of whoever reads it: `order.timeline`.
    case 'alert':
      // So are the alerts, until they are acknowledged; the shop only keeps at hand which orders have one.
      db.prepare('UPDATE orders SET attention = 1 WHERE id = ?').run(orderId);
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
