/** API keys and what they may do (BTCPay Server 2.4.1, Policies and BTCPayServerServices). */
import { randomBytes } from 'node:crypto';
import { reaches } from './versions.js';

/** Policies a policy brings with it, without `btcpay.store.`. */
const INCLUDES = new Map([
  [
    'canmodifystoresettings',
    [
      'canmanagepullpayments',
      'canmodifyinvoices',
      'canviewstoresettings',
      'webhooks.canmodifywebhooks',
      'canmodifypaymentrequests',
      'canmanagepayouts',
      'canuselightningnode',
      'cansendstoreemails',
    ],
  ],
  ['canmodifyinvoices', ['canviewinvoices', 'cancreateinvoice', 'cancreatelightninginvoice']],
  [
    'canviewstoresettings',
    ['canviewinvoices', 'canviewpaymentrequests', 'canviewreports', 'canviewpullpayments', 'canviewpayouts'],
  ],
  ['canmanagepullpayments', ['cancreatepullpayments', 'canarchivepullpayments']],
  ['cancreatepullpayments', ['cancreatenonapprovedpullpayments']],
  ['cancreatenonapprovedpullpayments', ['canviewpullpayments']],
  ['canmanagepayouts', ['canviewpayouts']],
  ['canmodifypaymentrequests', ['canviewpaymentrequests']],
  ['canuselightningnode', ['canviewlightninginvoice', 'cancreatelightninginvoice']],
  ['cancreatelightninginvoice', ['canviewlightninginvoice']],
]);

/** Policies a release brought, with that release and the policy that was asked for before it. */
const BEFORE = new Map([
  ['canmodifyinvoices', ['1.2.0', 'canmodifystoresettings']],
  ['cancreatepullpayments', ['1.7.6', 'canmanagepullpayments']],
  ['cancreatenonapprovedpullpayments', ['1.7.6', 'canmanagepullpayments']],
  ['canarchivepullpayments', ['1.11.5', 'canmanagepullpayments']],
  ['canviewpullpayments', ['1.12.0', 'canmanagepullpayments']],
  ['canmanagepayouts', ['1.12.0', 'canmanagepullpayments']],
  ['canviewpayouts', ['1.12.0', 'canmanagepullpayments']],
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

/**
 * @param {string} policy without `btcpay.store.`
 * @param {string} version of BTCPay Server
 * @returns {string} the policy that release asks for instead
 */
export function policyAsOf(policy, version) {
  const [since = '0', before = policy] = BEFORE.get(policy) ?? [];
  return reaches(version, since) ? policy : before;
}

/** The store's policies, each with all it brings: what `GET /misc/permissions` answers with, of those. */
export function permissionDocuments() {
  const names = [...new Set([...INCLUDES].flatMap(([name, included]) => [name, ...included]))].sort();
  return names.map((name) => ({
    name: STORE + name,
    included: names
      .filter((other) => other !== name && contains(STORE + name, STORE + other))
      .map((other) => STORE + other),
  }));
}
