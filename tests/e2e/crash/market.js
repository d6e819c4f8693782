/** Customers and a merchant who never give up: whatever dies under them, they try again. */
import { randomBytes } from 'node:crypto';

/** @import { Random } from './random.js' */
/** @import { World } from './world.js' */

/** What becomes of an order, as far as its customer, the merchant and the network have a say. */
export const stories = /** @type {const} */ ([
  'lightning',
  'onchain',
  'partial',
  'over',
  'late',
  'latePartly',
  'lateUnconfirmed',
  'expired',
  'abandoned',
  'marked',
  'markedBack',
  'doubleSpend',
  'unconfirmed',
  'cancelled',
  'cancelledByMerchant',
  'refunded',
]);

/** @typedef {typeof stories[number]} Story */

/**
 * @typedef {object} Deal
 * @property {Story} story
 * @property {string} key of the order, and of its form
 * @property {string} items
 * @property {string} id of the order, once the customer knows it
 * @property {string[]} shown the invoices that the customer was sent to
 * @property {string} refundKey
 * @property {boolean} isRefunded whether the merchant was told so
 */

const baskets = ['sencha.1', 'tenugui.2', 'sencha.2_tenugui.1', 'cup.1', 'notebook.3', 'postcards.1', 'stickers.9'];

/** Many more than any plan of kills takes. */
const MOST_TRIES = 400;

/** Longer than an invoice can be under way, after which the shop looks for it. */
const LATER_SECONDS = 31;

/**
 * @param {Story} story
 * @param {Random} random
 * @returns {Deal}
 */
export function newDeal(story, random) {
  const key = randomBytes(32).toString('base64url');
  const refundKey = randomBytes(8).toString('hex');
  return { story, key, items: random.pick(baskets), id: '', shown: [], refundKey, isRefunded: false };
}

/**
 * Everything that happens to the deals, from the first form to the last refund. Only the shop and the payment server know
 * how they end.
 * @param {World} world
 * @param {Deal[]} deals
 * @param {Random} random
 * @param {(moment: string) => Promise<void> | void} [between] what else happens, between the acts
 */
export async function trade(world, deals, random, between = () => {}) {
  const { sim } = world;
  const of = (/** @type {Story[]} */ ...told) => deals.filter(({ story }) => told.includes(story));
  const invoices = (/** @type {Story[]} */ ...told) => of(...told).flatMap(({ shown }) => shown.slice(-1));
  /** @param {string} moment @param {Task[]} tasks */
  const act = async (moment, tasks) => {
    await between(moment);
    await together(world, random.shuffle(tasks));
    await world.settle();
  };
  const pay = (/** @type {string} */ id, /** @type {import('kessai/sim').PayOptions} */ options) => {
    if (isPayable(world, id)) sim.pay(id, options);
  };
  // As its timer has it, or for all orders at once, as after a long outage.
  const job = () => persist(() => world.shop.tell({ do: random.pick(['job', 'reconcile']) }));

  await act(
    'order',
    deals.map((deal) => (later) => place(world, deal, later)),
  );
  const again = deals.filter(({ story }) => story !== 'abandoned' && random.chance(0.5));
  await act(
    'pay again',
    again.map((deal) => (later) => openAgain(world, deal, later, random.chance(0.3))),
  );
  await act('cancel', [
    ...of('cancelled').map((deal) => (/** @type {Later} */ later) => cancel(world, deal, later, false)),
    ...of('cancelledByMerchant').map((deal) => (/** @type {Later} */ later) => cancel(world, deal, later, true)),
  ]);

  await between('pay');
  for (const id of random.shuffle(invoices('lightning', 'refunded'))) pay(id, { method: 'lightning' });
  for (const id of invoices('onchain')) pay(id, { method: 'onchain' });
  for (const id of invoices('partial')) pay(id, { method: 'onchain', amount: 'half' });
  for (const id of invoices('over')) pay(id, { method: random.pick(['lightning', 'onchain']), amount: 'over' });
  for (const id of invoices('doubleSpend')) pay(id, { method: 'onchain', replaceable: true });
  for (const id of invoices('marked', 'markedBack')) sim.mark(id, 'Settled');
  await act('return', [
    ...of('lightning', 'onchain', 'over', 'doubleSpend').map((deal) => () => comeBack(world, deal)),
  ]);
  for (const id of invoices('doubleSpend')) if (hasUnconfirmed(world, id)) sim.replace(id);
  for (const id of invoices('markedBack')) sim.mark(id, 'Invalid');
  sim.mine();
  await act('job', [job]);

  await between('expire');
  await world.pass(15 * 60 + 1);
  await world.settle();
  for (const id of invoices('late')) late(world, id, 'due');
  for (const id of invoices('latePartly')) late(world, id, 'half');
  await act('late', [job, ...of('late').map((deal) => () => comeBack(world, deal))]);
  sim.mine();
  for (const id of invoices('lateUnconfirmed')) late(world, id, 'due');
  await act('refund', [
    ...of('refunded').map((deal) => (/** @type {Later} */ later) => refund(world, deal, later)),
    ...of('late', 'latePartly').map((deal) => () => comeBack(world, deal)),
  ]);
  await act('look again', [
    job,
    ...of('over', 'partial', 'expired', 'lateUnconfirmed').map((deal) => () => check(world, deal)),
  ]);
}

/** @typedef {() => Promise<void>} Later the next time that everybody has to wait */
/** @typedef {(later: Later) => Promise<unknown>} Task */

/**
 * Does them all at once. When all that are not done have to wait, time passes.
 * @param {World} world
 * @param {Task[]} tasks
 */
async function together(world, tasks) {
  let active = tasks.length;
  /** @type {(() => void)[]} */
  let waiting = [];
  const passTime = async () => {
    if (active > 0 || waiting.length === 0) return;
    const ready = waiting;
    waiting = [];
    active = ready.length;
    await world.pass(LATER_SECONDS);
    for (const go of ready) go();
  };
  const later = () =>
    new Promise((/** @type {(nothing: void) => void} */ resolve) => {
      waiting.push(resolve);
      active -= 1;
      passTime();
    });
  await Promise.all(
    tasks.map(async (task) => {
      await task(later);
      active -= 1;
      await passTime();
    }),
  );
}

/**
 * @template T
 * @param {() => Promise<T>} attempt
 * @returns {Promise<NonNullable<T>>} of the first that was not cut short
 */
async function persist(attempt) {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const answer = await attempt();
    if (answer && Object.keys(answer).length > 0) return answer;
  }
  throw new Error('It never came through.');
}

/**
 * The order form, sent until the customer is on the payment page.
 * @param {World} world
 * @param {Deal} deal
 * @param {Later} later
 */
async function place(world, deal, later) {
  const { items, key } = deal;
  const form = { items, key, name: 'A. Customer', email: 'customer@example.com', address: 'Kyoto' };
  // Who orders and is told to try again does not always.
  const tries = deal.story === 'abandoned' ? 1 : MOST_TRIES;
  for (let tried = 0; tried < tries; tried++) {
    if (isSent(world, deal, await persist(() => world.request('POST', '/orders', form)))) return;
    await later();
  }
}

/**
 * @param {World} world
 * @param {Deal} deal
 * @param {Later} later
 * @param {boolean} isDouble pressed twice
 */
async function openAgain(world, deal, later, isDouble) {
  const open = () => persist(() => world.request('POST', `/orders/${deal.id}/pay`, { key: deal.key }));
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const answers = await Promise.all(isDouble ? [open(), open()] : [open()]);
    if (answers.map((answer) => isSent(world, deal, answer)).some((sent) => sent)) return;
    await later();
  }
}

/**
 * @param {World} world
 * @param {Deal} deal
 * @param {{status: number, location: string, text: string}} answer
 * @returns {boolean} whether there is nothing left to try
 */
function isSent({ sim }, deal, { status, location, text }) {
  if (status !== 303) throw new Error(`The order form was answered with ${status}: ${text}`);
  const order = /^\/orders\/(\d+)\?/.exec(location)?.[1];
  if (order) {
    deal.id = order;
    return !location.includes('problem=');
  }
  const invoice = location.slice(`${sim.url}/i/`.length);
  deal.id = String(sim.invoice(invoice).metadata.orderId);
  if (deal.shown.includes(invoice)) return true;
  const open = deal.shown.filter((shown) => sim.invoice(shown).status === 'New');
  if (open.length > 0) throw new Error(`Order ${deal.id} has a second invoice that can be paid.`);
  deal.shown.push(invoice);
  return true;
}

/**
 * @param {World} world
 * @param {Deal} deal
 * @param {Later} later
 * @param {boolean} isMerchant
 */
async function cancel(world, { id, key }, later, isMerchant) {
  const path = isMerchant ? `/merchant/orders/${id}/cancel` : `/orders/${id}/cancel`;
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const { status, location } = await persist(() => world.request('POST', path, isMerchant ? {} : { key }));
    if (status === 303 && !location.includes('problem=')) return;
    await later();
  }
}

/** @param {World} world @param {Deal} deal */
async function comeBack(world, { id, key }) {
  await persist(() => world.request('GET', `/orders/${id}/return?key=${key}`));
}

/** @param {World} world @param {Deal} deal */
async function check(world, { id }) {
  if (id) await persist(() => world.request('POST', `/merchant/orders/${id}/check`, {}));
}

/**
 * @param {World} world
 * @param {Deal} deal
 * @param {Later} later
 */
async function refund(world, deal, later) {
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const { ok, error } = await persist(() => world.shop.tell({ do: 'refund', order: deal.id, key: deal.refundKey }));
    deal.isRefunded = ok !== undefined;
    // What was made of it nobody knows yet: the form says so, and is sent again.
    if (error !== 'order.busy' && !error?.startsWith('gateway.')) return;
    await later();
  }
}

/** @param {World} world @param {string} id */
function isPayable({ sim }, id) {
  return sim.invoice(id).status === 'New';
}

/** @param {World} world @param {string} id */
function hasUnconfirmed({ sim }, id) {
  return sim.invoice(id).payments.some(({ status }) => status === 'Processing');
}

/**
 * @param {World} world
 * @param {string} id
 * @param {'due' | 'half'} amount
 */
function late({ sim }, id, amount) {
  if (sim.invoice(id).status === 'Expired') sim.pay(id, { method: 'onchain', amount });
}
