/** The policies an API key can be given, and what people are told of those a shop asks for. */
import { policyAsOf } from '../permissions.js';

/** Without `btcpay.store.` (BTCPay Server 2.4.1, Policies). */
const OF_STORES = [
  'canarchivepullpayments',
  'canbroadcasttransactions',
  'cancanceltransactions',
  'cancreateinvoice',
  'cancreatelightninginvoice',
  'cancreatenonapprovedpullpayments',
  'cancreatepullpayments',
  'cancreatetransactions',
  'cancreditsubscribers',
  'canmanagepayouts',
  'canmanagepullpayments',
  'canmanagesubscribers',
  'canmanagewallets',
  'canmanagewalletsettings',
  'canmanagewallettransactions',
  'canmodifyinvoices',
  'canmodifyofferings',
  'canmodifypaymentrequests',
  'canmodifystoresettings',
  'cansendstoreemails',
  'cansigntransactions',
  'canuselightningnode',
  'canviewinvoices',
  'canviewlightninginvoice',
  'canviewofferings',
  'canviewpaymentrequests',
  'canviewpayouts',
  'canviewpullpayments',
  'canviewreports',
  'canviewstoresettings',
  'canviewwallet',
  'webhooks.canmodifywebhooks',
];

const OTHERS = [
  'btcpay.impersonation.canimpersonate',
  'btcpay.user.candeleteuser',
  'btcpay.user.canmanagenotificationsforuser',
  'btcpay.user.canmodifyprofile',
  'btcpay.user.canviewnotificationsforuser',
  'btcpay.user.canviewprofile',
  'btcpay.server.cancreatelightninginvoiceinternalnode',
  'btcpay.server.cancreateuser',
  'btcpay.server.canmanageusers',
  'btcpay.server.canmodifyserversettings',
  'btcpay.server.canuseinternallightningnode',
  'btcpay.server.canviewlightninginvoiceinternalnode',
  'btcpay.server.canviewusers',
  'unrestricted',
];

const STORE = 'btcpay.store.';

/**
 * @param {string} version of the server
 * @returns {string[]} every policy it knows
 */
export const knownPolicies = (version) => [
  ...OF_STORES.filter((name) => policyAsOf(name, version) === name).map((name) => STORE + name),
  ...OTHERS,
];

/** @param {string} policy */
export const isStorePolicy = (policy) => policy.startsWith(STORE);

/** @type {Record<string, { en: string, ja: string }>} */
const WORDS = {
  canviewinvoices: { en: 'See invoices', ja: '請求書を見る' },
  cancreateinvoice: { en: 'Create invoices', ja: '請求書を作る' },
  canmodifyinvoices: { en: 'Change and mark invoices', ja: '請求書を変更する' },
  'webhooks.canmodifywebhooks': { en: 'Set up webhooks', ja: 'ウェブフックを設定する' },
  canviewstoresettings: { en: 'See the settings of the store', ja: 'ストアの設定を見る' },
  canmodifystoresettings: { en: 'Change the settings of the store', ja: 'ストアの設定を変更する' },
  cancreatenonapprovedpullpayments: {
    en: 'Offer refunds that you approve one by one',
    ja: '返金を用意する（一件ごとに承認が必要）',
  },
  cancreatepullpayments: { en: 'Offer refunds without your approval', ja: '返金を用意する（承認は不要）' },
  canmanagepullpayments: { en: 'Manage refunds and pull payments', ja: '返金を管理する' },
  canviewpullpayments: { en: 'See pull payments', ja: '返金を見る' },
  unrestricted: { en: 'Everything', ja: 'すべての操作' },
};

/**
 * @param {string} policy
 * @param {import('./language.js').Language} language
 * @returns {string | null} null: there are no plainer words than its name
 */
export const policyWords = (policy, language) => WORDS[policy.replace(STORE, '')]?.[language] ?? null;
