// Starts the shop and the simulator on what an earlier process stored, looks at one order, and prints it as JSON.
import { join } from 'node:path';
import { startBtcpaySim } from '../../sim/btcpay/index.js';
import { catalog } from '../catalog.js';
import { startShop } from '../shop.js';
import { cases, product } from './cases.js';
import { takeSnapshot } from './snapshot.js';
import { verify } from './trace.js';

/** @import { Case, CaseName } from './cases.js' */

/**
 * @param {string} folder
 * @param {string} orderId
 * @param {CaseName} name
 */
async function report(folder, orderId, name) {
  /** @type {Case} */
  const { ends } = cases[name];
  const inStock = catalog.find(({ id }) => id === product)?.stock ?? 0;
  const file = join(folder, 'shop.sqlite');
  const sim = await startBtcpaySim({ stateFile: join(folder, 'btcpay.jsonl') });
  /** @type {string[]} */
  const lines = [];
  const shop = await startShop({ file, btcpay: sim, now: () => sim.clock.now(), log: (line) => lines.push(line) });
  try {
    const decided = await shop.kessai.order.apply({ orderId, check: true });
    const { order, stock, mails } = takeSnapshot(file, orderId);
    const { entries, alerts } = await shop.kessai.order.timeline({ record: order.record });
    const invoiceId = decided.invoiceId ?? '';
    const invoice = await shop.kessai.btcpay.getInvoice({ invoiceId });
    verify('the order’s case', decided.case, name);
    verify('the shop’s status', order.status, ends.status);
    verify('the goods', order.goods, ends.goods);
    verify('the invoice at the server', `${invoice.status}/${invoice.additionalStatus}`, ends.invoice);
    verify('the stock', stock, inStock - ends.taken);
    verify('the mails', mails.length, ends.mails);
    verify(
      'the alerts',
      alerts.map(({ code }) => code),
      ends.alert ? [ends.alert] : [],
    );
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
    console.log(JSON.stringify({ ...found, notes: entries.length, mails: mails.length }));
  } finally {
    await shop.close();
    await sim.close();
  }
}

const [folder = '', orderId = '', name = ''] = process.argv.slice(2);
try {
  await report(folder, orderId, /** @type {CaseName} */ (name));
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
