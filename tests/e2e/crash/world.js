/** A shop that dies, and a simulated BTCPay Server whose clock stands still, in a folder of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { webhookPath } from '../../../js/demo/app.js';
import { openDatabase } from '../../../js/demo/database.js';
import { startBtcpaySim } from '../../../js/sim/btcpay/index.js';
import { Clock } from '../../../js/sim/clock.js';
import { Supervisor } from './supervisor.js';
import { openWire } from './wire.js';

/** @import { Hits, Orders } from './supervisor.js' */

/** So much of everything that nothing is ever sold out. */
export const STOCK = 1_000_000;

/** Seconds until the server's redeliveries (BTCPay Server 2.4.1, WebhookSender), of several webhooks one after the other. */
const waits = [...Array(20).fill(10), ...Array(20).fill(60), ...Array(40).fill(600)];

/**
 * @param {string} folder
 * @returns {string} the file of a shop's database, with more goods than can be sold
 */
export function stockedDatabase(folder) {
  const file = join(folder, 'shop.sqlite');
  openDatabase(file).close();
  const db = new Database(file);
  db.prepare('UPDATE products SET stock = ?').run(STOCK);
  db.close();
  return file;
}

/** Of a shop that is not killed. */
export const peace = {
  plan: () => ({ hits: 0, left: {}, dieAfter: null }),
  learn: () => {},
};

export class World {
  /** Customers who are served at a time. A kill cuts off all of them, and each comes again. */
  atOnce = 8;
  #served = 0;
  /** @type {(() => void)[]} */
  #queue = [];

  /** @param {{plan: () => Orders, learn: (points: string[], hits: Hits) => void, tries?: number, copies?: number}} options the last two are the wire's */
  static async open({ plan, learn, tries = 1, copies = 1 }) {
    const folder = mkdtempSync(join(tmpdir(), 'kessai-crash-'));
    const file = stockedDatabase(folder);
    const clock = new Clock({ now: 1_792_900_000, running: false });
    const sim = await startBtcpaySim({ clock });
    /** @type {Supervisor} */
    const shop = new Supervisor({
      file,
      btcpay: sim,
      now: clock.now(),
      plan,
      learn,
      started: () => {
        const [webhook] = sim.webhooks.of(sim.storeId);
        if (!webhook) throw new Error('The shop did not register its webhook.');
        sim.webhooks.replace(webhook, { ...webhook, url: wire.origin + webhookPath });
      },
    });
    const wire = await openWire(() => shop.up(), { tries, copies });
    await shop.up();
    return new World({ folder, file, sim, shop, wire });
  }

  /** @param {{folder: string, file: string, sim: import('../../../js/sim/btcpay/index.js').BtcpaySim, shop: Supervisor, wire: {close: () => void}}} parts */
  constructor({ folder, file, sim, shop, wire }) {
    this.folder = folder;
    this.file = file;
    this.sim = sim;
    this.shop = shop;
    this.wire = wire;
  }

  /** @param {number} seconds */
  async pass(seconds) {
    await this.shop.setClock(this.sim.clock.now() + seconds);
    await this.sim.advance(seconds);
  }

  /** Waits until every webhook has come, as far as it ever will. */
  async settle() {
    for (const seconds of waits) {
      await this.sim.idle();
      // One that waits for the next to overtake it, and there is none.
      this.sim.deliveries.release();
      await this.sim.idle();
      if (this.sim.deliveries.waiting() === 0) return;
      await this.pass(seconds);
    }
    throw new Error('The webhooks do not come through.');
  }

  /**
   * @param {'GET' | 'POST'} method
   * @param {string} path
   * @param {Record<string, string>} [form]
   * @returns {Promise<{status: number, location: string, text: string} | null>} null where the shop died meanwhile
   */
  async request(method, path, form) {
    if (this.#served >= this.atOnce) await new Promise((resolve) => this.#queue.push(() => resolve(undefined)));
    this.#served += 1;
    const url = await this.shop.up();
    try {
      const response = await fetch(url + path, {
        method,
        headers: { origin: url },
        redirect: 'manual',
        ...(form && { body: new URLSearchParams(form) }),
      });
      const text = await response.text();
      if (response.status >= 500 && response.status !== 502) throw new Error(`${method} ${path}: ${response.status}`);
      return { status: response.status, location: response.headers.get('location') ?? '', text };
    } catch (error) {
      // `fetch` rejects with this one where no answer came.
      if (!(error instanceof TypeError)) throw error;
      await new Promise((resolve) => setImmediate(resolve));
      return null;
    } finally {
      this.#served -= 1;
      this.#queue.shift()?.();
    }
  }

  async close() {
    await this.shop.close();
    this.wire.close();
    await this.sim.close();
    rmSync(this.folder, { recursive: true });
  }
}
