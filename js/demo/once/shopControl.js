import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @import { Btcpay } from '../shop.js' */

/**
 * Where the shop can be killed: `answered`, the payment server has done what it was asked and nothing of it is stored;
 * `deciding`, in a transaction; `committed`, before the mails go out and the webhook is answered.
 * @typedef {'answered' | 'deciding' | 'committed'} KillPoint
 * @typedef {{id: number, start?: true, aheadMs?: number, deadlyPoint?: KillPoint | null}} Order to the shop's process
 * @typedef {{
 *   url: string,
 *   setClock: (aheadMs: number) => Promise<void>,
 *   dieAt: (point: KillPoint | null) => Promise<void>,
 *   lines: () => Promise<string[]>,
 *   ended: Promise<unknown>,
 *   close: () => Promise<void>,
 * }} ShopControl `setClock`: milliseconds ahead of the machine's; `lines`: what was logged since the last call
 */

const shopProcess = fileURLToPath(new URL('./shopProcess.js', import.meta.url));

/**
 * Starts the shop in a process of its own.
 * @param {{btcpay: Btcpay, file: string, port?: number, aheadMs: number}} options
 * @returns {Promise<ShopControl>}
 * @throws {Error} where it does not start
 */
export async function startShopProcess({ aheadMs, btcpay: { url, apiKey, storeId }, ...files }) {
  const child = fork(shopProcess, [JSON.stringify({ ...files, btcpay: { url, apiKey, storeId } })]);
  const exited = once(child, 'exit');
  /** @type {string[]} */
  let logged = [];
  /** @type {Map<number, (answer: {url?: string}) => void>} */
  const waiting = new Map();
  child.on('message', (/** @type {{id: number, line?: string, url?: string}} */ { id, line, url }) => {
    if (line !== undefined) logged.push(line);
    else waiting.get(id)?.({ url });
  });
  let orders = 0;
  /**
   * @param {Omit<Order, 'id'>} order
   * @returns {Promise<{url?: string}>} nothing where the process has ended
   */
  const tell = (order) => {
    const id = ++orders;
    /** @type {Promise<{url?: string}>} */
    const answered = new Promise((resolve) => {
      waiting.set(id, resolve);
    });
    // A process that ends meanwhile is told of by `exited`.
    child.send({ ...order, id }, () => {});
    return Promise.race([answered, exited.then(() => ({}))]);
  };
  const { url: shopUrl } = await tell({ start: true, aheadMs });
  if (!shopUrl) throw new Error('The shop did not start.');
  return {
    url: shopUrl,
    setClock: async (ms) => void (await tell({ aheadMs: ms })),
    dieAt: async (point) => void (await tell({ deadlyPoint: point })),
    async lines() {
      // Lines and answers come in the order in which they were sent.
      await tell({});
      const lines = logged;
      logged = [];
      return lines;
    },
    ended: exited,
    async close() {
      child.kill();
      await exited;
    },
  };
}
