/** How long contenders take for the same work, side by side. */

/** Runs of which the best counts. */
const RUNS = 3;

/** A run is cut into slices, so that whatever else the machine does falls on all contenders alike. */
const SLICES = 25;
const SLICE_MS = 8;

/**
 * @typedef {(index: number) => unknown} Work one unit of work; the index picks its input, so that no input is seen twice in a row
 */

/**
 * The best of three runs of each contender, slices of them alternating.
 * @template {string} Name
 * @param {Record<Name, Work>} contenders
 * @returns {Record<Name, number>} microseconds a unit
 */
export function race(contenders) {
  const names = /** @type {Name[]} */ (Object.keys(contenders));
  const counts = /** @type {Record<Name, number>} */ ({});
  // Until the optimising compiler is done with all of them, then how many units fill a slice.
  for (const name of names) warm(contenders[name]);
  for (const name of names) counts[name] = Math.max(1, Math.round((SLICE_MS * 1000) / warm(contenders[name])));
  const best = /** @type {Record<Name, number>} */ ({});
  for (let run = 0; run < RUNS; run++) {
    const spent = /** @type {Record<Name, number>} */ ({});
    for (let slice = 0; slice < SLICES; slice++) {
      for (const name of names) spent[name] = (spent[name] ?? 0) + time(contenders[name], counts[name]);
    }
    for (const name of names) best[name] = Math.min(best[name] ?? Infinity, spent[name] / (counts[name] * SLICES));
  }
  return best;
}

/** A batch is long beside what it costs to wait for it. */
const BATCH_MS = 40;

/**
 * The same for work that is waited for, so many units at a time.
 * @template {string} Name
 * @param {Record<Name, (count: number) => Promise<void>>} contenders
 * @returns {Promise<Record<Name, number>>} microseconds a unit
 */
export async function raceBatches(contenders) {
  const names = /** @type {Name[]} */ (Object.keys(contenders));
  const counts = /** @type {Record<Name, number>} */ ({});
  for (const name of names) counts[name] = Math.ceil((BATCH_MS * 1000) / (await warmBatches(contenders[name])));
  const best = /** @type {Record<Name, number>} */ ({});
  for (let run = 0; run < RUNS; run++) {
    const spent = /** @type {Record<Name, number>} */ ({});
    for (let slice = 0; slice < SLICES; slice++) {
      for (const name of names) spent[name] = (spent[name] ?? 0) + (await timeBatch(contenders[name], counts[name]));
    }
    for (const name of names) best[name] = Math.min(best[name] ?? Infinity, spent[name] / (counts[name] * SLICES));
  }
  return best;
}

/**
 * @param {(count: number) => Promise<void>} work
 * @returns {Promise<number>} microseconds a unit
 */
async function warmBatches(work) {
  let spent = 0;
  let last = 0;
  // In another process there is another compiler to wait for.
  while (spent < 2_000_000) spent += last = await timeBatch(work, 200);
  return last / 200;
}

/**
 * @param {(count: number) => Promise<void>} work
 * @param {number} count
 * @returns {Promise<number>} microseconds
 */
async function timeBatch(work, count) {
  const start = process.hrtime.bigint();
  await work(count);
  return Number(process.hrtime.bigint() - start) / 1000;
}

/**
 * @param {Work} work
 * @returns {number} microseconds a unit
 */
function warm(work) {
  let units = 0;
  let spent = 0;
  while (spent < 150_000) {
    spent += time(work, 20);
    units += 20;
  }
  return spent / units;
}

/**
 * @param {Work} work
 * @param {number} count
 * @returns {number} microseconds
 */
function time(work, count) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index++) work(index);
  return Number(process.hrtime.bigint() - start) / 1000;
}
