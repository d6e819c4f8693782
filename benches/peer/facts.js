/** What the gateway said, joined so that neither order nor repetition matters. */

/** @typedef {import('./status.js').Json} Json */

const KINDS = new Set(['processing', 'settled', 'expired', 'paidAfter', 'invalid', 'mark', 'recv', 'conf', 'refund']);
const isKnown = (/** @type {string} */ key) => KINDS.has(key.split('/', 1)[0] ?? '');

const REFUND_STATES = [undefined, 'pending', 'cancelled', 'paid'];

/**
 * @param {Json} facts
 * @param {string} key
 * @param {Json} fact
 * @returns {Json} the facts with this one, in the order of their keys
 */
export function addFact(facts, key, fact) {
  if (!isKnown(key)) return facts;
  if (facts[key]) return { ...facts, [key]: join(key, facts[key], fact) };
  /** @type {Json} */
  const joined = {};
  let placed = false;
  for (const name in facts) {
    // Facts of other builds stay behind those that are known.
    if (!placed && (name > key || !isKnown(name))) {
      joined[key] = fact;
      placed = true;
    }
    joined[name] = facts[name];
  }
  if (!placed) joined[key] = fact;
  return joined;
}

/**
 * @param {string} key
 * @param {Json} ours
 * @param {Json} theirs
 * @returns {Json}
 */
function join(key, ours, theirs) {
  const { t, n, over, partly, after, to, value, method, at, state, ...rest } = ours;
  const isNews = key === 'processing' && ours.t !== theirs.t;
  const newer = ours.t > theirs.t ? ours : theirs;
  return {
    t: isNews ? newer.t : Math.min(ours.t, theirs.t),
    n: isNews ? newer.n : Math.min(ours.n, theirs.n),
    over: over || (theirs.over ?? over),
    partly: partly || theirs.partly,
    after: after || theirs.after,
    to: first(to, theirs.to),
    value: first(value, theirs.value),
    method: first(method, theirs.method),
    at: first(at, theirs.at),
    state: REFUND_STATES.indexOf(state) < REFUND_STATES.indexOf(theirs.state) ? theirs.state : state,
    ...rest,
  };
}

/**
 * @template {string | number} T
 * @param {T | undefined} ours
 * @param {T | undefined} theirs
 */
function first(ours, theirs) {
  if (ours === undefined || theirs === undefined) return ours ?? theirs;
  return ours < theirs ? ours : theirs;
}
