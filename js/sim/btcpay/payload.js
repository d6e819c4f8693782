/** A webhook's body and signature (BTCPay Server 2.4.1, WebhookSender and WebhookEvent). */
import { createHmac } from 'node:crypto';

import { asOf } from './members.js';
import { NEWEST } from './versions.js';

/** The fourth is how 1.0 spelt the third. */
const COMMON = [
  'deliveryId',
  'webhookId',
  'originalDeliveryId',
  'orignalDeliveryId',
  'isRedelivery',
  'type',
  'timestamp',
];

/** Newtonsoft.Json escapes these; everything else beyond ASCII stays literal. */
const ESCAPED = /[\u0085\u2028\u2029]/g;

/**
 * @typedef {object} Occasion
 * @property {string} deliveryId
 * @property {string} webhookId
 * @property {string} type
 * @property {number} timestamp unix seconds
 */

/**
 * The first delivery of an event: what is special to it comes first, its invoice last.
 * @param {Occasion} occasion
 * @param {Record<string, unknown>} fields
 * @param {{ id: string, storeId: string, metadata: Record<string, unknown> }} invoice
 * @param {string} [version] of BTCPay Server
 * @returns {Record<string, unknown>}
 */
export const firstPayload = (
  { deliveryId, webhookId, type, timestamp },
  fields,
  { id, storeId, metadata },
  version = NEWEST,
) => ({
  ...fields,
  ...asOf(version, 'event', {
    deliveryId,
    webhookId,
    originalDeliveryId: deliveryId,
    orignalDeliveryId: deliveryId,
    isRedelivery: false,
    type,
    timestamp,
    storeId,
    invoiceId: id,
    metadata,
  }),
});

/**
 * A redelivery is read into the common base class and written again, which puts the common members first.
 * @param {string} body the delivery that is repeated
 * @param {string} deliveryId the new one's
 * @returns {Record<string, unknown>}
 */
export function repeatedPayload(body, deliveryId) {
  const before = JSON.parse(body);
  const common = Object.fromEntries(COMMON.filter((name) => name in before).map((name) => [name, before[name]]));
  return { ...common, ...before, ...common, deliveryId, isRedelivery: true };
}

/**
 * @param {Record<string, unknown>} payload
 * @returns {string}
 */
export const bodyOf = (payload) =>
  JSON.stringify(payload, null, 2).replace(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * @param {string} secret used as text
 * @param {string} body
 * @returns {string} the value of the `BTCPay-Sig` header
 */
export const signatureOf = (secret, body) =>
  `sha256=${createHmac('sha256', Buffer.from(secret, 'utf8')).update(body, 'utf8').digest('hex')}`;
