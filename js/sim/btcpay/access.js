/** Who may call what: the server answers 403, not 404, for stores and things of stores that a key does not reach. */
import { missingPermission, unauthenticated } from './errors.js';
import { allows, apiKeyIn } from './permissions.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */

/**
 * @param {Simulation} sim
 * @param {string | undefined} authorization
 * @throws {import('./errors.js').ApiError} 401
 */
export function authenticate(sim, authorization) {
  const apiKey = apiKeyIn(authorization, sim.behaviour);
  if (apiKey === null) throw unauthenticated();
  const key = sim.keys.get(apiKey);
  if (key) return key;
  throw unauthenticated(
    sim.behaviour.specificAuthenticationMessage ? 'ApiKey authentication failed: Unknown API Key' : undefined,
  );
}

/**
 * @param {Simulation} sim
 * @param {import('./permissions.js').ApiKey} key
 * @param {string} policy without `btcpay.store.`
 * @param {import('./routes.js').Params} params of the path
 * @returns {import('./stores.js').Store}
 * @throws {import('./errors.js').ApiError} 403
 */
export function authorize(sim, key, policy, params) {
  const permission = `btcpay.store.${policy}`;
  const item = sim.invoices.find(params.invoiceId) ?? sim.webhooks.find(params.webhookId);
  const store = sim.stores.get(params.storeId ?? item?.storeId ?? '');
  if (!store || !allows(key, permission, store.id)) throw missingPermission(permission);
  const { foreignInvoiceIsForbidden, foreignWebhookIsForbidden } = sim.behaviour;
  const hides = params.invoiceId === undefined ? foreignWebhookIsForbidden : foreignInvoiceIsForbidden;
  if (item && item.storeId !== store.id && hides) throw missingPermission(permission);
  return store;
}
