/**
 * What the shop must show, from the invoice at the payment server alone: written down once more, by hand, so that it shares
 * nothing with kessai.
 */

/** @import { Invoice } from '../../../js/sim/btcpay/state.js' */

/**
 * @typedef {object} Expected
 * @property {string} status
 * @property {'release' | 'hold'} goods
 * @property {'taken' | 'returned'} stock
 * @property {string[]} alerts
 * @property {string} name of the money case
 */

/** @type {(name: string, expected: Partial<Expected> & {status: string}) => Expected} */
const row = (name, expected) => ({ goods: 'hold', stock: 'taken', alerts: [], name, ...expected });

/** @type {(name: string, alerts?: string[]) => Expected} */
const paid = (name, alerts = []) => row(name, { status: 'paid', goods: 'release', alerts });

/** By status and additional status at the server. @type {Record<string, (invoice: Invoice) => Expected>} */
const table = {
  'Settled/None': () => paid('settled'),
  'Settled/PaidOver': () => paid('settledOverpaid', ['overpaid']),
  'Settled/Marked': () => paid('markedSettled'),
  'Processing/None': () => row('processing', { status: 'processing' }),
  'Processing/PaidOver': () => row('processing', { status: 'processing' }),
  'New/None': () => row('new', { status: 'awaiting' }),
  'New/PaidPartial': () => row('partlyPaid', { status: 'partlyPaid' }),
  'Expired/None': () => row('expiredUnpaid', { status: 'cancelled', stock: 'returned' }),
  'Expired/PaidPartial': ({ payments, expirationTime }) =>
    row(payments.some(({ receivedDate }) => receivedDate > expirationTime) ? 'paidLatePartly' : 'expiredPartlyPaid', {
      status: 'review',
      alerts: ['paidPartly'],
    }),
  'Expired/PaidLate': ({ payments }) =>
    payments.every(({ status }) => status === 'Settled')
      ? paid('paidLate', ['paidLate'])
      : row('paidLateUnconfirmed', { status: 'review', alerts: ['paidLateUnconfirmed'] }),
  'Invalid/None': ({ payments }) =>
    payments.some(({ status }) => status === 'Settled')
      ? row('invalidWithMoney', { status: 'review', stock: 'returned', alerts: ['invalidWithMoney'] })
      : row('invalid', { status: 'failed', stock: 'returned', alerts: ['invalid'] }),
  'Invalid/Marked': () => row('markedInvalid', { status: 'cancelled', stock: 'returned' }),
};

/** @param {Invoice | undefined} invoice @returns {Expected} */
export function expectedOf(invoice) {
  // Nobody was ever asked for money.
  if (!invoice) return row('none', { status: 'awaiting' });
  const found = table[`${invoice.status}/${invoice.additionalStatus}`];
  if (!found) throw new Error(`The table lacks ${invoice.status}/${invoice.additionalStatus}.`);
  return found(invoice);
}

/**
 * When each invoice became what it is, by the server's own clock.
 * @param {import('../../../js/sim/btcpay/index.js').BtcpaySim} sim
 * @returns {Map<string, number>} unix seconds, by the invoice and the event, such as `… InvoiceSettled`
 */
export function witness(sim) {
  const seen = new Map();
  const announce = sim.announce.bind(sim);
  sim.announce = (invoice, event) => {
    seen.set(`${invoice.id} ${event.type}`, sim.clock.now());
    announce(invoice, event);
  };
  return seen;
}
