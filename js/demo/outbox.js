import { unixNow } from './database.js';

/** @import { Db } from './database.js' */

/** @typedef {{order_id: string, key: string, recipient: string, text: string}} Mail */

/**
 * Sends the mails that are waiting. Runs after each commit and at every start, so that a mail goes out at least once; its
 * key lets a mail service drop the second copy after a crash between the two lines. A shop with a real mail service does
 * this in a job of its own.
 * @param {Db} db
 * @param {(mail: Mail) => void} send
 */
export function sendMails(db, send) {
  const waiting = db.prepare('SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY rowid').all();
  for (const mail of /** @type {Mail[]} */ (waiting)) {
    try {
      send(mail);
    } catch (error) {
      // The order is paid whether or not the mail leaves: it waits for the next time, and nothing else fails.
      console.error(`order ${mail.order_id}: the mail ${mail.key} could not be sent:`, error);
      return;
    }
    db.prepare('UPDATE outbox SET sent_at = ? WHERE order_id = ? AND key = ?').run(
      unixNow(db),
      mail.order_id,
      mail.key,
    );
  }
}
