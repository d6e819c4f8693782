/** What the simulator's own pages and scripts are told. */
import { coinsFor, totals } from './accounting.js';
import { paymentMethodDocuments } from './documents.js';
import { signatureOf } from './payload.js';
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
  secondsAhead: sim.secondsAhead,
  stores: [...sim.stores.values()].map(({ id, name, defaultCurrency }) => ({ id, name, defaultCurrency })),
  invoices: sim.invoices.all().map((invoice) => invoiceView(sim, invoice, base)),
  webhooks: [...sim.stores.keys()]
    .flatMap((storeId) => sim.webhooks.of(storeId))
    .map(({ secret, ...webhook }) => ({ ...webhook, waiting: sim.deliveries.waiting(webhook.id) })),
  testsWebhooks: sim.behaviour.webhookTests && !sim.behaviour.noWebhookTests,
  deliveries: sim.deliveries
    .list()
    .map((delivery) => ({ ...delivery, signed: signatureStateOf(delivery, sim.webhooks.find(delivery.webhookId)) })),
  waitingDeliveries: sim.deliveries.waiting(),
  ...faultsView(sim),
  pullPayments: sim.pullPayments.all().map((pullPayment) => pullPaymentView(sim, pullPayment, base)),
  keys: [...sim.keys.values()].map(({ apiKey, ...key }) => ({
    ...key,
    apiKey: `${apiKey.slice(0, 4)}…${apiKey.slice(-4)}`,
  })),
  unknownRoutes: sim.unknownRoutes,
});

/**
 * @param {Simulation} sim
 * @param {import('./pullPayments.js').PullPayment} pullPayment
 * @param {string} base
 */
const pullPaymentView = (sim, pullPayment, base) => ({
  ...pullPayment,
  remaining: sim.pullPayments.remaining(pullPayment).toString(),
  viewLink: `${base}/pull-payments/${pullPayment.id}`,
  payouts: sim.pullPayments.payouts(pullPayment.id),
});

/**
 * Whether a shop that has the webhook's secret of now could know the delivery for a true one.
 * @param {import('./deliveryLog.js').Delivery} delivery
 * @param {import('./webhooks.js').Webhook | undefined} webhook
 */
function signatureStateOf({ request, signature, bodyLost, pruned }, webhook) {
  if (bodyLost) return 'lost';
  if (pruned || !webhook) return 'unknown';
  return signatureOf(webhook.secret, request) === signature ? 'current' : 'former';
}

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
