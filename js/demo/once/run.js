import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { texts } from '../texts.js';
import { cases, product, quantity } from './cases.js';
import { checkNow, fillForm, page, sendForm } from './customer.js';
import { faults } from './faults.js';
import { postForgery } from './forgery.js';
import { takeShown, takeSnapshot } from './snapshot.js';
import { say, step, verify } from './trace.js';
import { openWorld } from './world.js';

/** @import { Case } from './cases.js' */
/** @import { Plan } from './plan.js' */
/** @import { Fault } from './faults.js' */
/** @import { World } from './world.js' */

const restart = fileURLToPath(new URL('./restart.js', import.meta.url));

/**
 * One purchase without a person, in a folder of its own: every step is printed and checked. Then another process, which
 * has only what was stored, prints what it finds as one line of JSON.
 * @param {Plan} plan
 * @throws {Error} where anything is not as it must be
 */
export async function runOnce({ name, method, fault: faultName }) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-demo-'));
  /** @type {Fault} */
  const fault = /** @type {() => Fault} */ (faults[faultName])();
  try {
    const world = await openWorld(folder, { method, fault });
    try {
      await purchase(world, cases[name], fault);
    } finally {
      await world.close();
    }
    step('The shop and the server stop, and start again in a new process');
    const { status } = spawnSync(process.execPath, [restart, folder, world.orderId, name], { stdio: 'inherit' });
    if (status !== 0) throw new Error('After the restart something was not as it must be; see above.');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {World} world
 * @param {Case} money
 * @param {Fault} fault
 */
async function purchase(world, { steps, webhooks, ends }, fault) {
  const { sim, method } = world;
  if (fault.says) step(`What goes wrong: ${fault.says}`);
  const returnUrl = await order(world, fault);
  await forge(world);

  await fault.begin?.(world);
  for (const { says, does } of steps.filter(({ only = method }) => only === method)) {
    step(says);
    await does(world);
    await world.settle();
  }
  sim.clearFaults();
  await world.settle();
  if (fault.says) verifyFault(world, fault);
  else verifyStory(world, webhooks[method] ?? []);
  // Where nobody paid, no customer comes back.
  if (fault.losesWebhooks && method === 'none') await askNow(world);
  else if (!fault.losesWebhooks) verify('the webhooks alone brought the status', statusOf(world), ends.status);

  step('The customer comes back');
  const headline = texts.en.headline[ends.status];
  const seen = await page(returnUrl);
  await world.sayEffects();
  verify(`the order’s page says “${headline}”`, seen.includes(`<h1>${headline}</h1>`), true);

  const deliveries = sim.deliveries.list().reverse();
  if (deliveries.length > 0) {
    step('The last webhook comes once more, and so does the first one, late');
    for (const delivery of [deliveries.at(-1), deliveries[0]]) await repeat(world, delivery?.id ?? '', fault);
  }
  verify('there is one invoice', sim.invoices.all().length, 1);
  verify('the simulator was asked nothing it does not know', sim.unknownRoutes, []);
}

/**
 * @param {World} world
 * @param {string[]} expected
 */
function verifyStory({ sim }, expected) {
  const deliveries = sim.deliveries.list().reverse();
  const types = deliveries.map(({ type }) => type.replace(/^Invoice/, ''));
  verify('the webhooks came in the order of the server', types, expected);
  const failed = deliveries.filter(({ httpCode }) => httpCode !== 200).length;
  verify('each was answered with 200', failed, 0);
}

/**
 * @param {World} world
 * @param {Fault} fault
 */
function verifyFault(world, fault) {
  verify('what was to go wrong went wrong', fault.happened(world), true);
  if (!fault.losesWebhooks) return;
  for (const { type } of world.sim.deliveries.list().reverse()) say(`webhook ${type} -> lost`);
  verify('the shop knows nothing of it', statusOf(world), 'awaiting');
}

/** @param {World} world */
const statusOf = ({ file, orderId }) => takeSnapshot(file, orderId).order.status;

/**
 * @param {World} world
 * @param {Fault} fault
 * @returns {Promise<string>} where the customer comes back
 */
async function order(world, fault) {
  const { sim, file } = world;
  step('The customer orders');
  const form = await fillForm(world.shop.url, { product, quantity, email: 'customer@example.com' });
  await fault.ordering?.(world);
  let location = await send(world, form);
  if (!location.startsWith(`${sim.url}/i/`)) {
    say('the payment page cannot be had; a minute later the customer sends the form again');
    // Until then the invoice may still be being made, for all the shop knows.
    await world.pass(60);
    location = await send(world, form);
  }
  verify('the shop sends the customer to the payment page', location.startsWith(`${sim.url}/i/`), true);
  world.invoiceId = location.slice(location.lastIndexOf('/') + 1);
  const { amount, currency, metadata, checkout } = sim.invoice(world.invoiceId);
  world.orderId = String(metadata.orderId);
  say(`order ${world.orderId} placed; invoice ${world.invoiceId} over ${amount} ${currency} created`);
  const { status, total, currency: ordered } = takeSnapshot(file, world.orderId).order;
  verify('the order waits for its payment', status, 'awaiting');
  verify('the invoice asks for the order’s total', [amount, currency], [total, ordered]);
  return String(checkout.redirectURL);
}

/**
 * @param {World} world
 * @param {URLSearchParams} form
 * @returns {Promise<string>} where the shop sends the customer; nowhere, where the shop died of it
 */
async function send(world, form) {
  const location = await sendForm(world.shop.url, form).catch((error) => {
    // `fetch` rejects with this one where no answer came.
    if (error instanceof TypeError) return '';
    throw error;
  });
  if (location === '') await world.revive();
  else await world.sayEffects();
  return location;
}

/** @param {World} world */
async function forge({ shop, sim, file, orderId, invoiceId }) {
  step('A thief says that it is paid');
  const claim = { storeId: sim.storeId, invoiceId, orderId };
  const before = takeSnapshot(file, orderId);
  verify('a wrong signature is answered with 401', await postForgery(shop.url, claim, 'wrong'), 401);
  verify('no signature is answered with 401', await postForgery(shop.url, claim, 'none'), 401);
  verifyUnchanged('nothing of the order changed', before, takeSnapshot(file, orderId));
}

/** @param {World} world */
async function askNow(world) {
  step('The merchant presses “Check now”');
  await checkNow(world.shop.url, world.orderId);
  await world.sayEffects();
}

/**
 * @param {World} world
 * @param {string} deliveryId
 * @param {Fault} fault
 */
async function repeat({ sim, file, orderId }, deliveryId, { losesWebhooks }) {
  // What was lost is written down when it comes after all. It changes nothing else.
  const take = losesWebhooks ? takeShown : takeSnapshot;
  const before = take(file, orderId);
  const again = sim.redeliver(deliveryId);
  await sim.idle();
  verify('it is answered with 200', sim.deliveries.find(again)?.httpCode, 200);
  verifyUnchanged('and changes nothing', before, take(file, orderId));
}

/**
 * @param {string} what
 * @param {object} before
 * @param {object} after
 */
function verifyUnchanged(what, before, after) {
  verify(what, isDeepStrictEqual(before, after), true);
}
