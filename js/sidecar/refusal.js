import { parseAccept } from 'hono/utils/accept';

/** @import { KessaiFailure } from '../index.d.ts' */
/** @import { Core } from '../core.js' */

/** What the server itself says no to, by code. The words are the catalogues' (src/messages). */
export const STATUSES = /** @type {const} */ ({
  'sidecar.malformed': 400,
  'sidecar.unauthorized': 401,
  'sidecar.noRoute': 404,
  'sidecar.slowBody': 408,
  'sidecar.tooLarge': 413,
  'sidecar.contentType': 415,
  'sidecar.failed': 500,
  'sidecar.busy': 503,
  'sidecar.stopping': 503,
});

/** @typedef {keyof typeof STATUSES} RefusalCode */

/** Until a client that was told 503 comes again, in seconds. */
const RETRY_AFTER = 1;

/** A request that is answered before the core is asked. */
export class Refusal extends Error {
  /**
   * @param {RefusalCode} code
   * @param {string} [details] for whoever wrote the client; never of what was sent
   */
  constructor(code, details) {
    super(code);
    this.code = code;
    this.details = details;
    this.status = STATUSES[code];
  }
}

/**
 * Refusals in the form of the core's errors. They are told once, at the start: to whoever is refused, the core is not there.
 * @param {Core} core
 */
export function createTeller(core) {
  const codes = /** @type {RefusalCode[]} */ (Object.keys(STATUSES));
  const told = Object.fromEntries(
    ['en', 'ja'].map((language) => [
      language,
      new Map(codes.map((code) => [code, core.call('error.tell', { code, language }).err])),
    ]),
  );

  /**
   * @param {Refusal} refusal
   * @param {string | undefined} accepted the header `accept-language`; English unless it names Japanese first
   * @returns {{ err: KessaiFailure }}
   */
  return ({ code, status, details }, accepted = '') => {
    const wanted = parseAccept(accepted)
      .filter(({ q }) => q > 0)
      .map(({ type }) => type.split('-')[0]?.toLowerCase() ?? '');
    const texts = told[wanted.find((language) => Object.hasOwn(told, language)) ?? 'en'];
    const err = /** @type {KessaiFailure} */ (texts?.get(code));
    return {
      err: {
        ...err,
        ...(status === 503 && { retryAfter: RETRY_AFTER }),
        ...(details !== undefined && { details: { reason: details } }),
      },
    };
  };
}

/** @typedef {ReturnType<typeof createTeller>} Tell */
