/** One webhook, decided: signature, body, record, status, effects. In Node, against the same whole work in plain JavaScript. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { freezeSettings } from '../js/core.js';
import { loadCore } from '../js/wasm.js';
import { race } from './measure.js';
import { applied, Order, PLACED, SECRET, SETTINGS, SHOP } from './orders.js';
import { call as peerCall } from './peer.js';

/** @import { Row } from './run.js' */
/** @typedef {import('./orders.js').Delivery} Delivery */

/** So many orders in turn, that no text is met again while an engine still remembers it. */
const ORDERS = 64;

/** @returns {Row[]} */
export function measure() {
  return [...decision(3), ...decision(10), ...parts(3)];
}

/**
 * @param {number} facts
 * @returns {Row[]}
 */
function decision(facts) {
  const orders = pool(facts);
  const core = loadCore();
  const settings = freezeSettings(SETTINGS);
  const settingsText = JSON.stringify(SETTINGS);
  const through = (/** @type {import('./orders.js').Call} */ call) => (/** @type {number} */ index) => {
    const { order, delivery } = pick(orders, index);
    return applied(call, order, delivery, settings);
  };
  const { ours, door, peer, signature } = race({
    ours: through(core.call),
    door: (index) => throughDoor(core.callText, settingsText, pick(orders, index)),
    peer: through(peerCall),
    signature: (index) => constructEvent(pick(orders, index).stripe),
  });
  const row = (/** @type {string} */ name, /** @type {number} */ value, /** @type {number} */ than) => ({
    ...{ name: `webhook-decision/${facts}${name}`, value, unit: 'µs', peer: than },
  });
  return [
    { ...row('', ours, peer), budget: 1 },
    row('/door', door, peer),
    // Not the same work: stripe's library verifies and parses, and decides nothing.
    ...(facts === 3 ? [row('/constructEvent', ours, signature)] : []),
  ];
}

/**
 * The two halves, so that a change can be seen where it happens.
 * @param {number} facts
 * @returns {Row[]}
 */
function parts(facts) {
  const orders = pool(facts);
  const settings = freezeSettings(SETTINGS);
  const now = PLACED + 3001;
  const messages = orders.map(({ delivery: { headers, raw } }) => {
    const { ok } = /** @type {any} */ (loadCore().call('btcpay.readWebhook', { settings, headers, now }, raw));
    return ok.message;
  });
  const read = (/** @type {import('./orders.js').Call} */ call) => (/** @type {number} */ index) => {
    const { headers, raw } = pick(orders, index).delivery;
    return call('btcpay.readWebhook', { settings, headers, now }, raw);
  };
  const apply = (/** @type {import('./orders.js').Call} */ call) => (/** @type {number} */ index) => {
    const { id: orderId, record } = pick(orders, index).order;
    return call('order.apply', { settings, orderId, record, shop: SHOP, now, message: messages[index % ORDERS] });
  };
  const core = loadCore().call;
  const best = race({ ours: read(core), peer: read(peerCall), oursApply: apply(core), peerApply: apply(peerCall) });
  return [
    { name: 'webhook-decision/readWebhook', value: best.ours, unit: 'µs', peer: best.peer },
    { name: 'webhook-decision/apply', value: best.oursApply, unit: 'µs', peer: best.peerApply },
  ];
}

/** @param {number} facts */
function pool(facts) {
  return Array.from({ length: ORDERS }, (_, no) => {
    const order = new Order(no).withFacts(facts);
    const delivery = order.settled();
    return { order, delivery, stripe: signedAsStripe(delivery.raw) };
  });
}

/**
 * @template T
 * @param {T[]} list
 * @param {number} index
 * @returns {T}
 */
const pick = (list, index) => /** @type {T} */ (list[index % list.length]);

/**
 * Text in, text out, as the sidecar and the command line call.
 * @param {(op: string, input: string, raw?: Uint8Array) => string} callText
 * @param {string} settings
 * @param {{ order: Order, delivery: Delivery }} on
 */
function throughDoor(callText, settings, { order, delivery }) {
  const now = PLACED + 3001;
  const headers = JSON.stringify(delivery.headers);
  const read = callText(
    'btcpay.readWebhook',
    `{"settings":${settings},"headers":${headers},"now":${now}}`,
    delivery.raw,
  );
  const { orderId, message } = JSON.parse(read).ok;
  const rest = JSON.stringify({ orderId, record: order.record, shop: SHOP, now, message });
  return callText('order.apply', `{"settings":${settings},${rest.slice(1)}`);
}

/** @param {Uint8Array} raw */
function signedAsStripe(raw) {
  const payload = Buffer.from(raw).toString();
  const signature = createHmac('sha256', SECRET).update(`${PLACED}.${payload}`).digest('hex');
  return { payload: Buffer.from(raw), header: `t=${PLACED},v1=${signature}` };
}

/**
 * What stripe's library does for `constructEvent`: reads the header, checks signature and age, parses.
 * @param {{ payload: Buffer, header: string }} delivery
 */
function constructEvent({ payload, header }) {
  let t = -1;
  const signatures = [];
  for (const item of header.split(',')) {
    const [name, value = ''] = item.split('=');
    if (name === 't') t = Number.parseInt(value, 10);
    if (name === 'v1') signatures.push(value);
  }
  const text = payload.toString('utf8');
  const expected = Buffer.from(createHmac('sha256', SECRET).update(`${t}.${text}`, 'utf8').digest('hex'));
  const holds = signatures.some(
    (given) => given.length === expected.length && timingSafeEqual(Buffer.from(given), expected),
  );
  if (!holds || PLACED + 10 - t > 300) throw new Error('not signed');
  return JSON.parse(text);
}
