import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { startBtcpaySim } from '../../sim/btcpay/index.js';
import { startShop } from '../shop.js';
import { texts } from '../texts.js';
import { page, placeOrder } from './customer.js';
import { expectations, product, quantity, verify } from './expectation.js';
import { postForgery } from './forgery.js';
import { takeSnapshot } from './snapshot.js';

/** @import { BtcpaySim } from '../../sim/btcpay/index.js' */
/** @import { Ending } from './expectation.js' */

/** @typedef {typeof methods[number]} Method */

export const methods = /** @type {const} */ (['lightning', 'onchain']);

/** @type {readonly Ending[]} */
export const endings = ['settled', 'overpaid', 'expired'];

const restart = fileURLToPath(new URL('./restart.js', import.meta.url));

/**
 * One purchase without a person, in a folder of its own: every step is printed and checked. Then another process, which
 * has only what was stored, prints what it finds as one line of JSON.
 * @param {Ending} ending
 * @param {Method} method
 * @throws {Error} where anything is not as it must be
 */
export async function runOnce(ending, method) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-demo-'));
  try {
    const orderId = await purchase(folder, ending, method);
    step('The shop and the server stop, and start again in a new process');
    const { status } = spawnSync(process.execPath, [restart, folder, orderId, ending], { stdio: 'inherit' });
    if (status !== 0) throw new Error('After the restart something was not as it must be; see above.');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {string} folder
 * @param {Ending} ending
 * @param {Method} method
 * @returns {Promise<string>} the order's id
 */
async function purchase(folder, ending, method) {
  const file = join(folder, 'shop.sqlite');
  const sim = await startBtcpaySim({ stateFile: join(folder, 'btcpay.jsonl') });
  try {
    const shop = await startShop({
      file,
      btcpay: sim,
      now: () => sim.clock.now(),
      log: (line) => console.log(`      ${line}`),
    });
    try {
      return await buy({ shopUrl: shop.url, sim, file }, ending, method);
    } finally {
      await shop.close();
    }
  } finally {
    await sim.close();
  }
}

/**
 * @typedef {{shopUrl: string, sim: BtcpaySim, file: string}} World
 * @typedef {{orderId: string, invoiceId: string, returnUrl: string}} Purchase
 */

/**
 * @param {World} world
 * @param {Ending} ending
 * @param {Method} method
 * @returns {Promise<string>} the order's id
 */
async function buy(world, ending, method) {
  const { sim, file } = world;
  const { shopStatus } = expectations[ending];
  const bought = await order(world);
  await forge(world, bought);

  await finish[ending](sim, bought.invoiceId, method);
  await sim.idle();
  const deliveries = sim.deliveries.list().reverse();
  for (const { type, httpCode } of deliveries) console.log(`  webhook ${type} -> ${httpCode}`);
  verify('every webhook was answered with 200', [...new Set(deliveries.map(({ httpCode }) => httpCode))], [200]);
  verify('the webhooks alone brought the status', takeSnapshot(file, bought.orderId).order.status, shopStatus);

  step('The customer comes back');
  const headline = texts.en.headline[shopStatus];
  const seen = await page(bought.returnUrl);
  verify(`the order’s page says “${headline}”`, seen.includes(`<h1>${headline}</h1>`), true);

  step('The last webhook comes twice, and the first one once more, late');
  for (const delivery of [deliveries.at(-1), deliveries[0]]) await repeat(world, bought, delivery?.id ?? '');
  verify('the simulator was asked nothing it does not know', sim.unknownRoutes, []);
  return bought.orderId;
}

/**
 * @param {World} world
 * @returns {Promise<Purchase>}
 */
async function order({ shopUrl, sim, file }) {
  step('The customer orders');
  const checkoutLink = await placeOrder(shopUrl, { product, quantity, email: 'customer@example.com' });
  verify('the shop sends the customer to the payment page', checkoutLink.startsWith(`${sim.url}/i/`), true);
  await page(checkoutLink);
  const invoiceId = checkoutLink.slice(checkoutLink.lastIndexOf('/') + 1);
  const { amount, currency, metadata, checkout } = sim.invoice(invoiceId);
  const orderId = String(metadata.orderId);
  console.log(`  order ${orderId} placed; invoice ${invoiceId} over ${amount} ${currency} created`);
  const { status, total, currency: ordered } = takeSnapshot(file, orderId).order;
  verify('the order waits for its payment', status, 'awaiting');
  verify('the invoice asks for the order’s total', [amount, currency], [total, ordered]);
  return { orderId, invoiceId, returnUrl: String(checkout.redirectURL) };
}

/**
 * @param {World} world
 * @param {Purchase} bought
 */
async function forge({ shopUrl, sim, file }, { orderId, invoiceId }) {
  step('A thief says that it is paid');
  const claim = { storeId: sim.storeId, invoiceId, orderId };
  const before = takeSnapshot(file, orderId);
  verify('a wrong signature is answered with 401', await postForgery(shopUrl, claim, 'wrong'), 401);
  verify('no signature is answered with 401', await postForgery(shopUrl, claim, 'none'), 401);
  verifyUnchanged('nothing of the order changed', before, takeSnapshot(file, orderId));
}

/**
 * @param {World} world
 * @param {Purchase} bought
 * @param {string} deliveryId
 */
async function repeat({ sim, file }, { orderId }, deliveryId) {
  const before = takeSnapshot(file, orderId);
  const again = sim.redeliver(deliveryId);
  await sim.idle();
  const { type = '', httpCode } = sim.deliveries.find(again) ?? {};
  console.log(`  webhook ${type} again -> ${httpCode}`);
  verify('it is answered with 200', httpCode, 200);
  verifyUnchanged('and changes nothing', before, takeSnapshot(file, orderId));
}

/** @type {Record<Ending, (sim: BtcpaySim, invoiceId: string, method: Method) => Promise<void>>} */
const finish = {
  async settled(sim, invoiceId, method) {
    await pay(sim, invoiceId, method, 'due');
  },
  async overpaid(sim, invoiceId, method) {
    await pay(sim, invoiceId, method, 'over');
  },
  async expired(sim, invoiceId) {
    step('Nobody pays, and the time runs out');
    await sim.expire(invoiceId);
  },
};

/**
 * @param {BtcpaySim} sim
 * @param {string} invoiceId
 * @param {Method} method
 * @param {'due' | 'over'} amount
 */
async function pay(sim, invoiceId, method, amount) {
  step(`The customer pays ${amount === 'over' ? 'half as much again as is due' : 'what is due'}: ${method}`);
  const { value } = sim.pay(invoiceId, { method, amount });
  console.log(`  ${value} BTC paid`);
  if (method !== 'onchain') return;
  await sim.idle();
  step('A block confirms the payment');
  sim.mine();
}

/**
 * @param {string} what
 * @param {object} before
 * @param {object} after
 */
function verifyUnchanged(what, before, after) {
  verify(what, isDeepStrictEqual(before, after), true);
}

/** @param {string} title */
function step(title) {
  console.log(`\n${title}`);
}
