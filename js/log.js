/** @import { Logger, LogLevel } from './index.d.ts' */

/** From nothing to everything. @type {readonly LogLevel[]} */
const LEVELS = ['off', 'error', 'info', 'debug'];

/** @typedef {(message: string, fields: object) => void} Write */

/** What is below the level is not there, so that nobody builds what nobody reads. @typedef {{ error?: Write | undefined, info?: Write | undefined, debug?: Write | undefined }} Log */

/**
 * A shop's logger at a level.
 * @param {{ logger?: Logger | undefined, level?: LogLevel | undefined }} options lines on the console unless there is a logger; `error` unless told
 * @returns {Log} whose functions never throw
 * @throws {TypeError} for a level that does not exist
 */
export function createLog({ logger = lines, level = 'error' }) {
  const rank = LEVELS.indexOf(level);
  if (rank < 0) throw new TypeError(`there is no log level "${level}"; the levels are ${LEVELS.join(', ')}`);
  const [error, info, debug] = /** @type {const} */ (['error', 'info', 'debug']).map((name, at) =>
    at < rank ? writer(logger, name) : undefined,
  );
  return { error, info, debug };
}

/**
 * @param {Logger} logger
 * @param {'error' | 'info' | 'debug'} name
 * @returns {Write | undefined}
 */
function writer(logger, name) {
  if (typeof logger[name] !== 'function') return undefined;
  // pino takes the fields first, and only pino has bindings.
  const isPino = typeof (/** @type {any} */ (logger).bindings) === 'function';
  return (message, fields) => {
    try {
      const args = /** @type {[any, any]} */ (isPino ? [fields, message] : [message, fields]);
      const written = /** @type {unknown} */ (logger[name]?.(...args));
      if (written instanceof Promise) written.catch(() => {});
    } catch {
      // A payment is not lost because a disk is full.
    }
  };
}

/**
 * One line each on stderr, whatever the level: what a program prints on stdout is for others to read.
 * @param {string} level
 * @returns {Write}
 */
const line = (level) => (message, fields) =>
  console.error(`${new Date().toISOString()} ${level} ${message} ${JSON.stringify(fields)}`);

/** @type {Logger} */
const lines = { error: line('error'), info: line('info'), debug: line('debug') };
