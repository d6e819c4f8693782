/** @import { Kessai } from 'kessai' */
/** @import { Orders } from './orders.js' */

/**
 * Looks after orders whose webhooks were lost. kessai knows from the records which are due; the rest costs nothing. A shop
 * runs this from a timer, as here, or from cron.
 * @param {Kessai} kessai
 * @param {Orders} orders
 * @param {(line: string) => void} log
 * @returns {Promise<void>} never rejects: what is not done now is still due the next time
 */
export async function reconcile(kessai, orders, log) {
  try {
    for await (const found of kessai.order.reconcile(
      orders.billed().map(({ id, record }) => ({ orderId: id, record })),
    )) {
      if (found.outcome === 'failed') log(`order ${found.orderId}: could not be checked: ${found.error.message}`);
    }
  } catch (error) {
    log(`orders could not be checked: ${/** @type {Error} */ (error).message}`);
  }
}
