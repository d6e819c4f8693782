import { hostname } from 'node:os';

/** @import { Logger } from '../index.d.ts' */

/** The numbers of pino's levels. */
const LEVELS = { debug: 20, info: 30, error: 50 };

/**
 * One JSON object a line, in the members that pino writes, so that what reads pino's lines reads these.
 * @param {(line: string) => void} write
 * @returns {Logger}
 */
export function jsonLines(write) {
  const fixed = { pid: process.pid, hostname: hostname() };
  const line =
    (/** @type {keyof typeof LEVELS} */ level) => (/** @type {string} */ msg, /** @type {object} */ fields) =>
      write(`${JSON.stringify({ level: LEVELS[level], time: Date.now(), ...fixed, ...fields, msg })}\n`);
  return { debug: line('debug'), info: line('info'), error: line('error') };
}
