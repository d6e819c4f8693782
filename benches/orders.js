/** Orders with a history, made by the core itself from the simulator's deliveries: the inputs of the figures. */
import { createHash } from 'node:crypto';
import { bodyOf, firstPayload, repeatedPayload, signatureOf } from '../js/sim/btcpay/payload.js';
import { loadCore } from '../js/wasm.js';

/** @typedef {Record<string, any>} Json */

/** A delivery as it arrives. @typedef {{ headers: Record<string, string>, raw: Uint8Array }} Delivery */

export const STORE = '9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776';
export const SECRET = '2qC5yMkTnEyFnbLJiWzmgxNpQtqH';
export const SHOP = { status: 'awaiting', method: 'btcpay' };

/** When the orders were placed (unix seconds). */
export const PLACED = 1_760_000_000;

/** As many settings as a shop commonly has. */
export const SETTINGS = {
  serverUrl: 'https://btcpay.example.com',
  apiKey: 'c8e1a6b3d5f70912c8e1a6b3d5f70912c8e1a6b3',
  storeId: STORE,
  shopId: 'my-shop',
  shopKey: 'a random key of this shop, which nobody else knows',
  webhookSecrets: [{ name: 'main', secret: SECRET }],
  checkout: { speedPolicy: 'MediumSpeed', expirationMinutes: 15, redirectAutomatically: true },
  statuses: { map: { settled: 'paid', expiredUnpaid: 'cancelled' }, initial: ['awaiting'] },
  language: 'en',
};

/**
 * What a browser's worth of proxies adds to a delivery, by lower-case name.
 * @param {string} body
 * @param {string} secret
 */
const headersOf = (body, secret) => ({
  host: 'shop.example',
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
  'btcpay-sig': signatureOf(secret, body),
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
});

/**
 * @param {...(string | number)} seed
 * @returns {string} as random as an id, the same in every run
 */
const idOf = (...seed) => createHash('sha256').update(seed.join('/')).digest('base64url').slice(0, 22);

/**
 * A transaction's id with its output.
 * @param {...(string | number)} seed
 */
const paymentOf = (...seed) => `${createHash('sha256').update(seed.join('/')).digest('hex')}-0`;

/** One order, its open invoice, and the deliveries about it. */
export class Order {
  /** @param {number} no */
  constructor(no) {
    this.id = String(10_000 + no);
    this.invoiceId = '';
    /** @type {Json} */
    this.metadata = {};
    /** @type {string | null} */
    this.record = null;
    this.open(PLACED);
  }

  /**
   * Opens an invoice, which is the one that the next deliveries are about.
   * @param {number} now unix seconds
   */
  open(now) {
    this.invoiceId = idOf('invoice', this.id, now);
    const input = { settings: SETTINGS, order: this.order(), record: this.record, shop: SHOP, now };
    const { save, send, then } = /** @type {Json} */ (loadCore().call('btcpay.createInvoice', input));
    this.metadata = JSON.parse(send[0].body).metadata;
    const responses = [{ id: send[0].id, status: 200, headers: {}, body: JSON.stringify(this.invoice(now)) }];
    const opened = loadCore().call('resume', { then, responses, input: { ...input, record: save } });
    if (!opened.save) throw new Error('the core opened no invoice');
    this.record = opened.save;
  }

  order() {
    return { id: this.id, total: '12.50', currency: 'EUR', returnUrl: `https://shop.example/orders/${this.id}` };
  }

  /** @param {number} createdTime */
  invoice(createdTime) {
    return {
      ...{ id: this.invoiceId, storeId: STORE, amount: '12.50', currency: 'EUR', status: 'New' },
      ...{ additionalStatus: 'None', createdTime, expirationTime: createdTime + 900, metadata: this.metadata },
    };
  }

  /**
   * @param {string} type
   * @param {number} t seconds after the order was placed
   * @param {Json} [fields]
   * @returns {Delivery}
   */
  delivery(type, t, fields = {}) {
    const deliveryId = idOf('delivery', this.invoiceId, type, t, JSON.stringify(fields));
    const occasion = { deliveryId, webhookId: 'EsbSmRGsw1dNyQmnjMV3oq', type, timestamp: PLACED + t };
    const { metadata } = this;
    return deliver(bodyOf(firstPayload(occasion, fields, { id: this.invoiceId, storeId: STORE, metadata })));
  }

  /**
   * @param {'InvoiceReceivedPayment' | 'InvoicePaymentSettled'} type
   * @param {number} t
   * @param {number} no of the payment
   * @param {Json} [fields]
   */
  payment(type, t, no, fields = {}) {
    const received = { receivedDate: PLACED + t, value: '0.00012345', fee: '0.0', status: 'Processing' };
    const payment = {
      id: paymentOf(this.invoiceId, no),
      ...received,
      destination: 'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
    };
    return this.delivery(type, t, { afterExpiration: false, paymentMethodId: 'BTC-CHAIN', payment, ...fields });
  }

  /**
   * Takes a delivery in, by the core.
   * @param {Delivery} delivery
   */
  take(delivery) {
    const { save } = applied(loadCore().call, this, delivery);
    this.record = save ?? this.record;
    return this;
  }

  /**
   * As many facts as told, of one customer who pays in ever smaller parts; they are in, and the invoice is about to be settled.
   * @param {number} count
   */
  withFacts(count) {
    if (count > 0) this.take(this.delivery('InvoiceProcessing', 60 + count));
    for (let fact = 1; fact < count; fact++) {
      const type = fact % 2 === 1 ? 'InvoiceReceivedPayment' : 'InvoicePaymentSettled';
      this.take(this.payment(type, 30 + fact, Math.ceil(fact / 2)));
    }
    return this;
  }

  settled() {
    return this.delivery('InvoiceSettled', 3000, { manuallyMarked: false, overPaid: false });
  }
}

/**
 * @param {string} body
 * @param {string} [secret]
 * @returns {Delivery}
 */
export const deliver = (body, secret = SECRET) => ({
  headers: headersOf(body, secret),
  raw: new TextEncoder().encode(body),
});

/**
 * The same event, delivered again.
 * @param {Delivery} delivery
 */
export const redeliver = ({ raw }) =>
  deliver(bodyOf(repeatedPayload(new TextDecoder().decode(raw), idOf('again', Buffer.from(raw).toString('base64')))));

/** @typedef {(op: string, input: Json, raw?: Uint8Array) => Json} Call */

/**
 * One decision, whole: the delivery is verified and read, then the order is decided.
 * @param {Call} call
 * @param {{ record: string | null, shop?: Json }} order
 * @param {Delivery} delivery
 * @param {Json} [settings]
 * @returns {Json} the reply of `order.apply`, or of `btcpay.readWebhook` where that was the end
 */
export function applied(call, { record, shop = SHOP }, { headers, raw }, settings = SETTINGS) {
  const now = PLACED + 3001;
  const reply = call('btcpay.readWebhook', { settings, headers, now }, raw);
  if (reply.err || reply.ok.ignored) return reply;
  const { orderId, message } = reply.ok;
  return call('order.apply', { settings, orderId, record, shop, now, message });
}
