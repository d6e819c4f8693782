// Starts the shop and the simulator on what an earlier process stored, looks at one order, and prints it as JSON.
import { join } from 'node:path';
import { startBtcpaySim } from '../../sim/btcpay/index.js';
import { catalog } from '../catalog.js';
import { startShop } from '../shop.js';
import { expectations, product, verify } from './expectation.js';
import { takeSnapshot } from './snapshot.js';

/** @import { Ending } from './expectation.js' */

/**
 * @param {string} folder
 * @param {string} orderId
 * @param {Ending} ending
 */
async function report(folder, orderId, ending) {
  const expected = expectations[ending];
  const inStock = catalog.find(({ id }) => id === product)?.stock ?? 0;
  const file = join(folder, 'shop.sqlite');
  const sim = await startBtcpaySim({ stateFile: join(folder, 'btcpay.jsonl') });
  /** @type {string[]} */
  const lines = [];
  const shop = await startShop({ file, btcpay: sim, now: () => sim.clock.now(), log: (line) => lines.push(line) });
  try {
    const decided = await shop.kessai.order.apply({ orderId, check: true });
    const { order, stock, notes, alerts, mails } = takeSnapshot(file, orderId);
    const invoiceId = decided.invoiceId ?? '';
    const invoice = await shop.kessai.btcpay.getInvoice({ invoiceId });
    verify('the order’s case', decided.case, expected.case);
    verify('the shop’s status', order.status, expected.shopStatus);
    verify('the goods', order.goods, expected.goods);
    verify('the invoice at the server', `${invoice.status}/${invoice.additionalStatus}`, expected.invoice);
    verify('the stock', stock, inStock - expected.taken);
    verify('the mails', mails.length, expected.mails);
    verify('the alerts', alerts.length, expected.alerts);
    verify('asking again after the restart does nothing', lines, []);
    verify('the simulator was asked nothing it does not know', sim.unknownRoutes, []);
    const { amount, currency } = invoice;
    const found = {
      order: order.id,
      status: decided.case,
      shopStatus: order.status,
      invoice: invoiceId,
      amount,
      currency,
    };
    console.log(JSON.stringify({ ...found, notes: notes.length, mails: mails.length }));
  } finally {
    await shop.close();
    await sim.close();
  }
}

const [folder = '', orderId = '', ending = 'settled'] = process.argv.slice(2);
try {
  await report(folder, orderId, /** @type {Ending} */ (ending));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
