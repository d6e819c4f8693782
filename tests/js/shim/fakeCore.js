/** @import { Reply } from '../../../js/index.js' */

/**
 * A core whose ops are what the test says. `error.tell` is always there, with the answers of the real one.
 * @param {Record<string, (input: any, raw: Uint8Array | undefined) => Reply>} ops
 */
export function fakeCore(ops) {
  /** @type {{ op: string, input: any, raw: Uint8Array | undefined }[]} */
  const calls = [];
  return {
    calls,
    /** @type {import('../../../js/core.js').Core['call']} */
    call(op, input, raw) {
      if (op === 'error.tell') return { err: fails(/** @type {any} */ (input).code) };
      calls.push({ op, input, raw });
      const perform = ops[op];
      if (!perform) throw new Error(`the test has no ${op}`);
      return perform(input, raw);
    },
  };
}

/** @type {Record<string, number>} */
const ANSWERS = { 'order.unknown': 200, 'webhook.signatureWrong': 401, 'webhook.parsedBody': 500, 'host.trap': 500 };

/**
 * @param {string} code
 * @returns {import('../../../js/index.js').KessaiFailure}
 */
export function fails(code) {
  return {
    code,
    message: `message of ${code}`,
    remedy: `remedy of ${code}`,
    retryable: false,
    answer: ANSWERS[code] ?? 503,
  };
}
