/** Orders that were paid, and what a merchant and a customer do about a refund. */
import { openShop } from './shop.js';

/** @import { Shop } from './shop.js' */

const DESTINATION = 'bcrt1qxc7qk5m03las9n07ns626xvv9j6pvmfuxdgh37';

/** What a shop's key needs for refunds at this release, beside what it needs for payments. */
const PERMISSIONS = ['canmodifyinvoices', 'canviewstoresettings', 'canmodifystoresettings'];

/** How a shop finds out at once that an order is busy, instead of waiting for a clock that stands still. */
const DEADLINE_MS = 1500;

/** @param {import('node:test').TestContext} t @param {Parameters<typeof openShop>[1]} [options] */
export const open = (t, options) => openShop(t, { permissions: PERMISSIONS, deadlineMs: DEADLINE_MS, ...options });

/**
 * An order of 5000 yen that was paid.
 * @param {Shop} shop
 * @param {string} id
 * @param {Parameters<Shop['sim']['pay']>[1]} [how]
 */
export async function paidOrder(shop, id, how = { method: 'onchain' }) {
  const invoice = await shop.place(id);
  shop.sim.pay(invoice, how);
  shop.sim.mine();
  await shop.sim.idle();
  return invoice;
}

/**
 * @param {Shop} shop
 * @param {string} orderId
 * @param {object} how
 */
export const refund = (shop, orderId, how) =>
  shop.kessai.btcpay.refundInvoice(/** @type {any} */ ({ orderId, key: 'the form of the merchant', ...how }));

/**
 * The customer claims, and the store pays.
 * @param {Shop} shop
 * @param {string} pullPayment
 * @param {string} [amount]
 */
export function payOut({ sim }, pullPayment, amount) {
  const claim = { destination: DESTINATION, method: 'BTC-CHAIN', ...(amount && { amount }) };
  sim.pullPayments.pay(sim.pullPayments.claim(pullPayment, claim).id);
}

/** How far the order's refunds are, asked of the server. @param {Shop} shop @param {string} orderId */
export const progress = async (shop, orderId) => (await shop.kessai.order.apply({ orderId, check: true })).refund;

/** The pull payments of an order's invoice. @param {Shop} shop @param {string} orderId */
export const made = ({ sim, order }, orderId) =>
  sim.pullPayments.all().filter(({ invoiceId }) => invoiceId === order(orderId).invoice);
