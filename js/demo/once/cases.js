/**
 * Every money case: how the world brings it about, which webhooks tell of it, and what must be true in the end. The orders
 * of the webhooks are those of BTCPay Server 2.4.1 (InvoiceWatcher, NBXplorerListener, LightningListener).
 */

/** @import { Texts } from '../texts.js' */
/** @import { World } from './world.js' */

/** @typedef {'lightning' | 'onchain' | 'none'} Method `none`: nobody pays */

/**
 * @typedef {object} Step one thing that the world does
 * @property {string} says
 * @property {(world: World) => unknown} does
 * @property {Method} [only] with payments of this kind
 */

/**
 * @typedef {object} Expectation
 * @property {keyof Texts['headline']} status the shop's own
 * @property {'release' | 'hold'} goods
 * @property {number} taken of the product's stock
 * @property {number} mails that were sent
 * @property {string | null} alert the one that the merchant has
 * @property {string} invoice at the server: status and additional status
 */

/**
 * @typedef {object} Case
 * @property {Step[]} steps after the order was placed
 * @property {Partial<Record<Method, string[]>>} webhooks by each method that can be, without the `Invoice` before the names
 * @property {string} [why] there are no other methods
 * @property {Expectation} ends
 */

/** What is bought. */
export const product = 'tenugui';
export const quantity = 2;

export const methods = /** @type {const} */ (['lightning', 'onchain']);

/**
 * @param {'due' | 'half' | 'over'} amount
 * @param {string} what
 * @returns {Step}
 */
const pays = (amount, what) => ({
  says: `The customer pays ${what}`,
  does: ({ sim, invoiceId, method }) =>
    sim.pay(invoiceId, { method: method === 'lightning' ? method : 'onchain', amount }),
});

/** @type {Step} */
const confirms = { says: 'A block confirms the payment', does: ({ sim }) => sim.mine(), only: 'onchain' };

/** @type {Step} */
const expires = {
  says: 'The time to pay runs out',
  does: (world) => world.passUntil(world.sim.invoice(world.invoiceId).expirationTime),
};

/** @type {Step} */
const isGivenUp = {
  says: 'No block takes the payment in, and the server stops watching for it',
  does: (world) => world.passUntil(world.sim.invoice(world.invoiceId).monitoringExpiration),
};

/**
 * @param {'Settled' | 'Invalid'} status
 * @returns {Step}
 */
const marks = (status) => ({
  says: `The merchant marks the invoice ${status.toLowerCase()} at the server`,
  does: ({ sim, invoiceId }) => sim.mark(invoiceId, status),
});

const paidInTime = {
  lightning: ['PaymentSettled', 'ReceivedPayment', 'Processing', 'Settled'],
  onchain: ['ReceivedPayment', 'Processing', 'PaymentSettled', 'Settled'],
};

const unpaid = 'nobody pays';
const noLate = 'a Lightning invoice ends when the time to pay does';
const noPart = 'a Lightning invoice is not paid in parts';
const noWait = 'a Lightning payment needs no confirmation';

const paid = /** @type {const} */ ({ status: 'paid', goods: 'release', taken: quantity, mails: 1, alert: null });
const open = /** @type {const} */ ({ goods: 'hold', taken: quantity, mails: 0, alert: null });
const closed = /** @type {const} */ ({ goods: 'hold', taken: 0, mails: 0, alert: null });

export const cases = /** @satisfies {Record<string, Case>} */ ({
  settled: {
    steps: [pays('due', 'what is due'), confirms],
    webhooks: paidInTime,
    ends: { ...paid, invoice: 'Settled/None' },
  },
  settledOverpaid: {
    steps: [pays('over', 'half as much again as is due'), confirms],
    webhooks: paidInTime,
    ends: { ...paid, alert: 'overpaid', invoice: 'Settled/PaidOver' },
  },
  paidLate: {
    steps: [expires, pays('due', 'what was due'), confirms],
    webhooks: { onchain: ['Expired', 'ReceivedPayment', 'PaidAfterExpiration', 'PaymentSettled'] },
    why: noLate,
    ends: { ...paid, alert: 'paidLate', invoice: 'Expired/PaidLate' },
  },
  markedSettled: {
    steps: [marks('Settled')],
    webhooks: { none: ['Settled'] },
    why: unpaid,
    ends: { ...paid, invoice: 'Settled/Marked' },
  },
  processing: {
    steps: [pays('due', 'what is due')],
    webhooks: { onchain: ['ReceivedPayment', 'Processing'] },
    why: noWait,
    ends: { ...open, status: 'processing', invoice: 'Processing/None' },
  },
  paidLateUnconfirmed: {
    steps: [expires, pays('due', 'what was due')],
    webhooks: { onchain: ['Expired', 'ReceivedPayment', 'PaidAfterExpiration'] },
    why: noLate,
    ends: { ...open, status: 'review', alert: 'paidLateUnconfirmed', invoice: 'Expired/PaidLate' },
  },
  partlyPaid: {
    steps: [pays('half', 'half of what is due')],
    webhooks: { onchain: ['ReceivedPayment'] },
    why: noPart,
    ends: { ...open, status: 'partlyPaid', invoice: 'New/PaidPartial' },
  },
  paidLatePartly: {
    steps: [expires, pays('half', 'half of what was due')],
    webhooks: { onchain: ['Expired', 'ReceivedPayment'] },
    why: noLate,
    ends: { ...open, status: 'review', alert: 'paidPartly', invoice: 'Expired/PaidPartial' },
  },
  expiredPartlyPaid: {
    steps: [pays('half', 'half of what is due'), expires],
    webhooks: { onchain: ['ReceivedPayment', 'Expired', 'ExpiredPaidPartial'] },
    why: noPart,
    ends: { ...open, status: 'review', alert: 'paidPartly', invoice: 'Expired/PaidPartial' },
  },
  new: {
    steps: [],
    webhooks: { none: [] },
    why: unpaid,
    ends: { ...open, status: 'awaiting', invoice: 'New/None' },
  },
  invalidWithMoney: {
    steps: [pays('due', 'what is due'), isGivenUp, confirms],
    webhooks: { onchain: ['ReceivedPayment', 'Processing', 'Invalid', 'PaymentSettled'] },
    why: noWait,
    ends: { ...closed, status: 'review', alert: 'invalidWithMoney', invoice: 'Invalid/None' },
  },
  markedInvalid: {
    steps: [marks('Invalid')],
    webhooks: { none: ['Invalid'] },
    why: unpaid,
    ends: { ...closed, status: 'cancelled', invoice: 'Invalid/Marked' },
  },
  invalid: {
    steps: [pays('due', 'what is due'), isGivenUp],
    webhooks: { onchain: ['ReceivedPayment', 'Processing', 'Invalid'] },
    why: noWait,
    ends: { ...closed, status: 'failed', alert: 'invalid', invoice: 'Invalid/None' },
  },
  expiredUnpaid: {
    steps: [expires],
    webhooks: { none: ['Expired'] },
    why: unpaid,
    ends: { ...closed, status: 'cancelled', invoice: 'Expired/None' },
  },
});

/** @typedef {keyof typeof cases} CaseName */

export const caseNames = /** @type {CaseName[]} */ (Object.keys(cases));
