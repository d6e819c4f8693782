import { KessaiError } from './error.js';
import { readCapped } from './fetch.js';

/** @import { Kessai, Reply, WebhookAnswer } from './index.d.ts' */
/** @import { Trail, Trails } from './trail.js' */

/** The largest body of a webhook, in bytes; BTCPay Server's are a few kilobytes. */
const BODY_LIMIT = 1024 * 1024;

/** A delivery blocks all later ones of its webhook until it is answered (BTCPay Server 2.4.1, WebhookSender), in milliseconds. */
const ANSWER_WITHIN_MS = 10_000;

/** Leaves a second to commit and to answer. */
export const WEBHOOK_DEADLINE_MS = 9_000;

/**
 * Bytes of a raw body.
 * @param {unknown} body
 * @param {(code: string) => KessaiError} fail
 * @returns {Uint8Array}
 * @throws {KessaiError} `webhook.parsedBody` for anything that is not bytes or text
 */
export function rawBytes(body, fail) {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  // Not by `instanceof`: test runners and frameworks bring Buffers and Headers of another realm.
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]') {
    return new Uint8Array(/** @type {ArrayBuffer} */ (body));
  }
  throw fail('webhook.parsedBody');
}

/**
 * @param {unknown} headers
 * @returns {headers is Headers}
 */
function isHeaders(headers) {
  return typeof (/** @type {Partial<Headers> | undefined} */ (headers)?.get) === 'function';
}

/**
 * @param {unknown} headers a `Headers`, or a plain object as of `node:http`
 * @returns {Record<string, string>} by lower-case name
 */
function plainHeaders(headers) {
  if (isHeaders(headers)) return Object.fromEntries(headers.entries());
  const present = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/**
 * @param {number} status
 * @param {{ note: string } | { code: string }} body
 * @returns {WebhookAnswer}
 */
function answer(status, body) {
  return { status, body: JSON.stringify(body) };
}

/**
 * The whole of a webhook: verify, find the order, apply. Every outcome is an answer and nothing is thrown, not even for a
 * body that was parsed on its way: what anyone may send to a public route must not end the process of a shop whose
 * framework leaves rejections unhandled.
 * @param {object} parts
 * @param {(input: { headers: Record<string, string> }, raw: Uint8Array) => Reply} parts.read
 * @param {(message: { orderId?: string, invoiceId?: string, message: unknown }, run: number) => Promise<any>} parts.apply
 * @param {Trails} parts.trails
 * @param {(code: string) => KessaiError} parts.fail
 * @returns {(body: unknown, headers: unknown) => Promise<WebhookAnswer>}
 */
export function createWebhook({ read, apply, trails, fail }) {
  /**
   * @param {Uint8Array} raw
   * @param {Record<string, string>} headers
   * @param {Trail} trail
   * @returns {Promise<WebhookAnswer>}
   */
  async function decide(raw, headers, trail) {
    if (raw.byteLength > BODY_LIMIT) return answer(413, { code: 'webhook.tooLarge' });
    const { ok, err } = read({ headers }, raw);
    if (err) throw new KessaiError(trail.cleaned(err));
    trail.verified(ok);
    const found = /** @type {any} */ (ok);
    if (found.ignored) return answer(found.answer, { note: found.ignored });
    const { orderId, invoiceId, message } = found;
    const applied = await apply({ orderId, invoiceId, message }, trail.run);
    return answer(found.answer, { note: applied.ignored ?? applied.case });
  }

  /**
   * @param {unknown} error
   * @param {Trail} trail
   * @returns {WebhookAnswer}
   */
  function answerError(error, trail) {
    // The shop's own database or code. Its error is shown to nobody but the shop's log.
    const { code, answer: status } = error instanceof KessaiError ? error : { code: 'host.failed', answer: 503 };
    if (status >= 500) trail.problem(error);
    return answer(status, status < 400 ? { note: code } : { code });
  }

  /**
   * @param {unknown} body
   * @param {unknown} given
   * @returns {Promise<WebhookAnswer>}
   */
  async function take(body, given) {
    /** @type {Trail | undefined} */
    let trail;
    let answered;
    try {
      const raw = rawBytes(body, fail);
      const headers = plainHeaders(given);
      trail = trails.begin('webhook', { headers }, { raw });
      answered = await decide(raw, headers, trail);
    } catch (error) {
      trail ??= trails.begin('webhook', {});
      answered = answerError(error, trail);
    }
    trail.answered(answered);
    return answered;
  }

  return (body, headers) => inTime(take(body, headers));
}

/**
 * @param {Promise<WebhookAnswer>} work never rejects; what is late goes on, and is idempotent
 * @returns {Promise<WebhookAnswer>}
 */
async function inTime(work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<WebhookAnswer>} */
  const expiry = new Promise((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS, answer(503, { code: 'webhook.deadline' }));
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A fetch-style route for BTCPay Server's webhook. Mount it on a path of its own; it needs no session and no CSRF token.
 * @param {Pick<Kessai, 'webhook'>} kessai
 * @returns {(request: Request) => Promise<Response>}
 */
export function webhookHandler(kessai) {
  return async (request) => {
    // Not an unread web `Request`: an object of some framework, which `kessai.webhook` refuses with the reason.
    if (!isHeaders(request?.headers) || request.bodyUsed) {
      return respond(await kessai.webhook(/** @type {any} */ (request), {}));
    }
    if (request.method !== 'POST') return respond(answer(405, { code: 'webhook.method' }), { allow: 'POST' });
    return respond(await inTime(receive(kessai, request)));
  };
}

/**
 * @param {Pick<Kessai, 'webhook'>} kessai
 * @param {Request} request
 * @returns {Promise<WebhookAnswer>}
 */
async function receive(kessai, request) {
  let body;
  try {
    body = await readCapped(request.body, BODY_LIMIT);
  } catch {
    // Of the 4xx, BTCPay Server (2.3.4 and later) sends a 408 again.
    return answer(408, { code: 'webhook.cutOff' });
  }
  return body ? kessai.webhook(body, request.headers) : answer(413, { code: 'webhook.tooLarge' });
}

/**
 * @param {WebhookAnswer} answer
 * @param {Record<string, string>} [headers]
 * @returns {Response}
 */
function respond({ status, body }, headers) {
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
}
