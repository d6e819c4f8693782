import { pino } from 'pino';

/** @import { DestinationStream, Logger } from 'pino' */

/** stderr, written to at once: what was told before a kill is there after it. */
const stderr = () => pino.destination({ dest: 2, sync: true });

/**
 * One JSON object a line. The level is that of js/log.js, and so is what is shown: nothing is made of what comes here.
 * @param {DestinationStream} [destination]
 * @returns {Logger}
 */
export const createLogger = (destination = stderr()) =>
  pino({ level: 'debug', serializers: { err: (error) => error } }, destination);
