/** @import { KessaiFailure } from '../index.d.ts' */

/**
 * What the server itself says no to, in the form of the core's errors. A webhook is answered 503 for each, so that it comes again.
 * @type {Record<string, { status: number, message: string, remedy: string, retryable?: boolean }>}
 */
const REFUSALS = {
  'sidecar.malformed': {
    status: 400,
    message: 'The request cannot be read.',
    remedy: 'See docs/manual/sidecar.md for the form of a request.',
  },
  'sidecar.unauthorized': {
    status: 401,
    message: 'The bearer token is missing or wrong.',
    remedy: 'Send "authorization: Bearer ..." with the token of the file that the server was started with.',
  },
  'sidecar.noRoute': {
    status: 404,
    message: 'There is no such route.',
    remedy: 'GET /openapi.json lists them.',
  },
  'sidecar.slowBody': {
    status: 408,
    message: 'The body did not arrive within the time for this request.',
    remedy: 'Try again; look at the way between the shop and the server where it happens often.',
    retryable: true,
  },
  'sidecar.tooLarge': {
    status: 413,
    message: 'The body is larger than any input can be.',
    remedy: 'Pass a webhook on as it came, and nothing above 1 MB.',
  },
  'sidecar.contentType': {
    status: 415,
    message: 'The content type is neither application/json nor application/octet-stream.',
    remedy: 'Name the type of the body.',
  },
  'sidecar.failed': {
    status: 500,
    message: 'The server failed.',
    remedy: 'Its log has the reason. Please report it.',
  },
  'sidecar.busy': {
    status: 503,
    message: 'As many requests as were allowed are being worked on.',
    remedy:
      'Try again after a second; start the server with a higher --concurrency, or more of them, where it happens often.',
    retryable: true,
  },
  'sidecar.stopping': {
    status: 503,
    message: 'The server is stopping.',
    remedy: 'Try again after a second.',
    retryable: true,
  },
};

/** A request that is answered before the core is asked. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} [details] for whoever wrote the client; never of what was sent
   */
  constructor(code, details) {
    super(code);
    this.code = code;
    this.details = details;
  }

  get status() {
    return REFUSALS[this.code]?.status ?? 500;
  }

  /** @returns {{ err: KessaiFailure }} */
  body() {
    const { message = '', remedy = '', retryable = false } = REFUSALS[this.code] ?? {};
    const retryAfter = this.status === 503 ? { retryAfter: 1 } : {};
    const details = this.details === undefined ? {} : { details: { reason: this.details } };
    return { err: { code: this.code, message, remedy, retryable, answer: 503, ...retryAfter, ...details } };
  }
}
