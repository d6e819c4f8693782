// The shop in a process of its own, which dies where it is told to. Started by supervisor.js.

import { appendFileSync } from 'node:fs';
import { openDatabase } from '../../../js/demo/database.js';
import { Orders } from '../../../js/demo/orders.js';
import { startShop } from '../../../js/demo/shop.js';
import { inFlow, mail, obey, runJobs } from './failpoints.js';

/** @typedef {{id: number, do: 'clock' | 'refund' | 'job' | 'reconcile', now?: number, order?: string, key?: string}} Command */

const { file, log, port, btcpay, plan, ...start } = JSON.parse(process.argv[2] ?? '');
let { now } = start;
obey(plan);

/** @param {string} line */
function write(line) {
  const append = () => appendFileSync(log, `${line}\n`);
  if (/^order \d+: mail sent: /.test(line)) mail(append);
  else append();
}

const shop = await startShop({ file, port, btcpay, now: () => now, log: write });
const orders = new Orders(openDatabase(file, () => now));

/** @type {Record<Command['do'], (command: Command) => Promise<unknown>>} */
const commands = {
  async clock({ now: next }) {
    now = next;
  },
  // A shop's own form makes the key; this shop has no page for it.
  refund({ order: orderId = '', key = '' }) {
    const refund = () => shop.kessai.btcpay.refundInvoice({ orderId, key, kind: 'fiat' });
    return inFlow('refund', refund, { order: orderId });
  },
  job: runJobs,
  reconcile: () => inFlow('job', reconcileAll, { isParallel: true }),
};

async function reconcileAll() {
  const all = orders.billed().map(({ id, record }) => ({ orderId: id, record }));
  const failures = [];
  for await (const found of shop.kessai.order.reconcile(all, { all: true })) {
    if (found.outcome === 'failed') failures.push(`${found.orderId}: ${found.error.message}`);
  }
  return failures;
}

process.on('message', async (/** @type {Command} */ command) => {
  const answer = await commands[command.do](command).then(
    (ok) => ({ ok: ok ?? true }),
    (error) => ({ error: error.code ?? String(error) }),
  );
  process.send?.({ id: command.id, ...answer });
});
process.once('disconnect', () => process.exit());
process.send?.({ id: 0, ok: shop.url });
