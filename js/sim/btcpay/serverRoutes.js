import { forbidden } from './access.js';
import { Decimal } from './decimal.js';
import { serverDocument, storeDocument, storePaymentMethodDocuments } from './documents.js';
import { invalid } from './errors.js';
import { LANGUAGES, languageName } from './languages.js';
import { asOf } from './members.js';
import { allows, permissionDocuments } from './permissions.js';

/** @typedef {import('./routes.js').Call} Call */

const PAIR = /^([A-Z]{3,5})[_-]?([A-Z]{3,5})$/;
const RATE_DIGITS = 12;

/** @param {Call} call */
export const health = ({ sim }) => ({ synchronized: sim.isSynchronised });

/** @param {Call} call */
export const info = ({ sim }) => serverDocument(sim.behaviour, sim.isSynchronised);

/** @param {Call} call */
export const currentKey = ({ key: { apiKey, label, permissions } }) => ({ apiKey, label, permissions });

/** @param {Call} call */
export function revokeCurrentKey({ sim, key }) {
  sim.revokeKey(key.apiKey);
}

/** @param {Call} call */
export const stores = ({ sim, key }) =>
  [...sim.stores.values()]
    .filter((store) => allows(key, 'btcpay.store.canviewstoresettings', store.id))
    .map((store) => storeDocument(store, sim.behaviour));

/** @param {Call} call */
export const store = (call) => storeDocument(call.store, call.sim.behaviour);

/** @param {Call} call */
export function storePaymentMethods({ sim, store, key, query }) {
  const { behaviour } = sim;
  const secretPolicy = 'btcpay.store.canmodifystoresettings';
  const withConfig = behaviour.modernNames && query.get('includeConfig')?.toLowerCase() === 'true';
  if (withConfig && !allows(key, secretPolicy, store.id)) throw forbidden(behaviour, secretPolicy);
  return storePaymentMethodDocuments(store, behaviour, { withConfig, enabled: query.get('enabled') });
}

/** Rates of the pairs asked for, for example `BTC_USD`. @param {Call} call */
export function rates({ sim, query }) {
  const pairs = query.getAll('currencyPair').map((pair) => [pair, ...(PAIR.exec(pair.toUpperCase()) ?? [])]);
  const bad = pairs.find(([, found]) => found === undefined);
  if (bad) {
    const message = `Invalid currency pair '${bad[0]}' (it should be formatted like BTC_USD,BTC_CAD)`;
    throw invalid([{ path: 'currencyPair', message }]);
  }
  return pairs.map(([, , base = '', quote = '']) => {
    const pair = `${base}_${quote}`;
    const rate = rateOf(sim.prices, base, quote);
    const errors = rate === null ? [`No rate is known for ${pair}`] : [];
    return asOf(sim.version, 'rate', { currencyPair: pair, rate, errors });
  });
}

export const languages = () => LANGUAGES.map((code) => ({ code, currentLanguage: languageName(code) }));

export const permissions = () => permissionDocuments();

/**
 * @param {Record<string, string>} prices of 1 BTC
 * @param {string} base
 * @param {string} quote
 * @returns {string | null} what one of `base` costs in `quote`
 */
function rateOf(prices, base, quote) {
  const [from, to] = [prices[base], prices[quote]];
  return from === undefined || to === undefined
    ? null
    : Decimal.of(to).dividedBy(Decimal.of(from), RATE_DIGITS).trimmed().toString();
}
