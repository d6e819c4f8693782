import { failure, KessaiError } from '../error.js';
import { jsonOf } from '../json.js';
import { run } from '../runner.js';
import { Refusal } from './refusal.js';
import { replyOf } from './watch.js';

/** @import { GatewayRequest, Reply } from '../index.d.ts' */
/** @import { Core } from '../core.js' */
/** @import { Send } from '../fetch.js' */
/** @import { Watch } from './watch.js' */

/** Requests in one call of `send`; no step of the core has nearly as many. */
const MOST_REQUESTS = 100;

/**
 * What was answered: `body` is JSON text, and `outcome` is `ok`, `send` or an error's code.
 * @typedef {{ body: string, outcome: string }} Answered
 */

/**
 * The three things that the server does for a shop.
 * @param {object} parts
 * @param {Core} parts.core
 * @param {Send} parts.send
 * @param {Watch} parts.watch
 */
export function createSteps({ core, send, watch }) {
  /** @type {(op: string, input: object, raw?: Uint8Array) => any} */
  const call = (op, input, raw) => JSON.parse(core.callText(op, JSON.stringify(input), raw));
  /** @type {(ms: number) => Promise<void>} */
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /**
   * What follows a request for the log: from its beginning where that is read, or else from where there is something to tell.
   * @param {string} op
   * @param {string} text
   * @param {Uint8Array} [raw]
   */
  function following(op, text, raw) {
    let watched = watch.isLoud ? watch.begin(op, text, raw) : undefined;
    return () => {
      watched ??= watch.begin(op, text, raw);
      return watched;
    };
  }

  /**
   * One step of the protocol, text to text.
   * @param {string} op
   * @param {string} text
   * @param {Uint8Array} [raw]
   * @returns {Answered}
   */
  function step(op, text, raw) {
    const watched = following(op, text, raw);
    try {
      const body = core.callText(op, text, raw);
      return stepped(body, replyOf(body), watched);
    } catch (error) {
      return failed(error, watched().trail);
    }
  }

  /**
   * @param {string} body
   * @param {Reply} reply the same, read
   * @param {ReturnType<typeof following>} watched
   * @returns {Answered}
   */
  function stepped(body, reply, watched) {
    if (watch.isLoud || reply.err) watched().stepped(reply);
    return { body, outcome: reply.err?.code ?? (reply.send ? 'send' : 'ok') };
  }

  /**
   * What nobody knows goes to the core, which names the nearest right name. Not into the log: anything may stand there.
   * @param {string} op
   * @param {string} text
   * @param {Uint8Array} [raw]
   * @returns {Answered}
   */
  function unknown(op, text, raw) {
    const body = core.callText(op, text, raw);
    return { body, outcome: replyOf(body).err?.code ?? 'ok' };
  }

  /**
   * An operation without a record, through to its end.
   * @param {string} op
   * @param {string} text
   * @param {Uint8Array | undefined} raw
   * @param {number} deadline on the clock of `performance.now()`
   * @returns {Promise<Answered>}
   */
  async function whole(op, text, raw, deadline) {
    const watched = following(op, text, raw);
    try {
      const body = core.callText(op, text, raw);
      const first = replyOf(body);
      // Most need no network. Settings beside the input, which only a host has that sends for itself, cannot be passed on.
      const given = first.send && objectOf(text);
      if (!given) return stepped(body, first, watched);
      const { trail } = watched();
      const fail = (/** @type {string} */ code, /** @type {string | undefined} */ details) =>
        failure(call, code, { language: languageOf(given), details });
      const ok = await run(
        { call: startingWith(first, call), send, sleep, fail },
        {
          op,
          input: () => given,
          raw,
          order: undefined,
          reach: undefined,
          deadlineMs: deadline - performance.now(),
          trail,
        },
      );
      trail.done(ok);
      return { body: JSON.stringify({ ok: trail.found(ok) }), outcome: 'ok' };
    } catch (error) {
      return failed(error, watched().trail);
    }
  }

  /**
   * The requests of a step whose record has been committed.
   * @param {string} text `{send: [request]}`
   * @param {number} deadline on the clock of `performance.now()`
   * @returns {Promise<Answered>}
   * @throws {Refusal}
   */
  async function sendAll(text, deadline) {
    const requests = objectOf(text)?.send;
    if (!Array.isArray(requests) || requests.length > MOST_REQUESTS || !requests.every(isRequest)) {
      throw new Refusal('sidecar.malformed', 'send is not a list of requests as a step gives them');
    }
    const { trail } = watch.begin('send', '{}');
    const responses = await trail.send(send, requests, deadline, undefined);
    trail.done(undefined);
    return { body: JSON.stringify({ responses }), outcome: 'ok' };
  }

  return { step, unknown, whole, sendAll };
}

/** @typedef {ReturnType<typeof createSteps>} Steps */

/**
 * The core, whose first reply is there already.
 * @param {Reply} first
 * @param {(op: string, input: object, raw?: Uint8Array) => Reply} call
 * @returns {typeof call}
 */
function startingWith(first, call) {
  /** @type {Reply | undefined} */
  let reply = first;
  return (...asked) => {
    const known = reply;
    reply = undefined;
    return known ?? call(...asked);
  };
}

/**
 * @param {unknown} error
 * @param {import('../trail.js').Trail} trail
 * @returns {Answered}
 */
function failed(error, trail) {
  if (!(error instanceof KessaiError)) throw error;
  trail.failed(error);
  return { body: JSON.stringify({ err: error }), outcome: error.code };
}

/**
 * @param {string} text
 * @returns {Record<string, any> | undefined} undefined for anything but an object
 */
function objectOf(text) {
  const document = jsonOf(text);
  return Array.isArray(document) ? undefined : document;
}

/** @param {Record<string, any>} input */
function languageOf({ language, settings }) {
  const told = language ?? settings?.language;
  return typeof told === 'string' ? told : undefined;
}

/**
 * @param {any} request
 * @returns {request is GatewayRequest}
 */
function isRequest(request) {
  const { id, method, url, headers, body, timeoutMs } = request ?? {};
  return (
    [id, method, url].every((text) => typeof text === 'string') &&
    /^(GET|POST|PUT|PATCH|DELETE)$/.test(method) &&
    typeof headers === 'object' &&
    headers !== null &&
    Object.values(headers).every((value) => typeof value === 'string') &&
    (body === undefined || body === null || typeof body === 'string') &&
    Number.isInteger(timeoutMs) &&
    timeoutMs > 0
  );
}
