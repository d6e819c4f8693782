import { Decimal } from './decimal.js';
import { coinDigits } from './paymentMethods.js';

/** @typedef {import('./state.js').Invoice} Invoice */
/** @typedef {import('./state.js').Payment} Payment */

const HUNDRED = Decimal.of('100');

/**
 * @param {Invoice} invoice
 * @returns {Payment[]} those that count
 */
export const accounted = (invoice) => invoice.payments.filter((payment) => payment.status !== 'Invalid');

/**
 * @param {Invoice} invoice
 * @param {Payment[]} payments
 * @returns {Decimal} their sum in the invoice's currency
 */
function worthOf(invoice, payments) {
  const rate = new Map(invoice.prompts.map((prompt) => [prompt.methodId, Decimal.of(prompt.rate)]));
  return payments.reduce(
    (sum, payment) => sum.plus(Decimal.of(payment.value).times(rate.get(payment.methodId) ?? Decimal.zero)),
    Decimal.zero,
  );
}

/**
 * An invoice's sums in its own currency, as BTCPay Server 2.4.1 reckons them (InvoiceEntity.UpdateTotals). An excess no
 * larger than what rounding up to a whole coin unit causes is dust, not an overpayment.
 * @param {Invoice} invoice
 */
export function totals(invoice) {
  const amount = Decimal.of(invoice.amount);
  const payments = accounted(invoice);
  const paid = worthOf(invoice, payments);
  const unsettled = worthOf(
    invoice,
    payments.filter((payment) => payment.status === 'Processing'),
  );
  const due = amount.minus(paid);
  const asked = HUNDRED.minus(Decimal.of(invoice.checkout.paymentTolerance));
  const least = amount.times(asked).times(Decimal.of('0.01')).minus(paid);
  const dust = due.sign() < 0 && invoice.prompts.some((prompt) => coinsFor(due, prompt).sign() === 0);
  return {
    paid,
    due: dust ? Decimal.zero : due,
    hasPayment: payments.length > 0,
    isUnderPaid: least.sign() > 0,
    isOverPaid: due.sign() < 0 && !dust,
    isUnderSettled: least.plus(unsettled).sign() > 0,
  };
}

/**
 * @param {Decimal} value in the invoice's currency
 * @param {import('./state.js').Prompt} prompt
 * @returns {Decimal} the same in coins, rounded up
 */
export const coinsFor = (value, prompt) => value.dividedUp(Decimal.of(prompt.rate), coinDigits(prompt.methodId));
