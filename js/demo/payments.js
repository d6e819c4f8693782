import { createKessai } from 'kessai';
import { ownSecret, transaction } from './database.js';
import { applyEffects } from './effects.js';

/** @import { Effect, Kessai, OrderKey, Transact } from 'kessai' */
/** @import { Db } from './database.js' */
/** @import { Order, Orders } from './orders.js' */

/**
 * @typedef {{url: string, apiKey: string, storeId: string}} Btcpay the payment server and our store there
 * @typedef {(orderId: string, effects: Effect[]) => void} Committed called after every commit
 */

/**
 * kessai on this shop's database.
 * @param {Db} db
 * @param {Btcpay} btcpay
 * @param {{now?: () => number, committed: Committed}} options `now` in unix seconds, the machine's by default
 * @returns {Kessai}
 */
export function createPayments(db, btcpay, { now, committed }) {
  return createKessai({
    settings: {
      serverUrl: btcpay.url,
      apiKey: btcpay.apiKey,
      storeId: btcpay.storeId,
      shopId: 'tsubame',
      shopKey: ownSecret(db, 'shopKey'),
      webhookSecrets: [{ name: 'main', secret: ownSecret(db, 'webhookSecret') }],
      checkout: { speedPolicy: 'MediumSpeed', expirationMinutes: 15, redirectAutomatically: true },
      // The other cases keep their plain names, such as `paid` for settled and `cancelled` for expired and unpaid.
      statuses: { map: { partlyPaid: 'partlyPaid' }, initial: ['awaiting'], stock: true },
    },
    orders: { transact: createTransact(db, committed) },
    now,
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
 * The page where the customer pays the order: the invoice there is, or a new one.
 * @param {Kessai} kessai
 * @param {Orders} orders
 * @param {Order} order
 * @param {string} shopUrl
 * @returns {Promise<string>}
 */
export async function openCheckout(kessai, orders, order, shopUrl) {
  const { id, key, total, currency, language } = order;
  const { invoiceId, checkoutLink } = await kessai.btcpay.createInvoice({
    order: { id, total, currency, language, returnUrl: `${shopUrl}/orders/${id}/return?key=${key}` },
  });
  orders.addInvoice(id, invoiceId);
  return checkoutLink;
}
