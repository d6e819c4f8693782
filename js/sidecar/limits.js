import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.js';

/**
 * How much is worked on at a time. What is above is refused at once: a queue without an end would answer everybody too late.
 * @param {number} most
 */
export function createGate(most) {
  let inFlight = 0;
  let isStopping = false;
  return {
    get inFlight() {
      return inFlight;
    },
    get isStopping() {
      return isStopping;
    },
    /** From here on nobody comes in. */
    stop() {
      isStopping = true;
    },
    /**
     * @template T
     * @param {() => Promise<T>} work
     * @returns {Promise<T>}
     * @throws {Refusal}
     */
    async pass(work) {
      if (isStopping) throw new Refusal('sidecar.stopping');
      if (inFlight >= most) throw new Refusal('sidecar.busy');
      inFlight += 1;
      try {
        return await work();
      } finally {
        inFlight -= 1;
      }
    },
  };
}

/** @typedef {ReturnType<typeof createGate>} Gate */

/** @param {string} text */
const digest = (text) => createHash('sha256').update(text).digest();

/**
 * Whether a request bears one of the tokens, compared in constant time.
 * @param {string[]} tokens
 * @returns {(authorization: string | null) => boolean}
 */
export function createGuard(tokens) {
  const welcome = tokens.map((token) => digest(`Bearer ${token}`));
  return (authorization) => {
    const given = digest(authorization ?? '');
    return welcome.some((expected) => timingSafeEqual(given, expected));
  };
}

/**
 * When a request must be done with all that is sent because of it.
 * @param {string | null} wanted milliseconds, of the header `kessai-timeout-ms`
 * @param {number} most milliseconds
 * @returns {number} on the clock of `performance.now()`
 * @throws {Refusal}
 */
export function deadlineOf(wanted, most) {
  if (wanted !== null && !/^[1-9]\d{0,8}$/.test(wanted)) {
    throw new Refusal('sidecar.malformed', 'the header kessai-timeout-ms is no whole number of milliseconds');
  }
  return performance.now() + Math.min(wanted === null ? most : Number(wanted), most);
}
