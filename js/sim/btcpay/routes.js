/** The Greenfield API, a route a line: method, path, policy, handler. */
import * as invoices from './invoiceRoutes.js';
import * as server from './serverRoutes.js';
import * as webhooks from './webhookRoutes.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */

/** @typedef {Record<'storeId' | 'invoiceId' | 'methodId' | 'webhookId' | 'deliveryId', string | undefined>} Params */

/**
 * @typedef {object} Call what a handler is given
 * @property {Simulation} sim
 * @property {Params} params of the path
 * @property {URLSearchParams} query
 * @property {() => Promise<Record<string, unknown>>} body reads the JSON document sent
 * @property {string} base the server's address as this request wrote it
 * @property {import('./permissions.js').ApiKey} key
 * @property {import('./stores.js').Store} store
 */

/**
 * What a handler answers: a document, nothing (200 with an empty body), or `Raw` bytes.
 * @typedef {(call: Call) => unknown} Handler
 */

/**
 * @typedef {object} Route
 * @property {string} method
 * @property {string[]} path its segments; `:name` takes any
 * @property {string} policy without `btcpay.store.`; `anyone` needs no key, `key` any
 * @property {Handler} handler
 */

const STORE = '/api/v1/stores/:storeId';

/** Each of these exists below its store, and since 2.4.0 by itself. @type {[string, string, string, Handler][]} */
const ITEMS = [
  ['GET', '/invoices/:invoiceId', 'canviewinvoices', invoices.get],
  ['PUT', '/invoices/:invoiceId', 'canmodifyinvoices', invoices.replaceMetadata],
  ['DELETE', '/invoices/:invoiceId', 'canmodifyinvoices', invoices.archive],
  ['POST', '/invoices/:invoiceId/status', 'canmodifyinvoices', invoices.mark],
  ['POST', '/invoices/:invoiceId/unarchive', 'canmodifyinvoices', invoices.unarchive],
  ['GET', '/invoices/:invoiceId/payment-methods', 'canviewinvoices', invoices.paymentMethods],
  ['POST', '/invoices/:invoiceId/payment-methods/:methodId/activate', 'canviewinvoices', invoices.activate],
  ['GET', '/webhooks/:webhookId', 'webhooks.canmodifywebhooks', webhooks.get],
  ['PUT', '/webhooks/:webhookId', 'webhooks.canmodifywebhooks', webhooks.replace],
  ['DELETE', '/webhooks/:webhookId', 'webhooks.canmodifywebhooks', webhooks.remove],
  ['GET', '/webhooks/:webhookId/deliveries', 'webhooks.canmodifywebhooks', webhooks.deliveries],
  ['GET', '/webhooks/:webhookId/deliveries/:deliveryId', 'webhooks.canmodifywebhooks', webhooks.delivery],
  [
    'GET',
    '/webhooks/:webhookId/deliveries/:deliveryId/request',
    'webhooks.canmodifywebhooks',
    webhooks.deliveryRequest,
  ],
  ['POST', '/webhooks/:webhookId/deliveries/:deliveryId/redeliver', 'webhooks.canmodifywebhooks', webhooks.redeliver],
];

/** @type {[string, string, string, Handler][]} */
const OTHERS = [
  ['GET', '/api/v1/health', 'anyone', server.health],
  ['GET', '/api/v1/server/info', 'key', server.info],
  ['GET', '/api/v1/api-keys/current', 'key', server.currentKey],
  ['DELETE', '/api/v1/api-keys/current', 'key', server.revokeCurrentKey],
  ['GET', '/api/v1/stores', 'key', server.stores],
  ['GET', STORE, 'canviewstoresettings', server.store],
  ['GET', `${STORE}/payment-methods`, 'canviewstoresettings', server.storePaymentMethods],
  ['GET', `${STORE}/invoices`, 'canviewinvoices', invoices.list],
  ['POST', `${STORE}/invoices`, 'cancreateinvoice', invoices.create],
  ['GET', `${STORE}/webhooks`, 'webhooks.canmodifywebhooks', webhooks.list],
  ['POST', `${STORE}/webhooks`, 'webhooks.canmodifywebhooks', webhooks.create],
];

/**
 * @param {import('./versions.js').Behaviour} behaviour
 * @returns {Route[]}
 */
export function routesOf(behaviour) {
  const below = ITEMS.map(([method, path, policy, handler]) => [method, STORE + path, policy, handler]);
  const flat = ITEMS.map(([method, path, policy, handler]) => [method, `/api/v1${path}`, policy, handler]);
  const rows = /** @type {typeof ITEMS} */ ([...OTHERS, ...below, ...(behaviour.flatRoutes ? flat : [])]);
  return rows.map(([method, path, policy, handler]) => ({ method, path: path.split('/').slice(1), policy, handler }));
}

/**
 * @param {Route[]} routes
 * @param {string} method
 * @param {string} path
 * @returns {{ route: Route, params: Params } | null}
 */
export function findRoute(routes, method, path) {
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  for (const route of routes) {
    if (route.method !== method || route.path.length !== segments.length) continue;
    /** @type {Record<string, string>} */
    const params = {};
    const fits = route.path.every((part, index) => {
      const segment = segments[index] ?? '';
      if (!part.startsWith(':')) return part === segment.toLowerCase();
      params[part.slice(1)] = segment;
      return segment !== '';
    });
    if (fits) return { route, params: /** @type {Params} */ (params) };
  }
  return null;
}
