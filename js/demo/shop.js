import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { createApp, webhookPath } from './app.js';
import { Connect } from './connect.js';
import { Connection } from './connection.js';
import { openDatabase } from './database.js';
import { Orders } from './orders.js';
import { sendMails } from './outbox.js';
import { createPayments, errorLanguage } from './payments.js';
import { reconcile } from './reconciliation.js';

/** @import { Server } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */
/** @import { Effect, Kessai } from 'kessai' */
/** @import { Language } from './catalog.js' */

/** @typedef {{url: string, apiKey: string, storeId: string}} Btcpay the payment server and our store there */

const RECONCILE_EVERY_MS = 10 * 60 * 1000;

/** How long the merchant waits for a page of the connection; what is not done by then, they try again. */
const PAGE_DEADLINE_MS = 8_000;

/**
 * Starts the shop on loopback, with what it was connected to before.
 * @param {{file: string, port?: number, btcpay?: Btcpay, suggested?: string, now?: () => number, log: (line: string) => void}} options
 *   `file` is the SQLite file; `port` 0 takes any that is free; `btcpay` connects it without a person; `suggested` is the address
 *   that the merchant finds in the form; `now` is the machine's clock unless given
 * @returns {Promise<{url: string, readonly kessai: Kessai, close: () => Promise<void>}>}
 * @throws {Error} with the code `EADDRINUSE` where the port is busy; where the file is another version's
 */
export async function startShop({ file, port = 0, btcpay, suggested = '', now, log }) {
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
  const orders = new Orders(db);
  const connection = new Connection(db);
  const payments = { now, committed };
  const kessaiIn = (/** @type {Language} */ language) =>
    createPayments(db, connection, { ...payments, language, deadlineMs: PAGE_DEADLINE_MS });
  const connect = new Connect({ connection, kessaiIn, webhookUrl: url + webhookPath });
  const make = (/** @type {string} */ state) => {
    const kessai = createPayments(db, connection, payments);
    const serverUrl = connection.kept?.serverUrl;
    return { state, kessai, app: createApp({ orders, kessai, connect, url, serverUrl, suggested, log }) };
  };
  let made = make(connection.state);
  // All that depends on the settings is made of them anew, also where another process changed them. What is under way ends
  // with those it began with.
  const current = () => {
    const { state } = connection;
    if (state !== made.state) made = make(state);
    return made;
  };
  server.on(
    'request',
    getRequestListener((request, env) => current().app.fetch(request, env)),
  );

  const job = setInterval(() => connection.kept && reconcile(current().kessai, orders, log), RECONCILE_EVERY_MS);
  const close = async () => {
    clearInterval(job);
    await new Promise((resolve) => server.close(resolve));
    db.close();
  };
  // What a crash between a commit and its mails left behind.
  send();
  try {
    if (btcpay) await connectAlone(connect, btcpay);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    get kessai() {
      return current().kessai;
    },
    close,
  };
}

/**
 * Connects the shop without a person, at each start.
 * @param {Connect} connect
 * @param {Btcpay} btcpay
 */
async function connectAlone(connect, { url: serverUrl, apiKey, storeId }) {
  const { kept } = connect.connection;
  const isSame = kept?.serverUrl === serverUrl && kept.apiKey === apiKey && kept.storeId === storeId;
  if (!isSame) connect.connection.connect({ serverUrl, apiKey, storeId });
  // It has the folder for itself, but the port may be another than at the last start.
  await connect.registerWebhook(errorLanguage, true);
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
