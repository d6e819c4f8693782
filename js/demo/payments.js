import { createKessai } from 'kessai';
import { ownSecret, transaction } from './database.js';
import { applyEffects } from './effects.js';
import { payable } from './orders.js';
import { decimal, totalsOf } from './pricing.js';

/** @import { Effect, Kessai, KessaiError, OrderKey, Transact } from 'kessai' */
/** @import { Language } from './catalog.js' */
/** @import { Connection } from './connection.js' */
/** @import { Db } from './database.js' */
/** @import { Item, Order, Orders } from './orders.js' */

/**
 * @typedef {NonNullable<Parameters<Kessai['btcpay']['createInvoice']>[0]['order']['lines']>[number]} Line
 * @typedef {(orderId: string, effects: Effect[]) => void} Committed called after every commit
 */

/** @type {Language} in which kessai tells its errors, unless a page asks for another */
export const errorLanguage = 'en';

/**
 * kessai on this shop's database, with the settings of now. Without any, what needs them fails with `config.missing`.
 * @param {Db} db
 * @param {Connection} connection
 * @param {{now?: () => number, committed: Committed, language?: Language, deadlineMs?: number}} options `now` in unix seconds,
 *   the machine's by default
 * @returns {Kessai}
 */
export function createPayments(db, connection, { now, committed, language = errorLanguage, deadlineMs }) {
  const orders = { transact: createTransact(db, committed) };
  const { kept } = connection;
  if (!kept) return createKessai({ orders, now, deadlineMs });
  return createKessai({
    settings: {
      serverUrl: kept.serverUrl,
      apiKey: kept.apiKey,
      storeId: kept.storeId,
      shopId: connection.shopId,
      shopKey: ownSecret(db, 'shopKey'),
      webhookSecrets: kept.webhookSecrets,
      checkout: { speedPolicy: 'MediumSpeed', expirationMinutes: 15, redirectAutomatically: true },
      // The other cases keep their plain names, such as `paid` for settled and `cancelled` for expired and unpaid. An
      // invoice that the shop closes is marked invalid at the server.
      statuses: {
        map: { partlyPaid: 'partlyPaid', markedInvalid: 'cancelled' },
        initial: ['awaiting'],
        refunded: 'refunded',
        stock: true,
      },
      language,
    },
    orders,
    now,
    deadlineMs,
  });
}

/**
 * All that kessai needs of a shop's database: lock the order, read its record, let kessai decide, store the record and
 * apply the effects, commit. One transaction, and no network in it.
 * @param {Db} db
 * @param {Committed} committed
 * @returns {Transact}
 */
function createTransact(db, committed) {
  return async (key, step) => {
    const done = transaction(db, () => {
      const order = findOrder(db, key);
      if (!order) return undefined;
      const { id, record, status, method, shipped } = order;
      const { save, effects } = step({ orderId: id, record, shop: { status, method, shipped: shipped === 1 } });
      if (save !== undefined) db.prepare('UPDATE orders SET record = ? WHERE id = ?').run(save, id);
      applyEffects(db, id, effects);
      return { id, effects };
    });
    if (!done) return undefined;
    committed(done.id, done.effects);
    return true;
  };
}

/**
 * @param {Db} db
 * @param {OrderKey} key
 */
function findOrder(db, { orderId, invoiceId }) {
  // A webhook of a server before 1.7.1 names only the invoice.
  const row = orderId
    ? db.prepare('SELECT * FROM orders WHERE id = ?').get(orderId)
    : db
        .prepare('SELECT orders.* FROM orders JOIN invoices ON invoices.order_id = orders.id WHERE invoices.id = ?')
        .get(invoiceId ?? null);
  return /** @type {Order | undefined} */ (row);
}

/**
 * What the customer pays the order with: the invoice there is, or a new one.
 * @param {Kessai} kessai
 * @param {Orders} orders
 * @param {Order} order
 * @param {string} shopUrl
 * @returns {Promise<{invoiceId: string, checkoutLink: string} | undefined>} undefined where there is nothing left to pay
 * @throws {KessaiError}
 */
export async function openCheckout(kessai, orders, order, shopUrl) {
  const { id, key, total, currency, language } = order;
  if (!payable.includes(order.status)) return undefined;
  const { invoiceId, checkoutLink } = await kessai.btcpay.createInvoice({
    order: {
      id,
      total,
      currency,
      lines: linesOf(order, orders.items(id)),
      language,
      returnUrl: `${shopUrl}/orders/${id}/return?key=${key}`,
    },
  });
  orders.addInvoice(id, invoiceId);
  if (orders.find(id)?.status !== 'cancelled') return { invoiceId, checkoutLink };
  // It was cancelled while its first invoice was being made.
  await cancelOrder(kessai, orders, id);
  return undefined;
}

/**
 * What the total is made of. kessai refuses an order whose lines do not add up to it, to the last digit.
 * @param {Order} order
 * @param {Item[]} items
 * @returns {Line[]}
 */
function linesOf({ currency, shipping, shipping_tax }, items) {
  const { taxes } = totalsOf(items, { price: shipping, tax: shipping_tax });
  const amount = (/** @type {number} */ smallest) => decimal(smallest, currency);
  return [
    ...items.map(({ price, quantity }) => ({ kind: /** @type {const} */ ('item'), amount: amount(price), quantity })),
    { kind: 'shipping', amount: amount(shipping) },
    ...taxes.map(({ tax }) => ({ kind: /** @type {const} */ ('tax'), amount: amount(tax), included: true })),
  ];
}

/**
 * Cancels an order that nobody has paid. Its invoices are closed first, so that no customer pays a dead order; the status
 * and the stock follow from that.
 * @param {Kessai} kessai
 * @param {Orders} orders
 * @param {string} orderId
 * @throws {KessaiError} `order.hasPayment` where money has come meanwhile: then nothing is cancelled
 */
export async function cancelOrder(kessai, orders, orderId) {
  try {
    await kessai.btcpay.closeInvoice({ orderId });
  } finally {
    // What was learnt of the invoices, also where one could not be closed.
    await kessai.order.apply({ orderId });
  }
  orders.cancelUnbilled(orderId);
}
