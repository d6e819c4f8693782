/** Who may call what: the server answers 403, not 404, for stores and things of stores that a key does not reach. */
import { ApiError, missingPermission, unauthenticated } from './errors.js';
import { allows, apiKeyIn } from './permissions.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */

/**
 * @param {Simulation} sim
 * @param {string | undefined} authorization
 * @throws {import('./errors.js').ApiError} 401
 */
export function authenticate(sim, authorization) {
  const apiKey = apiKeyIn(authorization, sim.behaviour);
  const key = sim.keys.get(apiKey ?? '');
  if (key) return key;
  const { errorBodies, specificAuthenticationMessage } = sim.behaviour;
  if (!errorBodies) throw new ApiError(401, undefined);
  const isSpecific = apiKey !== null && specificAuthenticationMessage;
  throw unauthenticated(isSpecific ? 'ApiKey authentication failed: Unknown API Key' : undefined);
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
  const item =
    sim.invoices.find(params.invoiceId) ??
    sim.webhooks.find(params.webhookId) ??
    sim.pullPayments.find(params.pullPaymentId) ??
    sim.pullPayments.findPayout(params.payoutId);
  const store = sim.stores.get(params.storeId ?? item?.storeId ?? '');
  if (!store || !allows(key, permission, store.id)) throw forbidden(sim.behaviour, permission);
  const { foreignInvoiceIsForbidden, foreignItemIsForbidden } = sim.behaviour;
  const hides = params.invoiceId === undefined ? foreignItemIsForbidden : foreignInvoiceIsForbidden;
  if (item && item.storeId !== store.id && hides) throw forbidden(sim.behaviour, permission);
  return store;
}

/**
 * @param {import('./versions.js').Behaviour} behaviour
 * @param {string} permission a policy, without a store
 */
export const forbidden = (behaviour, permission) =>
  behaviour.errorBodies ? missingPermission(permission) : new ApiError(403, undefined);
