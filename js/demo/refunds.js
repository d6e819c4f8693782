import { KessaiError } from 'kessai';

/** @import { Kessai } from 'kessai' */
/** @import { Order } from './orders.js' */

/**
 * @typedef {Awaited<ReturnType<Kessai['order']['statement']>>['lines'][number]} Refund
 * @typedef {Omit<Parameters<Kessai['btcpay']['refundInvoice']>[0], 'orderId'>} Wanted
 * @typedef {{key: string, kind: string, amount: string, invoice: string}} RefundForm as the merchant sent it
 */

/** How much goes back: the whole as it was paid, as it is worth today or in the order's currency, the surplus, or an amount. */
export const refundKinds = /** @type {const} */ (['rateThen', 'currentRate', 'fiat', 'overpaid', 'custom']);

/** The codes by which a history tells of refunds. */
const live = ['refund', 'refundPaid'];
const told = [...live, 'refundCancelled'];

/**
 * Whether money goes or went back: such an order is not shipped without a look.
 * @param {{code: string}[]} entries of the timeline
 */
export function isRefunded(entries) {
  return entries.some(({ code }) => live.includes(code));
}

/**
 * The order's refunds, each with its state and the page on which the customer claims it.
 * @param {Kessai} kessai
 * @param {Order} order
 * @param {{code: string}[]} entries of the timeline
 * @returns {Promise<Refund[]>}
 * @throws {KessaiError}
 */
export async function refundsOf(kessai, { id }, entries) {
  // A statement may ask the payment server; the page of an order without refunds must not wait for that.
  if (!entries.some(({ code }) => told.includes(code))) return [];
  try {
    const { lines } = await kessai.order.statement({ orderId: id });
    return lines.filter(({ kind }) => kind === 'refund');
  } catch (error) {
    // A shop that is connected no more; the history still tells of them.
    if (error instanceof KessaiError && error.code === 'config.missing') return [];
    throw error;
  }
}

/**
 * The invoices of an order on which money has come, where it can be given back: not while the payment is still on its way
 * (BTCPay Server refunds what is settled, invalid, or expired with money on it).
 * @param {Order} order
 * @param {{code: string, invoiceId?: string | null | undefined}[]} entries of the timeline
 * @returns {string[]}
 */
export function refundable({ status }, entries) {
  if (['awaiting', 'partlyPaid', 'processing'].includes(status)) return [];
  const paid = entries.filter(({ code }) => code === 'received' || code === 'receivedLate');
  return [...new Set(paid.flatMap(({ invoiceId }) => invoiceId ?? []))];
}

/**
 * What a form asks for. Its key makes it one refund, however often and from however many tabs it is sent.
 * @param {RefundForm} form
 * @returns {Wanted | undefined} undefined where it says nothing, or two things: all of it, and an amount
 */
export function readRefund({ key, kind: asked, amount: typed, invoice: invoiceId }) {
  const kind = refundKinds.find((known) => known === asked);
  const amount = typed.trim() || undefined;
  if (!kind || (kind === 'custom') !== (amount !== undefined)) return undefined;
  return { key, kind, amount, invoiceId };
}
