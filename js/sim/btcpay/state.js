/**
 * How an invoice changes: BTCPay Server 2.4.1, InvoiceWatcher and InvoiceState. Nothing here knows of clocks, HTTP or
 * storage; every function changes the invoice it is given and returns the events in the order the server sends them.
 */
import { totals } from './accounting.js';

/** @typedef {'New' | 'Processing' | 'Settled' | 'Expired' | 'Invalid'} Status */
/** @typedef {'None' | 'PaidPartial' | 'PaidOver' | 'PaidLate' | 'Marked'} AdditionalStatus */

/**
 * @typedef {object} Payment
 * @property {string} id `<txid>-<vout>` or a payment hash
 * @property {string} methodId
 * @property {number} receivedDate unix seconds
 * @property {string} value coins
 * @property {string} fee coins
 * @property {'Processing' | 'Settled' | 'Invalid'} status
 * @property {string} destination
 * @property {number} confirmations
 * @property {boolean} replaceable signals RBF
 */

/**
 * @typedef {object} Prompt a payment method of one invoice
 * @property {string} methodId
 * @property {string} rate the invoice's currency for one coin
 * @property {boolean} activated
 * @property {string | null} destination
 */

/**
 * @typedef {object} Checkout
 * @property {'HighSpeed' | 'MediumSpeed' | 'LowMediumSpeed' | 'LowSpeed'} speedPolicy
 * @property {string | null} defaultPaymentMethod
 * @property {string} paymentTolerance percent
 * @property {string | null} redirectURL the template as it was sent
 * @property {boolean} redirectAutomatically
 * @property {string | null} defaultLanguage
 */

/**
 * @typedef {object} Invoice
 * @property {string} id
 * @property {string} storeId
 * @property {string} amount
 * @property {string} currency
 * @property {'Standard' | 'TopUp'} type
 * @property {Status} status
 * @property {AdditionalStatus} additionalStatus
 * @property {number} createdTime unix seconds
 * @property {number} expirationTime unix seconds
 * @property {number} monitoringExpiration unix seconds
 * @property {boolean} archived
 * @property {Record<string, unknown>} metadata
 * @property {Checkout} checkout
 * @property {Record<string, unknown>} receipt as it was sent
 * @property {string[]} searchTerms
 * @property {Prompt[]} prompts
 * @property {Payment[]} payments
 */

/** @typedef {{ type: string, fields: Record<string, unknown> }} Event */

/** The watcher goes over an invoice again as long as a pass caused events, at most this often. */
const MOST_PASSES = 5;

/** Whether an invoice takes any amount and nothing has come yet. @param {Invoice} invoice */
export const isUnsetTopUp = (invoice) => invoice.type === 'TopUp' && Number(invoice.amount) === 0;

/**
 * @param {Invoice} invoice
 * @param {number} now unix seconds
 * @returns {Event[]}
 */
export function created(invoice, now) {
  return [{ type: 'InvoiceCreated', fields: {} }, ...watch(invoice, now)];
}

/**
 * A payment was seen. One that needs no confirmation is settled at once, and is then announced as settled before it is
 * announced as received.
 * @param {Invoice} invoice
 * @param {Payment} payment
 * @param {number} now unix seconds
 * @returns {Event[]}
 */
export function receive(invoice, payment, now) {
  invoice.payments.push(payment);
  const events = payment.status === 'Settled' ? [paymentEvent('InvoicePaymentSettled', invoice, payment)] : [];
  events.push(paymentEvent('InvoiceReceivedPayment', invoice, payment));
  return [...events, ...watch(invoice, now)];
}

/**
 * Payments got the confirmations they needed.
 * @param {Invoice} invoice
 * @param {Payment[]} payments of this invoice
 * @param {number} now unix seconds
 * @returns {Event[]}
 */
export function settle(invoice, payments, now) {
  for (const payment of payments) payment.status = 'Settled';
  const events = payments.map((payment) => paymentEvent('InvoicePaymentSettled', invoice, payment));
  return [...events, ...watch(invoice, now)];
}

/**
 * A payment was replaced or double-spent before it confirmed. The server says nothing about it.
 * @param {Invoice} invoice
 * @param {Payment} payment
 * @param {number} now unix seconds
 * @returns {Event[]}
 */
export function replace(invoice, payment, now) {
  payment.status = 'Invalid';
  return watch(invoice, now);
}

/**
 * @param {Invoice} invoice
 * @returns {('Settled' | 'Invalid')[]} what a person may mark it as
 */
export function markable({ status, additionalStatus }) {
  const marked = additionalStatus === 'Marked';
  /** @type {('Settled' | 'Invalid')[]} */
  const statuses = [];
  if (status !== 'Settled') statuses.push('Settled');
  if (status !== 'Invalid' && (status !== 'Settled' || marked)) statuses.push('Invalid');
  return statuses;
}

/**
 * @param {Invoice} invoice
 * @param {'Settled' | 'Invalid'} status one of `markable`
 * @returns {Event[]}
 */
export function mark(invoice, status) {
  invoice.status = status;
  invoice.additionalStatus = 'Marked';
  const fields = status === 'Settled' ? { manuallyMarked: true, overPaid: false } : { manuallyMarked: true };
  return [{ type: status === 'Settled' ? 'InvoiceSettled' : 'InvoiceInvalid', fields }];
}

/**
 * Brings the invoice up to its payments and to the time.
 * @param {Invoice} invoice
 * @param {number} now unix seconds
 * @returns {Event[]}
 */
export function watch(invoice, now) {
  /** @type {Event[]} */
  const events = [];
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const found = watchOnce(invoice, now);
    if (found.length === 0) break;
    events.push(...found);
  }
  return events;
}

/**
 * @param {Invoice} invoice
 * @param {number} now
 * @returns {Event[]}
 */
function watchOnce(invoice, now) {
  /** @type {string[]} */
  const types = [];
  if (invoice.status === 'New' && invoice.expirationTime <= now) {
    invoice.status = 'Expired';
    types.push('InvoiceExpired');
    if (invoice.additionalStatus === 'PaidPartial') types.push('InvoiceExpiredPaidPartial');
  }
  if (invoice.status === 'New' || invoice.status === 'Expired') types.push(...takePayments(invoice));
  if (invoice.status === 'Processing') reconsider(invoice);
  if (invoice.status === 'Processing') types.push(...finish(invoice, now));
  return types.map((type) => ({ type, fields: invoiceFields(type, invoice) }));
}

/** @param {Invoice} invoice New or Expired */
function takePayments(invoice) {
  const { hasPayment, isUnderPaid, isOverPaid } = totals(invoice);
  const types = [];
  if (isUnsetTopUp(invoice) ? hasPayment : !isUnderPaid) {
    if (invoice.status === 'New') {
      invoice.status = 'Processing';
      types.push('InvoiceProcessing');
      if (isUnsetTopUp(invoice)) {
        invoice.amount = totals(invoice).paid.trimmed().toString();
        invoice.additionalStatus = 'None';
      } else {
        invoice.additionalStatus = isOverPaid ? 'PaidOver' : 'None';
      }
    } else if (invoice.additionalStatus !== 'PaidLate') {
      invoice.additionalStatus = 'PaidLate';
      types.push('InvoicePaidAfterExpiration');
    }
  }
  if (hasPayment && isUnderPaid) invoice.additionalStatus = 'PaidPartial';
  return types;
}

/** @param {Invoice} invoice Processing */
function reconsider(invoice) {
  const { hasPayment, isUnderPaid, isOverPaid } = totals(invoice);
  if (isUnderPaid) {
    invoice.status = 'New';
    invoice.additionalStatus = hasPayment ? 'PaidPartial' : 'None';
  } else if (isOverPaid) {
    invoice.additionalStatus = 'PaidOver';
  } else if (invoice.additionalStatus === 'PaidOver') {
    invoice.additionalStatus = 'None';
  }
}

/**
 * @param {Invoice} invoice Processing
 * @param {number} now
 */
function finish(invoice, now) {
  if (!totals(invoice).isUnderSettled) {
    invoice.status = 'Settled';
    return ['InvoiceSettled'];
  }
  if (invoice.monitoringExpiration < now) {
    invoice.status = 'Invalid';
    return ['InvoiceInvalid'];
  }
  return [];
}

/**
 * What an event says beyond the common fields, read once the pass is over.
 * @param {string} type
 * @param {Invoice} invoice
 * @returns {Record<string, unknown>}
 */
function invoiceFields(type, { additionalStatus }) {
  const overPaid = additionalStatus === 'PaidOver';
  if (type === 'InvoiceSettled') return { manuallyMarked: false, overPaid };
  if (type === 'InvoiceProcessing') return { overPaid };
  if (type === 'InvoiceInvalid') return { manuallyMarked: false };
  if (type === 'InvoiceExpired') return { partiallyPaid: additionalStatus === 'PaidPartial' };
  return {};
}

/**
 * @param {string} type
 * @param {Invoice} invoice
 * @param {Payment} payment
 * @returns {Event}
 */
function paymentEvent(type, invoice, payment) {
  const { id, receivedDate, value, fee, status, destination } = payment;
  return {
    type,
    fields: {
      afterExpiration: invoice.status === 'Expired' || invoice.status === 'Invalid',
      paymentMethodId: payment.methodId,
      payment: { id, receivedDate, value, fee, status, destination },
      overPaid: type === 'InvoicePaymentSettled' && invoice.additionalStatus === 'PaidOver',
    },
  };
}
