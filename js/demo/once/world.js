import { join } from 'node:path';
import { startBtcpaySim } from '../../sim/btcpay/index.js';
import { webhookPath } from '../app.js';
import { startShopProcess } from './shopControl.js';
import { takeSnapshot } from './snapshot.js';
import { say } from './trace.js';
import { openWire } from './wire.js';

/** @import { BtcpaySim } from '../../sim/btcpay/index.js' */
/** @import { Method } from './cases.js' */
/** @import { Fault } from './faults.js' */
/** @import { ShopControl } from './shopControl.js' */
/** @import { Webhook } from './wire.js' */

/** Enough for the server's first redeliveries of several webhooks, one after the other. */
const MOST_WAITS = 40;

/**
 * A shop and a simulated BTCPay Server, on files in a folder, and all that happens between them.
 * @typedef {object} World
 * @property {BtcpaySim} sim
 * @property {ShopControl} shop
 * @property {string} file of the shop's database
 * @property {Method} method
 * @property {string} orderId once there is one
 * @property {string} invoiceId once there is one
 * @property {number} kills how often the shop was killed
 * @property {() => Promise<void>} revive starts the shop again after it was killed
 * @property {(seconds: number) => Promise<void>} pass moves the clock
 * @property {(time: number) => Promise<void>} passUntil moves it past a time in unix seconds
 * @property {() => Promise<void>} settle waits until every webhook has come, as far as it ever will
 * @property {() => Promise<void>} sayEffects prints what the shop did since the last time
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} folder
 * @param {{method: Method, fault: Fault}} options
 * @returns {Promise<World>}
 */
export async function openWorld(folder, { method, fault }) {
  const file = join(folder, 'shop.sqlite');
  const sim = await startBtcpaySim({ stateFile: join(folder, 'btcpay.jsonl') });
  const wire = await openWire(carry);
  const aheadMs = () => sim.clock.nowMs() - Date.now();
  const world = /** @type {World} */ ({ sim, file, method, orderId: '', invoiceId: '', kills: 0 });

  /** @param {number} [port] */
  async function startShop(port) {
    world.shop = await startShopProcess({ btcpay: sim, file, port, aheadMs: aheadMs() });
    const [webhook] = sim.webhooks.of(sim.storeId);
    if (!webhook) throw new Error('The shop did not register its webhook.');
    sim.webhooks.replace(webhook, { ...webhook, url: wire.origin + webhookPath });
  }

  world.revive = async () => {
    await world.shop.ended;
    world.kills += 1;
    say('the shop was killed, and starts again');
    await startShop(Number(new URL(world.shop.url).port));
    await world.sayEffects();
  };

  world.sayEffects = async () => {
    for (const line of await world.shop.lines()) say(`    ${line}`);
  };

  world.pass = async (seconds) => {
    await world.shop.setClock(aheadMs() + seconds * 1000);
    await sim.advance(seconds);
    await world.shop.setClock(aheadMs());
  };

  world.passUntil = (time) => world.pass(Math.max(0, time + 1 - sim.clock.now()));

  world.settle = async () => {
    await sim.idle();
    for (let waits = 0; fault.isTriedAgain && sim.deliveries.waiting() > 0; waits++) {
      if (waits === MOST_WAITS) throw new Error('The webhooks do not come through.');
      await world.pass(10);
    }
  };

  world.close = async () => {
    await world.shop.close();
    await wire.close();
    await sim.close();
  };

  /** @param {Webhook} webhook */
  async function carry({ body, headers }) {
    const { type, isRedelivery } = JSON.parse(body);
    const done = await fault.carrying?.(world);
    const url = world.shop.url + webhookPath;
    const status = await fetch(url, { method: 'POST', headers, body }).then(
      (answer) => answer.status,
      () => null,
    );
    done?.();
    const { order } = takeSnapshot(file, world.orderId);
    const now = `the order is ${order.status}, goods ${order.goods}, stock ${order.stock}`;
    say(`webhook ${type}${isRedelivery ? ' again' : ''} -> ${status ?? 'no answer'}; ${now}`);
    if (status === null) await world.revive();
    else await world.sayEffects();
    return status;
  }

  try {
    await startShop();
  } catch (error) {
    await wire.close();
    await sim.close();
    throw error;
  }
  return world;
}
