import { readFileSync } from 'node:fs';
import { Raw } from '../raw.js';
import { invoiceView, simView } from '../views.js';
import { checkoutPage } from './checkout.js';
import { clockOf, controlPage } from './control.js';

/** @typedef {import('../control.js').PageRequest} PageRequest */

const ASSETS = new Map(
  [
    ['sim.css', 'text/css; charset=utf-8'],
    ['page.js', 'text/javascript; charset=utf-8'],
  ].map(([name = '', type = '']) => [
    name,
    { type, text: readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8') },
  ]),
);

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * @param {PageRequest} request
 * @returns {Raw | null} null: no page of the simulator
 */
export function page({ sim, method, path, url, base, redirectSeconds }) {
  if (method !== 'GET') return null;
  const root = new URL(base).pathname.replace(/\/$/, '');
  if (path === '/') return htmlOf(controlPage(simView(sim, base), { root, storeId: sim.store.id, base }));
  if (path === '/sim/pulse') return jsonOf({ state: sim.changes, clock: clockOf(sim.clock.now()) });
  const asset = ASSETS.get(path.replace(/^\/sim\/assets\//, ''));
  if (asset) return new Raw(asset.text, asset.type, { headers: HEADERS });
  const [, id, rest] = /^\/i\/([^/]+)(\/status)?$/.exec(path) ?? [];
  if (id === undefined) return null;
  const invoice = sim.invoice(id);
  const view = invoiceView(sim, invoice, base);
  if (rest) return jsonOf(pulseOf(view));
  const { name = '' } = sim.stores.get(invoice.storeId) ?? {};
  const language = url.searchParams.get('lang');
  return htmlOf(checkoutPage(view, { root, storeName: name, language, redirectSeconds }));
}

/**
 * What the open checkout page asks for every moment: whether it must be drawn anew, and the time left.
 * @param {ReturnType<typeof invoiceView>} view
 */
function pulseOf({ status, additionalStatus, paid, paymentMethods, secondsLeft }) {
  const payments = paymentMethods.flatMap((method) => method.payments.map((payment) => payment.status));
  return { state: [status, additionalStatus, paid, ...payments].join(' '), status, secondsLeft };
}

/** @param {string} text */
const htmlOf = (text) => new Raw(text, 'text/html; charset=utf-8', { headers: HEADERS });

/** @param {unknown} value */
const jsonOf = (value) => new Raw(JSON.stringify(value), 'application/json; charset=utf-8', { headers: HEADERS });
