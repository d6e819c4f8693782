import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createApp, webhookPath } from './app.js';
import { openDatabase, ownSecret } from './database.js';
import { Orders } from './orders.js';
import { sendMails } from './outbox.js';
import { createPayments } from './payments.js';
import { reconcile } from './reconciliation.js';
import { registerWebhook } from './registration.js';

/** @import { Server } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */
/** @import { Effect, Kessai } from 'kessai' */
/** @import { Btcpay } from './payments.js' */

const RECONCILE_EVERY_MS = 10 * 60 * 1000;

/**
 * Starts the shop on loopback and tells the payment server of its webhook.
 * @param {{file: string, port?: number, btcpay: Btcpay, now?: () => number, log: (line: string) => void}} options
 *   `file` is the SQLite file; `port` 0 takes any that is free; `now` is the machine's clock unless given
 * @returns {Promise<{url: string, kessai: Kessai, close: () => Promise<void>}>}
 * @throws {Error} with the code `EADDRINUSE` where the port is busy; where the file is another version's
 */
export async function startShop({ file, port = 0, btcpay, now, log }) {
  const db = openDatabase(file, now);
  const server = await listen(port).catch((error) => {
    db.close();
    throw error;
  });
  const url = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  const send = () => sendMails(db, ({ order_id, text }) => log(`order ${order_id}: mail sent: ${text}`));
  const committed = (/** @type {string} */ orderId, /** @type {Effect[]} */ effects) => {
    for (const effect of effects) log(`order ${orderId}: ${describe(effect)}`);
    send();
  };
  const kessai = createPayments(db, btcpay, { now, committed });
  const orders = new Orders(db);
  const app = createApp({ orders, kessai, url, serverUrl: btcpay.url, log });
  server.on('request', getRequestListener(app.fetch));

  const job = setInterval(() => reconcile(kessai, orders, log), RECONCILE_EVERY_MS);
  const close = async () => {
    clearInterval(job);
    await new Promise((resolve) => server.close(resolve));
    db.close();
  };
  // What a crash between a commit and its mails left behind.
  send();
  await registerWebhook(btcpay, { url: url + webhookPath, secret: ownSecret(db, 'webhookSecret') }).catch(
    async (error) => {
      await close();
      throw error;
    },
  );
  return { url, kessai, close };
}

/** @param {Effect} effect */
function describe(effect) {
  return 'to' in effect ? `${effect.kind} -> ${effect.to}` : `${effect.kind}: ${effect.text}`;
}

/**
 * @param {number} port
 * @returns {Promise<Server>}
 */
function listen(port) {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}
