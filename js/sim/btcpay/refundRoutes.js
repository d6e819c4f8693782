import { digitsOf } from './currencies.js';
import { failed } from './errors.js';
import { invoiceOf } from './invoiceRoutes.js';
import { coinDigits, methodIdOf } from './paymentMethods.js';
import { allows } from './permissions.js';
import { pullPaymentDocument } from './pullPaymentDocuments.js';
import { readRefund, refundAmounts } from './refunds.js';

/** @typedef {import('./routes.js').Call} Call */

/** Makes a pull payment each time it is called. @param {Call} call */
export async function create(call) {
  const { sim, store, key, base, body } = call;
  const invoice = invoiceOf(call);
  const request = readRefund(invoice, await body(), {
    store,
    behaviour: sim.behaviour,
    price: sim.prices[invoice.currency] ?? '0',
    mayApprove: allows(key, 'btcpay.store.cancreatepullpayments', store.id),
  });
  const pullPayment = sim.pullPayments.create(store, request);
  sim.announce(invoice, { type: 'InvoiceRefund', fields: { pullPaymentId: pullPayment.id } });
  return pullPaymentDocument(pullPayment, { base, behaviour: sim.behaviour });
}

/** What could be given back by one of the invoice's payment methods. @param {Call} call */
export function amounts(call) {
  const { sim, params } = call;
  const invoice = invoiceOf(call);
  const methodId = methodIdOf(params.methodId ?? '');
  const prompt = invoice.prompts.find((one) => one.methodId === methodId);
  if (!prompt) throw failed(400, 'invalid-payment-method', 'Invalid payment method');
  const { asPaid, today, fiat, overpaid } = refundAmounts(invoice, prompt, sim.prices[invoice.currency] ?? '0');
  return {
    paymentAmountNow: Number(today),
    currentRateText: null,
    paymentAmountThen: Number(asPaid),
    invoiceAmount: Number(fiat),
    overpaidPaymentAmount: overpaid && Number(overpaid),
    invoiceCurrency: invoice.currency,
    paymentCurrency: 'BTC',
    paymentCurrencyDivisibility: coinDigits(prompt.methodId),
    invoiceCurrencyDivisibility: digitsOf(invoice.currency),
  };
}
