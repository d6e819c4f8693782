/** Random choices that can be made again. */

/** @returns {number} KESSAI_SEED, or a new one */
export function chooseSeed() {
  const given = process.env.KESSAI_SEED;
  return given ? Number(given) : Math.floor(Math.random() * 2 ** 31);
}

export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** @returns {number} below 1: mulberry32 */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** @param {number} most @returns {number} 0 to `most` - 1 */
  below(most) {
    return Math.floor(this.next() * most);
  }

  /** @param {number} share */
  chance(share) {
    return this.next() < share;
  }

  /** @template T @param {readonly T[]} items @returns {T} */
  pick(items) {
    return /** @type {T} */ (items[this.below(items.length)]);
  }

  /** @template T @param {T[]} items @returns {T[]} */
  shuffle(items) {
    const sorted = items.map((item) => ({ item, at: this.next() })).sort((a, b) => a.at - b.at);
    return sorted.map(({ item }) => item);
  }
}
