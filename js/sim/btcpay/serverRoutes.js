import { serverDocument, storeDocument } from './documents.js';
import { missingPermission } from './errors.js';
import { allows } from './permissions.js';

/** @typedef {import('./routes.js').Call} Call */

export const health = () => ({ synchronized: true });

/** @param {Call} call */
export const info = ({ sim }) => serverDocument(sim.version);

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
    .map((store) => storeDocument(store));

/** @param {Call} call */
export const store = (call) => storeDocument(call.store);

/** @param {Call} call */
export function storePaymentMethods({ store: { id, paymentMethods }, key, query }) {
  const secretPolicy = 'btcpay.store.canmodifystoresettings';
  const withConfig = query.get('includeConfig')?.toLowerCase() === 'true';
  if (withConfig && !allows(key, secretPolicy, id)) throw missingPermission(secretPolicy);
  return paymentMethods.map((paymentMethodId) => ({
    enabled: true,
    ...(withConfig ? { config: {} } : {}),
    paymentMethodId,
  }));
}
