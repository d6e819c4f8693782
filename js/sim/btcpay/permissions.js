/** API keys and what they may do (BTCPay Server 2.4.1, Policies and BTCPayServerServices). */
import { randomBytes } from 'node:crypto';

/** Policies a policy brings with it, without `btcpay.store.`. */
const INCLUDES = new Map([
  [
    'canmodifystoresettings',
    ['canmanagepullpayments', 'canmodifyinvoices', 'canviewstoresettings', 'webhooks.canmodifywebhooks'],
  ],
  ['canmodifyinvoices', ['canviewinvoices', 'cancreateinvoice', 'cancreatelightninginvoice']],
  [
    'canviewstoresettings',
    ['canviewinvoices', 'canviewpaymentrequests', 'canviewreports', 'canviewpullpayments', 'canviewpayouts'],
  ],
  ['canmanagepullpayments', ['cancreatepullpayments']],
  ['cancreatepullpayments', ['cancreatenonapprovedpullpayments']],
  ['cancreatenonapprovedpullpayments', ['canviewpullpayments']],
]);

const STORE = 'btcpay.store.';

/** What a shop's plugin asks for. */
export const SHOP_PERMISSIONS = [
  'btcpay.store.canviewinvoices',
  'btcpay.store.cancreateinvoice',
  'btcpay.store.canmodifyinvoices',
  'btcpay.store.webhooks.canmodifywebhooks',
  'btcpay.store.canviewstoresettings',
  'btcpay.store.cancreatenonapprovedpullpayments',
];

/** @typedef {{ identifier: string, redirect: string }} Application who asked for a key on the authorisation page */

/** @typedef {{ apiKey: string, label: string, permissions: string[], application?: Application }} ApiKey */

export const newApiKey = () => randomBytes(20).toString('hex');

/**
 * @param {ApiKey} key
 * @param {string} policy
 * @param {string} storeId
 * @returns {boolean}
 */
export function allows(key, policy, storeId) {
  return key.permissions.some((permission) => {
    const [granted = '', scope] = permission.split(':');
    if (scope !== undefined && scope !== storeId) return false;
    return granted === 'unrestricted' || contains(granted.toLowerCase(), policy);
  });
}

/**
 * @param {string} granted
 * @param {string} policy
 * @returns {boolean}
 */
function contains(granted, policy) {
  if (granted === policy) return true;
  const included = INCLUDES.get(granted.slice(STORE.length)) ?? [];
  return granted.startsWith(STORE) && included.some((name) => contains(STORE + name, policy));
}

/**
 * @param {string | undefined} header an Authorization header
 * @param {import('./versions.js').Behaviour} behaviour
 * @returns {string | null} the API key it carries
 */
export function apiKeyIn(header, behaviour) {
  const [, scheme = '', apiKey = null] = /^(token|bearer)\s+(\S+)\s*$/i.exec(header ?? '') ?? [];
  return scheme.toLowerCase() === 'bearer' && !behaviour.bearerScheme ? null : apiKey;
}
