/**
 * The simulators' clock. It runs with the wall clock, or stands still until `advance` moves it; either way every wait
 * of a simulator (expiry, retries of webhooks, monitoring) hangs on it, so that a test never sleeps.
 */

/**
 * @typedef {object} Timer
 * @property {number} at milliseconds since 1970, on this clock
 * @property {number} order breaks ties: first asked, first run
 * @property {() => void} run
 */

// setTimeout fires at once for anything longer.
const LONGEST_TIMEOUT_MS = 2_147_483_647;

const turn = () => new Promise((resolve) => setImmediate(resolve));

export class Clock {
  /** @type {Timer[]} sorted by time */
  #timers = [];
  /** @type {Set<Promise<unknown>>} */
  #work = new Set();
  /** @type {Promise<void>} */
  #advancing = Promise.resolve();
  /** @type {NodeJS.Timeout | undefined} */
  #wakeup;
  #order = 0;
  #offsetMs;
  #running;
  #closed = false;

  /**
   * @param {{ now?: number, running?: boolean }} [options] `now`: unix seconds to start at (default: the wall clock's);
   *   `running: false` keeps the clock still between calls of `advance`.
   */
  constructor({ now, running = true } = {}) {
    this.#running = running;
    const startMs = now === undefined ? Date.now() : now * 1000;
    this.#offsetMs = running ? startMs - Date.now() : startMs;
  }

  /** @returns {number} milliseconds since 1970 */
  nowMs() {
    return this.#running ? Date.now() + this.#offsetMs : this.#offsetMs;
  }

  /** @returns {number} whole unix seconds */
  now() {
    return Math.floor(this.nowMs() / 1000);
  }

  get running() {
    return this.#running;
  }

  /**
   * Calls `run` once the clock has reached `atMs`. A time already past is due at the next chance, never synchronously.
   * @param {number} atMs milliseconds since 1970
   * @param {() => void} run must not throw
   * @returns {() => void} cancels
   */
  at(atMs, run) {
    if (this.#closed) return () => {};
    const timer = { at: atMs, order: this.#order++, run };
    const index = this.#timers.findIndex((other) => other.at > atMs);
    this.#timers.splice(index === -1 ? this.#timers.length : index, 0, timer);
    this.#arm();
    return () => {
      const found = this.#timers.indexOf(timer);
      if (found !== -1) this.#timers.splice(found, 1);
      this.#arm();
    };
  }

  /**
   * Registers work that the clock cannot hurry (an HTTP request under way): `advance` and `idle` wait for it, so that
   * what it leads to happens at the time it was begun.
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T>} the same promise
   */
  work(promise) {
    const settled = promise.then(
      () => {},
      () => {},
    );
    this.#work.add(settled);
    settled.then(() => this.#work.delete(settled));
    return promise;
  }

  /** Resolves when no work is under way. Waits that need the clock to move are not waited for. */
  async idle() {
    // What a timer or a finished request leads to (the next delivery of a queue) registers itself in the turn that follows.
    await turn();
    while (this.#work.size > 0) {
      await Promise.all(this.#work);
      await turn();
    }
  }

  /**
   * Moves the clock forward, stopping at every timer on the way and letting all work it starts finish first.
   * @param {number} seconds 0 runs what is already due
   */
  advance(seconds) {
    if (!(seconds >= 0)) throw new RangeError('a clock moves forward only');
    const moved = this.#advancing.then(() => this.#advance(seconds));
    this.#advancing = moved.catch(() => {});
    return moved;
  }

  /** @param {number} seconds */
  async #advance(seconds) {
    await this.idle();
    const target = this.nowMs() + seconds * 1000;
    for (;;) {
      const next = this.#timers[0];
      if (this.#closed || !next || next.at > Math.max(target, this.nowMs())) break;
      this.#timers.shift();
      if (next.at > this.nowMs()) this.#offsetMs += next.at - this.nowMs();
      next.run();
      await this.idle();
    }
    if (target > this.nowMs()) this.#offsetMs += target - this.nowMs();
    this.#arm();
  }

  /** Forgets every timer. */
  close() {
    this.#closed = true;
    this.#timers = [];
    clearTimeout(this.#wakeup);
  }

  #arm() {
    if (!this.#running) return;
    clearTimeout(this.#wakeup);
    const next = this.#timers[0];
    if (!next) return;
    const delay = Math.min(Math.max(next.at - this.nowMs(), 0), LONGEST_TIMEOUT_MS);
    this.#wakeup = setTimeout(() => this.#ring(), delay);
    this.#wakeup.unref();
  }

  #ring() {
    for (let next = this.#timers[0]; next && next.at <= this.nowMs(); next = this.#timers[0]) {
      this.#timers.shift();
      next.run();
    }
    this.#arm();
  }
}
