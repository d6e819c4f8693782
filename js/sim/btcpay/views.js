/** What the simulator's own pages and scripts are told. */
import { coinsFor, totals } from './accounting.js';
import { paymentMethodDocuments } from './documents.js';
import { isUnsetTopUp, markable } from './state.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */
/** @typedef {import('./state.js').Invoice} Invoice */

/**
 * @param {Simulation} sim
 * @param {Invoice} invoice
 * @param {string} base
 */
export function invoiceView(sim, invoice, base) {
  const { due, paid } = totals(invoice);
  const [prompt] = invoice.prompts;
  return {
    id: invoice.id,
    status: invoice.status,
    additionalStatus: invoice.additionalStatus,
    type: invoice.type,
    amount: invoice.amount,
    asksAnyAmount: isUnsetTopUp(invoice),
    currency: invoice.currency,
    paid: paid.trimmed().toString(),
    dueCoins: prompt && due.sign() > 0 ? coinsFor(due, prompt).trimmed().toString() : '0',
    createdTime: invoice.createdTime,
    secondsLeft: Math.max(0, invoice.expirationTime - sim.clock.now()),
    secondsTotal: invoice.expirationTime - invoice.createdTime,
    description: String(invoice.metadata.itemDesc ?? ''),
    orderId: String(invoice.metadata.orderId ?? ''),
    language: invoice.checkout.defaultLanguage,
    checkoutLink: `${base}/i/${invoice.id}`,
    returnUrl: returnUrlOf(invoice),
    redirectAutomatically: invoice.checkout.redirectAutomatically,
    paymentMethods: paymentMethodDocuments(invoice, { onlyAccounted: false }),
    markable: markable(invoice),
  };
}

/**
 * @param {Simulation} sim
 * @param {string} base
 */
export const simView = (sim, base) => ({
  version: sim.version,
  now: sim.clock.now(),
  secondsAhead: Math.max(0, sim.clock.now() - Math.floor(Date.now() / 1000)),
  invoices: sim.invoices.all().map((invoice) => invoiceView(sim, invoice, base)),
  webhooks: [...sim.stores.keys()]
    .flatMap((storeId) => sim.webhooks.of(storeId))
    .map(({ id, url, enabled }) => ({ id, url, enabled })),
  deliveries: sim.deliveries.list().map(({ request, ...delivery }) => delivery),
  waitingDeliveries: sim.deliveries.waiting(),
  unknownRoutes: sim.unknownRoutes,
});

/** @param {Simulation} sim */
export const faultsView = ({ faults }) => ({ faults: faults.list(), fired: faults.fired });

/**
 * Where the customer goes back to: the template with its placeholders filled in, where that is an http(s) address
 * (BTCPay Server 2.4.1, InvoiceEntity.FillPlaceholdersUri).
 * @param {Invoice} invoice
 * @returns {string | null}
 */
export function returnUrlOf({ id, status, metadata, checkout }) {
  const values = { OrderId: String(metadata.orderId ?? ''), InvoiceId: id, Status: status };
  const filled = Object.entries(values).reduce(
    (url, [name, value]) => url.replace(new RegExp(`\\{${name}\\}`, 'gi'), () => encodeURIComponent(value)),
    checkout.redirectURL ?? '',
  );
  return /^https?:\/\//i.test(filled) && URL.canParse(filled) ? new URL(filled).href : null;
}
