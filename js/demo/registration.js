import { greenfield } from './greenfield.js';

/** @import { Btcpay } from './payments.js' */

/** The life of an invoice, and nothing else of the store. */
const specificEvents = [
  'InvoiceReceivedPayment',
  'InvoicePaymentSettled',
  'InvoiceProcessing',
  'InvoiceSettled',
  'InvoiceExpired',
  'InvoiceExpiredPaidPartial',
  'InvoicePaidAfterExpiration',
  'InvoiceInvalid',
  'InvoiceRefund',
];

/**
 * Makes the store send its webhooks to this shop. Changes the webhook of an earlier start where there is one: the server
 * takes a second registration for a second receiver (BTCPay Server 2.4.1, store webhooks).
 * @param {Btcpay} btcpay
 * @param {{url: string, secret: string}} webhook
 * @returns {Promise<void>}
 */
export async function registerWebhook(btcpay, { url, secret }) {
  const request = greenfield(btcpay);
  /** @type {{id: string, url: string}[]} */
  const known = await request('GET', 'webhooks');
  // The port may be another than at the last start.
  const path = new URL(url).pathname;
  const own = known.find((webhook) => new URL(webhook.url).pathname === path);
  const wanted = {
    url,
    secret,
    enabled: true,
    automaticRedelivery: true,
    authorizedEvents: { everything: false, specificEvents },
  };
  await (own ? request('PUT', `webhooks/${own.id}`, wanted) : request('POST', 'webhooks', wanted));
}
