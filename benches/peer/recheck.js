/** When an order should be looked at again. */

/** @typedef {import('./status.js').Json} Json */

const SLACK = 3 * 60;
const WHILE_OPEN = 4 * 3600;
const WATCHED = 24 * 3600;
const SOON = 60;
const SEARCHED = 24 * 3600;

/** Which dates count in which case: after expiry, while it is watched, at the end. */
const DATES = /** @type {Record<string, [boolean, boolean, boolean]>} */ ({
  new: [true, true, true],
  partlyPaid: [true, true, true],
  processing: [true, true, true],
  paidLateUnconfirmed: [false, true, true],
  paidLatePartly: [false, true, true],
  expiredPartlyPaid: [false, true, true],
  expiredUnpaid: [false, false, true],
});

/**
 * @param {import('./status.js').Seen[]} seen
 * @param {Json[]} acts
 * @param {number} now unix seconds
 * @returns {number | undefined} unix seconds
 */
export function nextLook(seen, acts, now) {
  const dates = seen.flatMap(datesOf);
  const lost = acts.find(({ kind, answer }) => kind === 'create' && !answer);
  if (lost && now < lost.t + SOON + SEARCHED) dates.push(lost.t + SOON);
  return dates.length > 0 ? Math.max(Math.min(...dates), now + SOON) : undefined;
}

/** @param {import('./status.js').Seen} seen */
function datesOf({ attempt: { created, doc }, case: { name }, sure, ask }) {
  if (!sure || ask) return [0];
  const counts = DATES[name];
  if (!created || !counts) return [];
  const looked = doc?.t ?? created.t;
  const end = (created.watched ?? created.expires + WATCHED) + SLACK;
  const dates = [created.expires + SLACK, Math.min(looked + WHILE_OPEN, end), end];
  return dates.filter((at, which) => counts[which] && at > looked);
}
