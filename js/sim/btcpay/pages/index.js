import { readFileSync } from 'node:fs';
import { invoiceNotFound } from '../errors.js';
import { methodIdOf } from '../paymentMethods.js';
import { reaches } from '../versions.js';
import { invoiceView, simView } from '../views.js';
import { authorizePage, keysPage } from './authorize.js';
import { checkoutPage } from './checkout.js';
import { claimPage, claimPulse } from './claim.js';
import { clockOf, controlPage } from './control.js';
import { pageLanguage } from './language.js';
import { modalScript, redirectRule, statusWord } from './modal.js';
import { receiptPage } from './receipt.js';
import { assetOf, htmlOf, jsonOf, redirectTo } from './response.js';

/** @typedef {import('../control.js').PageRequest} PageRequest */
/** @typedef {import('../raw.js').Raw} Raw */
/** @typedef {import('../state.js').Invoice} Invoice */

const ASSETS = new Map(
  [
    ['sim.css', 'text/css; charset=utf-8'],
    ['payment.css', 'text/css; charset=utf-8'],
    ['account.css', 'text/css; charset=utf-8'],
    ['claim.css', 'text/css; charset=utf-8'],
    ['control.css', 'text/css; charset=utf-8'],
    ['page.js', 'text/javascript; charset=utf-8'],
    ['control.js', 'text/javascript; charset=utf-8'],
    ['payment.js', 'text/javascript; charset=utf-8'],
    ['submit.js', 'text/javascript; charset=utf-8'],
  ].map(([name = '', type = '']) => [
    name,
    { type, text: readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8') },
  ]),
);

/**
 * @param {PageRequest} request
 * @returns {Promise<Raw | null>} null: no page of the simulator
 */
export async function page(request) {
  const { sim, method, path, url, base } = request;
  const root = new URL(base).pathname.replace(/\/$/, '');
  if (method !== 'GET' && method !== 'POST') return null;
  if (path === '/api-keys/authorize') return authorizePage(request, root);
  const [, claimed, looks] = /^\/pull-payments\/([^/]+)(\/status)?$/.exec(path) ?? [];
  if (claimed && !looks) return claimPage(request, root, claimed);
  if (method !== 'GET') return null;
  if (claimed) return claimPulse(sim, claimed);
  if (path === '/') return control(request, root);
  if (path === '/sim/pulse') return jsonOf({ state: simState(sim), clock: clockOf(sim.clock.now()) });
  if (path === '/account/apikeys') return keysPage(request, root);
  if (path === '/modal/btcpay.js') return assetOf(modalScript(sim.version), 'text/javascript; charset=utf-8');
  if (path === '/invoice') return checkout(request, root, url.searchParams.get('id') ?? '');
  const asset = ASSETS.get(path.replace(/^\/sim\/assets\//, ''));
  if (asset) return assetOf(asset.text, asset.type);
  const [, id, rest] = /^\/i\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (id === undefined) return null;
  if (rest === 'status') return jsonOf(pulseOf(request, sim.invoice(id)));
  return rest === 'receipt' ? receipt(request, root, id) : checkout(request, root, id, rest);
}

/**
 * @param {PageRequest} request
 * @param {string} root
 */
function control({ sim, base, url, headers }, root) {
  const language = pageLanguage(url.searchParams.get('lang'), headers['accept-language']);
  return htmlOf(controlPage(simView(sim, base), { root, base, url, language, state: simState(sim) }));
}

/** What a drawing of the control page depends on, beside the time. @param {PageRequest['sim']} sim */
const simState = (sim) => `${sim.changes} ${sim.deliveries.waiting()}`;

/**
 * `/i/{id}`, `/i/{id}/{payment method}` and `/invoice?id=`. An invoice without payment methods has nothing to pay and
 * leads on, to its receipt or the shop (BTCPay Server 2.4.1, UIInvoiceController.Checkout).
 * @param {PageRequest} request
 * @param {string} root
 * @param {string} id
 * @param {string} [wanted] a payment method
 */
function checkout({ sim, url, base, redirectSeconds }, root, id, wanted) {
  const invoice = sim.invoice(id);
  const hasReceipt = receiptOf(sim, invoice).enabled;
  if (invoice.prompts.length === 0) {
    const { returnUrl } = invoiceView(sim, invoice, base);
    if (hasReceipt || returnUrl) return redirectTo(hasReceipt ? `${base}/i/${id}/receipt` : (returnUrl ?? ''));
  }
  const chosen = chosenMethod(sim, invoice, wanted);
  // A lazy payment method gets its address when a customer first looks at it.
  if (invoice.status === 'New') sim.invoices.activate(invoice, chosen);
  const { words: redirectWords, seconds } = redirectRule(sim.version);
  const text = checkoutPage(invoiceView(sim, invoice, base), {
    root,
    url,
    storeName: storeNameOf(sim, invoice),
    chosen,
    redirectSeconds: redirectSeconds ?? seconds,
    redirectWords,
    state: stateOf(invoice),
    word: statusWord(sim.version, invoice),
    receipt: hasReceipt,
    secondsToGiveUp: Math.max(0, invoice.monitoringExpiration + 1 - sim.clock.now()),
  });
  return htmlOf(text, { framed: true });
}

/**
 * @param {PageRequest['sim']} sim
 * @param {Invoice} invoice
 * @param {string | undefined} wanted
 * @returns {string} of the invoice's payment methods the one to show
 */
function chosenMethod(sim, { checkout: { defaultPaymentMethod }, prompts, storeId }, wanted) {
  const wishes = [wanted, defaultPaymentMethod, sim.stores.get(storeId)?.defaultPaymentMethod, 'BTC-LN'];
  const ids = wishes.map((wish) => methodIdOf(wish ?? ''));
  const found = ids.find((id) => prompts.some(({ methodId }) => methodId === id));
  return found ?? prompts[0]?.methodId ?? '';
}

/**
 * @param {PageRequest} request
 * @param {string} root
 * @param {string} id
 */
function receipt({ sim, url, base }, root, id) {
  const invoice = sim.invoice(id);
  const { enabled, showPayments } = receiptOf(sim, invoice);
  const view = invoiceView(sim, invoice, base);
  if (!enabled && !view.returnUrl) throw invoiceNotFound();
  if (!enabled) return redirectTo(view.returnUrl ?? '');
  const data = invoice.metadata.receiptData;
  return htmlOf(
    receiptPage(view, { root, url, storeName: storeNameOf(sim, invoice), state: stateOf(invoice), data, showPayments }),
  );
}

/**
 * There are receipts from 1.6.0 on.
 * @param {PageRequest['sim']} sim
 * @param {Invoice} invoice
 */
function receiptOf(sim, { storeId, receipt }) {
  if (!reaches(sim.version, '1.6.0')) return { enabled: false, showPayments: false };
  const settings = { ...sim.stores.get(storeId)?.receipt };
  for (const [name, value] of Object.entries(receipt)) if (value !== null) settings[name] = value;
  return { enabled: settings.enabled !== false, showPayments: settings.showPayments !== false };
}

/**
 * @param {PageRequest['sim']} sim
 * @param {Invoice} invoice
 */
const storeNameOf = (sim, { storeId }) => sim.stores.get(storeId)?.name ?? '';

/**
 * What the open checkout page asks for every moment: whether it must be drawn anew, and the time left.
 * @param {PageRequest} request
 * @param {Invoice} invoice
 */
function pulseOf({ sim, base }, invoice) {
  const { status, secondsLeft } = invoiceView(sim, invoice, base);
  return { state: stateOf(invoice), status, word: statusWord(sim.version, invoice), secondsLeft };
}

/** What a drawing of the invoice depends on, beside the time. @param {Invoice} invoice */
const stateOf = ({ status, additionalStatus, payments }) =>
  [status, additionalStatus, ...payments.map((payment) => payment.status)].join(' ');
