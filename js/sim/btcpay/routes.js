/** The Greenfield API, a route a line: method, path, policy, handler, and the releases that have it if not all do. */
import * as invoices from './invoiceRoutes.js';
import { policyAsOf } from './permissions.js';
import * as pullPayments from './pullPaymentRoutes.js';
import * as refunds from './refundRoutes.js';
import * as server from './serverRoutes.js';
import { reaches } from './versions.js';
import * as webhooks from './webhookRoutes.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */

/** @typedef {'storeId' | 'invoiceId' | 'methodId' | 'webhookId' | 'deliveryId' | 'pullPaymentId' | 'payoutId'} ParamName */
/** @typedef {Record<ParamName, string | undefined>} Params */

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

/** @typedef {[method: string, path: string, policy: string, handler: Handler, since?: string, before?: string]} Row */

/** Each of these exists below its store, and since 2.4.0 by itself. @type {Row[]} */
const ITEMS = [
  ['GET', '/invoices/:invoiceId', 'canviewinvoices', invoices.get],
  ['PUT', '/invoices/:invoiceId', 'canmodifyinvoices', invoices.replaceMetadata, '1.0.6.3'],
  ['DELETE', '/invoices/:invoiceId', 'canmodifyinvoices', invoices.archive],
  ['POST', '/invoices/:invoiceId/status', 'canmodifyinvoices', invoices.mark],
  ['POST', '/invoices/:invoiceId/unarchive', 'canmodifyinvoices', invoices.unarchive],
  ['GET', '/invoices/:invoiceId/payment-methods', 'canviewinvoices', invoices.paymentMethods],
  ['POST', '/invoices/:invoiceId/payment-methods/:methodId/activate', 'canviewinvoices', invoices.activate, '1.1.0'],
  ['POST', '/invoices/:invoiceId/refund', 'canmodifystoresettings', refunds.create, '1.7.1', '1.12.0'],
  ['POST', '/invoices/:invoiceId/refund', 'cancreatenonapprovedpullpayments', refunds.create, '1.12.0'],
  ['GET', '/invoices/:invoiceId/refund/:methodId', 'cancreatenonapprovedpullpayments', refunds.amounts, '2.2.0'],
  ['DELETE', '/pull-payments/:pullPaymentId', 'canarchivepullpayments', pullPayments.archive],
  ['GET', '/payouts/:payoutId', 'canviewpayouts', pullPayments.payout, '1.7.0'],
  ['POST', '/payouts/:payoutId', 'canmanagepayouts', pullPayments.approve],
  ['DELETE', '/payouts/:payoutId', 'canmanagepayouts', pullPayments.cancel],
  ['POST', '/payouts/:payoutId/mark-paid', 'canmanagepayouts', pullPayments.markPaid, '1.2.0'],
  ['POST', '/payouts/:payoutId/mark', 'canmanagepayouts', pullPayments.mark, '1.7.0'],
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

/** @type {Row[]} */
const OTHERS = [
  ['GET', '/api/v1/health', 'anyone', server.health],
  ['GET', '/api/v1/server/info', 'key', server.info],
  ['GET', '/api/v1/api-keys/current', 'key', server.currentKey],
  ['DELETE', '/api/v1/api-keys/current', 'key', server.revokeCurrentKey],
  ['GET', '/api/v1/stores', 'key', server.stores],
  ['GET', STORE, 'canviewstoresettings', server.store],
  ['GET', '/misc/lang', 'key', server.languages],
  ['GET', '/misc/permissions', 'key', server.permissions],
  ['GET', '/api/v1/pull-payments/:pullPaymentId', 'anyone', pullPayments.get],
  ['GET', '/api/v1/pull-payments/:pullPaymentId/payouts', 'anyone', pullPayments.payouts],
  ['POST', '/api/v1/pull-payments/:pullPaymentId/payouts', 'anyone', pullPayments.claim],
  [
    'GET',
    '/api/v1/pull-payments/:pullPaymentId/payouts/:payoutId',
    'anyone',
    pullPayments.payoutOfPullPayment,
    '1.2.0',
  ],
  ['GET', `${STORE}/payment-methods`, 'canmodifystoresettings', server.storePaymentMethods, '1.2.0', '1.3.0'],
  ['GET', `${STORE}/payment-methods`, 'canviewstoresettings', server.storePaymentMethods, '1.3.0'],
  ['GET', `${STORE}/rates`, 'canviewstoresettings', server.rates, '1.7.0'],
  ['GET', `${STORE}/pull-payments`, 'canviewpullpayments', pullPayments.list],
  ['POST', `${STORE}/pull-payments`, 'cancreatenonapprovedpullpayments', pullPayments.create],
  ['GET', `${STORE}/payouts`, 'canviewpayouts', pullPayments.storePayouts, '1.5.0'],
  ['GET', `${STORE}/invoices`, 'canviewinvoices', invoices.list],
  ['POST', `${STORE}/invoices`, 'cancreateinvoice', invoices.create],
  ['GET', `${STORE}/webhooks`, 'webhooks.canmodifywebhooks', webhooks.list],
  ['POST', `${STORE}/webhooks`, 'webhooks.canmodifywebhooks', webhooks.create],
];

/**
 * @param {import('./versions.js').Behaviour} behaviour
 * @returns {Route[]}
 */
export function routesOf({ version, flatRoutes }) {
  /** @type {(prefix: string) => Row[]} */
  const items = (prefix) => ITEMS.map(([method, path, ...rest]) => [method, prefix + path, ...rest]);
  const rows = [...OTHERS, ...items(STORE), ...(flatRoutes ? items('/api/v1') : [])];
  return rows
    .filter(([, , , , since = '0', before]) => reaches(version, since) && !(before && reaches(version, before)))
    .map(([method, path, policy, handler]) => ({
      method,
      path: path.split('/').slice(1),
      policy: policyAsOf(policy, version),
      handler,
    }));
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
