/** The decision of `webhook-decision` as it goes over the wire. */
import { post } from './http.js';
import { Order, PLACED, SETTINGS, SHOP } from './orders.js';
import { call } from './peer.js';

/**
 * The two requests of one decision on an order with three facts.
 * @param {number} no of the order
 * @param {Record<string, string>} [more] headers
 * @returns {Buffer[]}
 */
export function decisionRequests(no, more = {}) {
  const order = new Order(no).withFacts(3);
  const { headers, raw } = order.settled();
  const now = PLACED + 3001;
  const { message } = call('btcpay.readWebhook', { settings: SETTINGS, headers, now }, raw).ok;
  const input = JSON.stringify({ settings: SETTINGS, headers, now });
  const apply = { settings: SETTINGS, orderId: order.id, record: order.record, shop: SHOP, now, message };
  return [
    post('/v1/btcpay.readWebhook', { ...more, 'content-type': 'application/octet-stream', 'kessai-input': input }, raw),
    post('/v1/order.apply', { ...more, 'content-type': 'application/json' }, Buffer.from(JSON.stringify(apply))),
  ];
}
