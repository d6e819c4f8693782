// The shop in a process of its own, which can be killed in the middle of its work. Started by shopControl.js.
import { startShop } from '../shop.js';

/** @import { KillPoint, Order } from './shopControl.js' */

const { btcpay, file, port } = JSON.parse(process.argv[2] ?? '');
let aheadMs = 0;
/** @type {KillPoint | null} */
let deadlyPoint = null;

/**
 * Ends the process at once, as a power cut would, where it is to end here.
 * @param {KillPoint} point
 */
function pass(point) {
  if (deadlyPoint === point) process.kill(process.pid, 'SIGKILL');
}

const fetchFromServer = globalThis.fetch;
globalThis.fetch = async (...request) => {
  const response = await fetchFromServer(...request);
  if (request[1]?.method === 'POST') pass('answered');
  return response;
};

function now() {
  // kessai asks for the time inside the transaction too, before it decides.
  if (/\btransaction\b/.test(new Error().stack ?? '')) pass('deciding');
  return Math.floor((Date.now() + aheadMs) / 1000);
}

/** @param {string} line */
function log(line) {
  pass('committed');
  process.send?.({ line });
}

process.on('message', async (/** @type {Order} */ order) => {
  if (order.aheadMs !== undefined) aheadMs = order.aheadMs;
  if (order.deadlyPoint !== undefined) deadlyPoint = order.deadlyPoint;
  if (order.start) {
    const { url } = await startShop({ file, port, btcpay, now, log });
    return process.send?.({ id: order.id, url });
  }
  return process.send?.({ id: order.id });
});

process.once('disconnect', () => process.exit());
