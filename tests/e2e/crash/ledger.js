/** Which points there are, and how often the shop was killed at each. */

/** @import { Hits } from './supervisor.js' */

export class Ledger {
  kills = 0;
  #wanted;
  /** @type {Map<string, {hits: number, orders: Set<string>}>} */
  #points = new Map();

  /** @param {number} wanted hits of each point */
  constructor(wanted) {
    this.#wanted = wanted;
  }

  /**
   * @param {string} world whose orders they are
   * @param {string[]} points
   * @param {Hits} hits
   */
  learn(world, points, hits) {
    for (const point of points) this.#of(point);
    for (const { names, order } of hits) {
      for (const name of names) {
        const entry = this.#of(name);
        entry.hits += 1;
        if (order) entry.orders.add(`${world}/${order}`);
      }
    }
    if (hits.length > 0) this.kills += 1;
  }

  /** @param {string} point */
  #of(point) {
    const entry = this.#points.get(point) ?? { hits: 0, orders: new Set() };
    this.#points.set(point, entry);
    return entry;
  }

  /** @returns {Record<string, number>} how many hits are still to come, by point */
  get left() {
    return Object.fromEntries([...this.#points].map(([name, { hits }]) => [name, Math.max(0, this.#wanted - hits)]));
  }

  get isComplete() {
    return this.#points.size > 0 && this.missing().length === 0;
  }

  /** @returns {string[]} points that were not hit often enough */
  missing() {
    const few = [...this.#points].filter(([, { hits }]) => hits < this.#wanted);
    return few.map(([name, { hits }]) => `${name}: ${hits}`);
  }

  /** @returns {{points: number, hits: number, fewestHits: number}} */
  sums() {
    const hits = [...this.#points.values()].map((entry) => entry.hits);
    return {
      points: hits.length,
      hits: hits.reduce((sum, some) => sum + some, 0),
      fewestHits: Math.min(...hits),
    };
  }

  /** @returns {string} one line a point */
  toString() {
    const lines = [...this.#points].map(
      ([name, { hits, orders }]) => `${String(hits).padStart(4)} kills, ${orders.size} orders  ${name}`,
    );
    return lines.sort((a, b) => a.slice(25).localeCompare(b.slice(25))).join('\n');
  }
}
