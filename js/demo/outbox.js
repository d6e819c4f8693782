import { unixNow } from './database.js';

/** @import { Db } from './database.js' */

/** @typedef {{order_id: string, key: string, recipient: string, text: string}} Mail */

/**
 * Sends the mails that are waiting. Runs after a commit and at every start, so a mail goes out at least once; its key
 * lets a mail service drop the second copy after a crash between the two lines.
 * @param {Db} db
 * @param {(mail: Mail) => void} send
 */
export function sendMails(db, send) {
  const waiting = db.prepare('SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY rowid').all();
  for (const mail of /** @type {Mail[]} */ (waiting)) {
    send(mail);
    db.prepare('UPDATE outbox SET sent_at = ? WHERE order_id = ? AND key = ?').run(unixNow(), mail.order_id, mail.key);
  }
}
