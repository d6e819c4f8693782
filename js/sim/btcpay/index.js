import { listen } from './server.js';
import { Simulation } from './simulation.js';

/**
 * @typedef {import('./simulation.js').SimulationOptions & {
 *   port?: number, rootPath?: string, redirectSeconds?: number,
 * }} SimOptions `port`: 0 takes a free one; `rootPath`: where the server lives, for example `/btcpay`;
 *   `redirectSeconds`: how long the checkout page waits before it follows `redirectURL` (default: as the server of that
 *   version does, 5 or, before 1.9.0, 2)
 */

/** A BTCPay Server to develop and test against: on loopback, without money. */
export class BtcpaySim extends Simulation {
  /** @type {import('node:http').Server | undefined} */
  #server;
  #rootPath;
  #redirectSeconds;

  /** @param {SimOptions} [options] */
  constructor({ rootPath = '', redirectSeconds, ...options } = {}) {
    super(options);
    this.#rootPath = rootPath.replace(/\/+$/, '');
    this.#redirectSeconds = redirectSeconds;
  }

  /** The address of the server, without a slash at its end. */
  get url() {
    const address = this.#server?.address();
    if (!address || typeof address === 'string') throw new Error('the simulator is not started');
    return `http://127.0.0.1:${address.port}${this.#rootPath}`;
  }

  get storeId() {
    return this.store.id;
  }

  /** @param {number} port */
  async start(port) {
    this.#server = await listen(this, { port, rootPath: this.#rootPath, redirectSeconds: this.#redirectSeconds });
  }

  /** Restarts it on the same port; connections are cut. @override @param {{ loseQueue?: boolean }} [options] */
  async restart(options) {
    this.#server?.closeAllConnections();
    await super.restart(options);
  }

  /** Ends it; what waits to be delivered is lost, as when the server stops. @override */
  async close() {
    super.close();
    const server = this.#server;
    if (!server) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}

/**
 * Starts a simulator of BTCPay Server on 127.0.0.1.
 * @param {SimOptions} [options]
 * @returns {Promise<BtcpaySim>}
 */
export async function startBtcpaySim({ port = 0, ...options } = {}) {
  const sim = new BtcpaySim(options);
  await sim.start(port);
  return sim;
}
