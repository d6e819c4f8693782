/** What an application asks for at `/api-keys/authorize`, and what it gets (BTCPay Server 2.4.1, UIManageController). */
import { allows } from '../permissions.js';
import { isStorePolicy, knownPolicies } from './policies.js';

/** @typedef {import('../simulation.js').Simulation} Simulation */
/** @typedef {import('../permissions.js').ApiKey} ApiKey */

/**
 * @typedef {object} Asked
 * @property {string[]} permissions policies this server knows; it drops the others without a word
 * @property {string} applicationName
 * @property {string | null} redirect an absolute http(s) address; another one counts as none
 * @property {boolean} strict the person can neither remove nor add
 * @property {boolean} selectiveStores the key is for one store
 * @property {string} identifier
 */

/**
 * @param {URLSearchParams} query
 * @param {string} version
 * @returns {Asked}
 */
export function readAsked(query, version) {
  const known = new Set(knownPolicies(version));
  const permissions = query.getAll('permissions').map((policy) => policy.trim().toLowerCase());
  return {
    permissions: [...new Set(permissions)].filter((policy) => known.has(policy)),
    applicationName: query.get('applicationName') ?? '',
    redirect: absolute(query.get('redirect')),
    strict: query.get('strict')?.toLowerCase() !== 'false',
    selectiveStores: query.get('selectiveStores')?.toLowerCase() === 'true',
    identifier: query.get('applicationIdentifier') ?? '',
  };
}

/** @param {string | null} address */
const absolute = (address) =>
  address !== null && /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address).href : null;

/**
 * @param {Asked} asked
 * @param {string} version
 * @returns {string[]} the policies shown to the person
 */
export const offered = ({ strict, permissions }, version) =>
  strict ? permissions : [...permissions, ...knownPolicies(version).filter((policy) => !permissions.includes(policy))];

/**
 * Any store policy asks for the choice of a store, not only `canmodifystoresettings`.
 * @param {Asked} asked
 * @param {string} version
 */
export const needsStore = (asked, version) => asked.selectiveStores && offered(asked, version).some(isStorePolicy);

/**
 * What the key gets.
 * @param {Asked} asked
 * @param {{ ticked: string[], storeId: string | null }} consent
 * @param {string} version
 * @returns {string[]} `policy` or `policy:storeId`
 */
export function granted(asked, { ticked, storeId }, version) {
  const policies = asked.strict ? asked.permissions : offered(asked, version).filter((one) => ticked.includes(one));
  return policies.map((policy) => (storeId !== null && isStorePolicy(policy) ? `${policy}:${storeId}` : policy));
}

/**
 * The key the same application was given before: with the same identifier and exactly the same redirect address.
 * @param {Simulation} sim
 * @param {Asked} asked
 * @returns {{ key: ApiKey, isEnough: boolean } | null}
 */
export function earlierKey(sim, asked) {
  const { identifier, redirect } = asked;
  if (identifier === '' || redirect === null) return null;
  const keys = [...sim.keys.values()].filter(
    ({ application }) => application?.identifier === identifier && application.redirect === redirect,
  );
  const enough = keys.find((key) => isEnough(key, asked));
  const key = enough ?? keys[0];
  return key ? { key, isEnough: enough !== undefined } : null;
}

/**
 * @param {ApiKey} key
 * @param {Asked} asked
 */
function isEnough(key, { permissions, selectiveStores }) {
  const stores = key.permissions.map((permission) => permission.split(':')[1] ?? '').filter(Boolean);
  const scopes = selectiveStores && stores.length > 0 ? [...new Set(stores)] : [''];
  return scopes.some((storeId) => permissions.every((policy) => allows(key, policy, storeId)));
}
