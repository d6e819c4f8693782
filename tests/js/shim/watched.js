/** A shop whose every text is a canary, at a simulated server whose every answer has more of them; and all that it logs. */
import { createKessai, KessaiError } from '../../../js/node.js';
import { Clock, startBtcpaySim } from '../../../js/sim/index.js';
import { database } from './database.js';
import { INPUTS, sampleOf } from './inputTypes.js';

/** @import { Canaries } from './canaries.js' */

const START = 1_792_900_000;
export const ORDER = 'order-1001';

/** What the shim adds: tests/js/shim/api.test.js. */
const BY_HOST = ['settings', 'record', 'shop', 'now', 'random', 'runtime'];

/** What an answer of the server must be for an operation to go on. Every other text of it becomes a canary. */
const ANSWERS = [
  ...[
    'id',
    'storeId',
    'orderId',
    'pullPaymentId',
    'amount',
    'paidAmount',
    'originalAmount',
    'currency',
    'type',
    'status',
    'state',
  ],
  ...[
    'additionalStatus',
    'version',
    'permissions',
    'paymentMethodId',
    'paymentMethods',
    'rate',
    'due',
    'totalPaid',
    'value',
    'fee',
  ],
  ...[
    'paymentMethodFee',
    'paymentMethodPaid',
    'speedPolicy',
    'paymentTolerance',
    'redirectURL',
    'supportedPaymentMethods',
    'message',
    'description',
    'everything',
    'specificEvents',
    'url',
    'defaultCurrency',
    'kessai',
    'code',
  ],
];

/** An operation is seen in either dress. */
export const DRESSES = {
  plain: (/** @type {string} */ core) => core,
  quoted: (/** @type {string} */ core) => `${core} <"é&'決済+/">`,
};

/**
 * @param {import('node:test').TestContext} t
 * @param {Canaries} canaries
 * @param {import('../../../js/index.js').Logger} [logger]
 */
export async function open(t, canaries, logger) {
  const clock = new Clock({ now: START, running: false });
  const sim = await startBtcpaySim({ clock });
  t.after(() => sim.close());
  canaries.add(sim.apiKey, 'the API key');
  const long = (/** @type {string} */ path) => canaries.make(path).padEnd(40, '-');

  /** What a member must be; a text that is not here is a canary. @type {Record<string, (path: string) => any>} */
  const samples = {
    'settings.serverUrl': () => sim.url,
    'settings.apiKey': () => sim.apiKey,
    'settings.storeId': () => sim.storeId,
    'settings.shopId': () => 'canaries',
    'settings.shopKey': long,
    'settings.formerShopKeys': (path) => [long(path)],
    'settings.customerUrl': (path) => `https://${canaries.bare(path)}.example`,
    'settings.onionUrl': (path) => `http://${canaries.bare(path)}.onion`,
    'settings.language': () => 'en',
    'settings.webhookSecrets.until': () => START * 2,
    'settings.adjustments': () => undefined,
    'settings.checkout': () => ({ paymentMethods: ['BTC-CHAIN', 'BTC-LN'], speedPolicy: 'MediumSpeed' }),
    'settings.statuses': () => ({ map: { settled: 'paid' }, initial: ['awaiting'], stock: true }),
    'order.id': () => ORDER,
    'order.total': () => '2400',
    'order.currency': () => 'JPY',
    'order.rate': () => undefined,
    'order.digits': () => undefined,
    'order.lines': () => [{ kind: 'item', amount: '1200', quantity: 2 }],
    'order.language': () => 'en',
    'order.paymentMethods': () => ['BTC-LN'],
    'order.taxIncluded': () => '200',
    'order.returnUrl': (path) => `https://${canaries.bare(path)}.example/?${encodeURIComponent(canaries.make(path))}`,
    'order.url': (path) => `https://shop.example/${canaries.bare(path)}`,
    viaOnion: () => undefined,
    orderId: () => ORDER,
    orderIds: () => [ORDER],
    'orders.orderId': () => ORDER,
    invoiceId: () => invoiceId,
    statuses: () => ['New', 'Settled', 'Expired'],
    from: () => START - 1,
    to: () => START + 1_000_000,
    take: () => 5,
    skip: () => 0,
    language: () => 'en',
    code: () => 'host.trap',
    message: () => undefined,
    record: () => row.record,
    'orders.record': () => row.record,
    validFor: () => 60,
  };
  /** What the operations of this world go on with. @type {string} */
  let invoiceId = '';
  const sample = (/** @type {string} */ path) => {
    const of = samples[path];
    return of && { value: of(path) };
  };
  const text = (/** @type {string} */ path) => canaries.make(path);
  /** @type {any} */
  const settings = sampleOf({ kind: 'name', name: 'Settings' }, sample, text, 'settings');

  /** @type {import('../../../js/index.js').OrderRow} */
  const row = { orderId: ORDER, record: null, shop: { status: 'awaiting', method: 'btcpay' } };
  const shop = database({ [ORDER]: row });
  /** What goes wrong: of the network, and of the shop's database. @type {{ fetch?: ((url: string, init: any) => Promise<Response>) | undefined, transact?: ((echo: string) => void) | undefined }} */
  const faults = {};
  let requests = 0;
  const kessai = createKessai({
    settings,
    now: () => clock.now(),
    deadlineMs: 900,
    logLevel: 'debug',
    ...(logger && { logger }),
    orders: {
      transact: (key, step) =>
        shop.orders.transact(key, (found) => {
          const decision = step(found);
          faults.transact?.(JSON.stringify([decision, found, settings]));
          for (const effect of decision.effects) if (effect.kind === 'status') row.shop.status = effect.to;
          return decision;
        }),
    },
    fetch: async (url, init) => {
      requests += 1;
      if (faults.fetch) return faults.fetch(String(url), init);
      // The shop's own address, which `doctor.run` tries.
      if (!String(url).startsWith(sim.url)) return Response.json({ note: 'testDelivery' });
      const response = await fetch(url, init);
      const body = await response.text();
      const headers = { 'content-type': 'application/json', 'x-request': canaries.bare('a header of a reply') };
      return new Response(body && JSON.stringify(haunted(JSON.parse(body), canaries)), {
        status: response.status,
        headers,
      });
    },
  });

  return {
    sim,
    clock,
    kessai,
    settings,
    row,
    faults,
    /** How many requests were sent. */
    requests: () => requests,
    /** Its whole input, with a canary for every text that is not as it must be. @param {string} op @param {object} [instead] @returns {any} */
    inputOf(op, instead = {}) {
      const wanted = INPUTS[op];
      if (!wanted) throw new Error(`js/types.d.ts has no ${op}`);
      const input = sampleOf(wanted, sample, text);
      const isRead = ['order.timeline', 'checkout.standing'].includes(op);
      const own = Object.entries(input).filter(([name]) => isRead || !BY_HOST.includes(name));
      return { ...Object.fromEntries(own), ...instead };
    },
    /** The order's invoice is made. */
    async place() {
      const made = await kessai.btcpay.createInvoice(this.inputOf('btcpay.createInvoice'));
      invoiceId = made.invoiceId;
      return invoiceId;
    },
    /** Its money comes, and kessai is told. */
    async pay() {
      sim.pay(await this.place());
      await kessai.order.apply(/** @type {any} */ ({ orderId: ORDER, check: true }));
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof open>>} Watched */

/**
 * An answer with a canary for every text that the core needs not, and with members that no version has.
 * @param {any} value
 * @param {Canaries} canaries
 * @param {string} [name]
 * @returns {any}
 */
function haunted(value, canaries, name = 'answer') {
  if (ANSWERS.includes(name)) return value;
  if (['checkoutLink', 'viewLink'].includes(name)) return `${value}?${canaries.bare(name)}`;
  if (typeof value === 'string') return canaries.make(`${name} of a reply`);
  if (Array.isArray(value)) return value.map((one) => haunted(one, canaries, name));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([member, one]) => [member, haunted(one, canaries, member)]);
  const unknown = canaries.make(`the name of an unknown member of ${name}`);
  return {
    ...Object.fromEntries(members),
    [unknown]: canaries.make(`an unknown member of ${name}`),
    notes: { [unknown]: 1 },
  };
}

/**
 * @param {() => Promise<unknown>} work
 * @returns {Promise<{ ok?: any, error?: any }>}
 */
export async function outcomeOf(work) {
  try {
    return { ok: await work() };
  } catch (error) {
    return { error };
  }
}

/** What of an error its caller sees, unless it is the shop's own. @param {any} error */
export const seen = (error) =>
  error instanceof KessaiError ? [error, error.message, error.remedy, error.toJSON(), error.stack] : [];
