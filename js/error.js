/** @import { KessaiFailure, Reply } from './index.d.ts' */

/**
 * An operation that failed. `code` is stable; `message` and `remedy` are for people, in the language of the settings.
 * Neither holds a secret or anything of a customer.
 */
export class KessaiError extends Error {
  /**
   * @param {KessaiFailure} failure the `err` of a reply
   * @param {ErrorOptions} [options]
   */
  constructor(failure, options) {
    super(failure.message, options);
    this.name = 'KessaiError';
    this.code = failure.code;
    this.remedy = failure.remedy;
    this.retryable = failure.retryable;
    this.answer = failure.answer;
    this.retryAfter = failure.retryAfter;
    this.details = failure.details;
  }

  /** The `err` of a reply again. */
  toJSON() {
    const { code, message, remedy, retryable, answer, retryAfter, details } = this;
    return { code, message, remedy, retryable, answer, retryAfter, details };
  }
}

/**
 * A failure of the host's own, such as `host.trap`, in the words of the core's catalogues.
 * @param {(op: string, input: object) => Reply} call
 * @param {string} code
 * @param {{ language?: string | undefined, details?: string | undefined, cause?: unknown }} [options] `details` tell a developer which
 * @returns {KessaiError}
 */
export function failure(call, code, { language, details, cause } = {}) {
  const { err } = call('error.tell', { code, language });
  return new KessaiError({ .../** @type {KessaiFailure} */ (err), details }, { cause });
}
