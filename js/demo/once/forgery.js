import { signWebhook } from 'kessai';
import { webhookPath } from '../app.js';

/**
 * Posts what a thief would: "the invoice is settled", signed with a secret that is not the shop's, or not at all.
 * @param {string} shopUrl
 * @param {{storeId: string, invoiceId: string, orderId: string}} claim
 * @param {'wrong' | 'none'} signature
 * @returns {Promise<number>} the shop's answer
 */
export async function postForgery(shopUrl, { storeId, invoiceId, orderId }, signature) {
  const body = JSON.stringify({
    manuallyMarked: false,
    overPaid: false,
    deliveryId: 'Forged0Delivery0000000',
    webhookId: 'Forged0Webhook00000000',
    originalDeliveryId: 'Forged0Delivery0000000',
    isRedelivery: false,
    type: 'InvoiceSettled',
    timestamp: Math.floor(Date.now() / 1000),
    storeId,
    invoiceId,
    metadata: { orderId },
  });
  const { header, value } = signWebhook(body, 'a secret that is not the shop’s');
  /** @type {Record<string, string>} */
  const headers = { 'content-type': 'application/json' };
  if (signature === 'wrong') headers[header] = value;
  const response = await fetch(shopUrl + webhookPath, { method: 'POST', headers, body });
  return response.status;
}
