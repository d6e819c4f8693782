import { caseNames, cases, methods } from './cases.js';
import { faults } from './faults.js';

/** @import { Case, CaseName, Method } from './cases.js' */
/** @import { Fault } from './faults.js' */

/** @typedef {{name: CaseName, method: Method, fault: string}} Plan one run */

const faultNames = Object.keys(faults);

/**
 * The runs that were asked for.
 * @param {{name: string, fault: string, method?: string | undefined}} asked `name` and `fault` may be `all`: then what
 *   cannot be is left out
 * @returns {Plan[]} at least one
 * @throws {Error} where that is nothing, with the reason
 */
export function planRuns({ name, fault, method }) {
  const names = name === 'all' ? caseNames : [oneOf('case', name, caseNames)];
  const chosen = fault === 'all' ? faultNames : [oneOf('fault', fault, faultNames)];
  const by = method === undefined ? undefined : oneOf('method', method, methods);
  const asked = names.flatMap((one) => chosen.map((what) => ({ name: one, method: methodFor(one, by), fault: what })));
  const obstacles = asked.map(obstacle);
  const runs = asked.filter((_, index) => obstacles[index] === undefined);
  if (runs.length === 0) throw new Error(obstacles[0]);
  return /** @type {Plan[]} */ (runs);
}

/**
 * @param {CaseName} name
 * @param {Method | undefined} by
 * @returns {Method}
 */
function methodFor(name, by) {
  return by ?? /** @type {Method} */ (Object.keys(cases[name].webhooks)[0]);
}

/**
 * @param {Plan} plan
 * @returns {string | undefined} why it cannot be
 */
function obstacle({ name, method, fault }) {
  /** @type {Case} */
  const { webhooks, why } = cases[name];
  const brought = webhooks[method]?.length;
  if (brought === undefined) return `--case ${name} does not go with --method ${method}: ${why}.`;
  const { leastWebhooks } = /** @type {() => Fault} */ (faults[fault])();
  if (brought >= leastWebhooks) return undefined;
  return `--case ${name} does not go with --fault ${fault}: it brings ${brought} webhooks, and ${leastWebhooks} are needed.`;
}

/**
 * @template {string} T
 * @param {string} option
 * @param {string} given
 * @param {readonly T[]} known
 * @returns {T}
 */
function oneOf(option, given, known) {
  const found = known.find((word) => word === given);
  if (found === undefined) throw new Error(`--${option} is one of ${known.join(', ')}, not "${given}".`);
  return found;
}
