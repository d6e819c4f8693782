import { KessaiError } from './error.js';
import { hideRaw, hideRecord, redact, redactHeaders, redactRequest, redactResponse } from './redact.js';
import { Scrubber } from './scrub.js';
import { DOCUMENTS, REQUEST_ID, STEP } from './shown.js';

/** @import { GatewayRequest, GatewayResponse, KessaiFailure, OrderRow, Reply, WebhookAnswer } from './index.d.ts' */
/** @import { Log } from './log.js' */

/** Characters of the shop's own errors. */
const LONGEST_CAUSE = 4000;

/** How many causes of causes. */
const CAUSES = 4;

/**
 * What follows operations for the log of one shop.
 * @param {Log} log
 * @param {object} settings
 */
export function createTrails(log, settings) {
  let runs = 0;
  /** Errors that are in the log: one that passes through two operations is told once. @type {WeakSet<object>} */
  const told = new WeakSet();
  log.debug?.('kessai: settings', safely(() => redact(settings, DOCUMENTS.settings)) ?? {});
  return {
    /**
     * @param {string} op
     * @param {any} input as the caller gave it
     * @param {{ raw?: Uint8Array | undefined, run?: number | undefined }} [more] `run`: the number of the work it is part of
     */
    begin: (op, input, { raw, run = ++runs } = {}) => new Trail({ log, settings, told }, { op, input, raw, run }),
  };
}

/** @typedef {ReturnType<typeof createTrails>} Trails */

/**
 * One operation, from its input to its end. It remembers the documents that pass, and does something with them only where the
 * level asks for it or the operation fails.
 */
export class Trail {
  #log;
  #told;
  #op;
  #input;
  #raw;
  /** The row as it was under the lock. @type {OrderRow | undefined} */
  #row;
  #started = performance.now();
  /** Each reads one document for what must not stand in any text. @type {((scrubber: Scrubber) => void)[]} */
  #readers;
  /** What was hidden of settings and input is not shown of any answer either. @type {Scrubber | undefined} */
  #known;

  /**
   * @param {{ log: Log, settings: object, told: WeakSet<object> }} parts
   * @param {{ op: string, input: any, raw: Uint8Array | undefined, run: number }} what
   */
  constructor({ log, settings, told }, { op, input, raw, run }) {
    this.#log = log;
    this.#told = told;
    this.#op = op;
    this.#input = input;
    this.#raw = raw;
    this.run = run;
    this.#readers = [
      (/** @type {Scrubber} */ scrubber) => {
        redact(settings, DOCUMENTS.settings, scrubber);
        const { headers, ...rest } = input ?? {};
        // A shop may give the order's id as a search term as well: it stays one that is shown.
        redact(rest, DOCUMENTS.input, {
          hide() {},
          misfit() {},
          show: (text) => scrubber.show(text),
          bars: () => false,
        });
        redact(rest, DOCUMENTS.input, scrubber);
        redactHeaders(headers ?? {}, scrubber);
        if (raw) hideRaw(raw, scrubber);
      },
    ];
    this.#write('debug', 'begin', () => ({
      input: redact(input, DOCUMENTS.input, this.#guard),
      headers: input?.headers && redactHeaders(input.headers, this.#guard),
      raw: raw && `[${raw.byteLength} bytes]`,
    }));
  }

  /**
   * What is about to be stored, under the lock.
   * @param {OrderRow} row
   * @param {Reply} reply
   */
  decides(row, { save, ok, effects }) {
    this.#row = row;
    this.#readers.push((scrubber) => {
      redact({ orderId: row.orderId }, DOCUMENTS.ok, scrubber);
      redact(ok, DOCUMENTS.ok, scrubber);
      redact(effects, DOCUMENTS.effects, scrubber);
      hideRecord(row.record, scrubber);
      hideRecord(save, scrubber);
    });
  }

  /**
   * What the core answered, once it is committed.
   * @param {Reply} reply
   */
  decided({ ok, err, send, then, save, effects = [] }) {
    const row = this.#row;
    this.#write('debug', 'decision', () => ({
      record: row && redact(row.record),
      shop: redact(row?.shop, DOCUMENTS.shop, this.#guard),
      ok: redact(ok, this.#op === 'btcpay.getInvoice' ? DOCUMENTS.invoice : DOCUMENTS.ok, this.#guard),
      err: err && this.#veiled(err),
      send: send?.map(({ id }) => redact(id, REQUEST_ID)),
      step: redact(/** @type {any} */ (then)?.step, STEP),
      save: redact(save),
      effects: effects.length > 0 ? redact(effects, DOCUMENTS.effects, this.#guard) : undefined,
    }));
    for (const effect of effects) {
      if (effect.kind === 'status') {
        this.#write('info', 'status', () => ({
          ...this.#subject(ok),
          case: redact(effect.case, DOCUMENTS.ok.case),
          to: redact(effect.to, DOCUMENTS.effects.to, this.#guard),
        }));
      }
    }
  }

  /**
   * Sends requests, and follows each.
   * @param {import('./fetch.js').Send} send
   * @param {GatewayRequest[]} requests
   * @param {number} deadline
   * @param {(string | undefined)[] | undefined} reach addresses that the call itself names
   * @returns {Promise<GatewayResponse[]>}
   */
  send(send, requests, deadline, reach) {
    for (const request of requests) this.#write('debug', 'request', () => redactRequest(request, this.#guard));
    const started = performance.now();
    return send(requests, deadline, reach, (request, response) => {
      this.#readers.push((scrubber) => {
        redactRequest(request, scrubber);
        redactResponse(request, response, scrubber);
      });
      this.#write('debug', 'reply', () => ({ ...redactResponse(request, response, this.#guard), ms: since(started) }));
    });
  }

  /**
   * A webhook whose signature held. Before that nothing of its body is worth a line.
   * @param {unknown} ok of `btcpay.readWebhook`
   */
  verified(ok) {
    this.#write('debug', 'delivery', () => ({
      signed: true,
      body: redact(JSON.parse(new TextDecoder().decode(this.#raw)), DOCUMENTS.webhook, this.#guard),
      ok: redact(ok, DOCUMENTS.ok, this.#guard),
    }));
  }

  /** @param {WebhookAnswer} answer to a webhook */
  answered({ status, body }) {
    this.#write('info', 'answer', () => ({ answer: status, ...JSON.parse(body), ms: since(this.#started) }));
  }

  /** @param {unknown} ok the operation's result */
  done(ok) {
    this.#write('info', '', () => ({ outcome: 'ok', ...this.#subject(ok), ms: since(this.#started) }));
  }

  /** @param {unknown} error a `KessaiError`, or the error of the shop's own database or code */
  failed(error) {
    const { code, answer } = error instanceof KessaiError ? error : { code: 'host.failed', answer: 503 };
    this.#write('info', '', () => ({ outcome: code, ...this.#subject(), ms: since(this.#started) }));
    // What anyone can cause, such as a wrong signature or an old link, must not fill a log of errors.
    if (answer >= 500) this.problem(error);
  }

  /**
   * A line at level error.
   * @param {unknown} error
   */
  problem(error) {
    if (!this.#log.error) return;
    if (typeof error === 'object' && error !== null) {
      if (this.#told.has(error)) return;
      this.#told.add(error);
    }
    this.#write('error', '', () => {
      const isOurs = error instanceof KessaiError;
      return {
        ...this.#subject(),
        ...(isOurs ? this.#veiled(error) : { code: 'host.failed' }),
        cause: this.#cause(isOurs ? error.cause : error, this.#scrubber(true)),
      };
    });
  }

  /**
   * A failure as its caller may see it: a server may repeat what it was sent, the key among it.
   * @param {KessaiFailure} err
   * @returns {KessaiFailure}
   */
  cleaned(err) {
    // The catalogue's own text, and no work for a stranger's wrong signature.
    if (err.details === undefined) return err;
    const scrubber = this.#scrubber(false);
    const cleaned = safely(() => told(err, (text) => scrubber.clean(text)));
    return cleaned ?? { ...failureOf(err), message: err.code, remedy: '' };
  }

  /**
   * A result as its caller may see it: an error that was found may be in the server's own words. The other findings are the
   * catalogue's, with what the owner reads on the server anyway; of these only the secrets of the shop go, because a key that is
   * called `shop` must not take that word out of them.
   * @param {any} ok
   */
  found(ok) {
    if (!Array.isArray(ok?.checks)) return ok;
    const [own, all] = [this.#ownScrubber(), this.#scrubber(false)];
    const checks = ok.checks.map((/** @type {Record<string, string>} */ { meaning, remedy, ...check }) => {
      const scrubber = check.found?.includes('.') ? all : own;
      return {
        ...check,
        meaning: meaning && scrubber.clean(meaning),
        ...(remedy && { remedy: scrubber.clean(remedy) }),
      };
    });
    return { ...ok, checks };
  }

  /** @param {KessaiFailure} err */
  #veiled(err) {
    const scrubber = this.#scrubber(true);
    const { code, message, remedy, retryAfter, details } = told(err, (text) => scrubber.veil(text));
    return { code, message, remedy, retryAfter, details: typeof details === 'string' ? details : undefined };
  }

  /**
   * An error of the shop's own.
   * @param {any} error
   * @param {Scrubber} scrubber
   * @param {number} [depth]
   * @returns {unknown}
   */
  #cause(error, scrubber, depth = 0) {
    if (error === undefined || error === null || depth > CAUSES) return undefined;
    const text = (/** @type {unknown} */ value) =>
      value === undefined
        ? undefined
        : scrubber.clean(String(value).slice(0, 4 * LONGEST_CAUSE)).slice(0, LONGEST_CAUSE);
    if (typeof error !== 'object') return text(error);
    const { name, code, message, stack, cause } = error;
    const nested = this.#cause(cause, scrubber, depth + 1);
    return { name: text(name), code: text(code), message: text(message), stack: text(stack), cause: nested };
  }

  /**
   * What it was about.
   * @param {any} [ok]
   */
  #subject(ok) {
    const input = this.#input;
    const orderId = input?.orderId ?? input?.order?.id ?? this.#row?.orderId ?? ok?.orderId;
    const invoiceId = ok?.invoiceId ?? input?.invoiceId ?? input?.message?.invoiceId;
    return /** @type {object} */ (redact({ orderId, invoiceId, case: ok?.case }, DOCUMENTS.ok, this.#guard));
  }

  get #guard() {
    const known = this.#ownScrubber();
    return { show() {}, hide() {}, misfit() {}, bars: (/** @type {string} */ text) => known.bars(text) };
  }

  #ownScrubber() {
    if (!this.#known) {
      this.#known = new Scrubber({ misfits: false });
      this.#readers[0]?.(this.#known);
    }
    return this.#known;
  }

  /** @param {boolean} misfits whether to take out what is no secret but in the wrong place as well */
  #scrubber(misfits) {
    const scrubber = new Scrubber({ misfits });
    // What cannot be read could hold anything.
    for (const read of this.#readers) if (safely(() => [read(scrubber)]) === undefined) scrubber.hideEverything();
    return scrubber;
  }

  /**
   * @param {'error' | 'info' | 'debug'} level
   * @param {string} event
   * @param {() => object} fields
   */
  #write(level, event, fields) {
    const write = this.#log[level];
    if (!write) return;
    const made = safely(fields) ?? { problem: 'could not be shown' };
    const present = Object.entries(made).filter(([, value]) => value !== undefined);
    write(`kessai: ${this.#op}${event && ` ${event}`}`, { run: this.run, ...Object.fromEntries(present) });
  }
}

/**
 * A failure with every text passed through `clean`.
 * @param {KessaiFailure} err
 * @param {(text: string) => string} clean
 * @returns {KessaiFailure}
 */
function told(err, clean) {
  const { details } = err;
  if (typeof details !== 'object' || details === null) {
    const plain = typeof details === 'string' ? clean(details) : details;
    return { ...failureOf(err), message: clean(err.message), remedy: clean(err.remedy), details: plain };
  }
  // Each by itself first: the core has cut it, and in the middle of the message its end would not be seen.
  let { message, remedy } = err;
  const values = Object.entries(details).map(([name, value]) => {
    if (typeof value === 'number') return [name, value];
    const text = String(value);
    const cleaned = clean(text);
    if (cleaned !== text) {
      message = message.replaceAll(text, () => cleaned);
      remedy = remedy.replaceAll(text, () => cleaned);
    }
    return [name, cleaned];
  });
  return { ...failureOf(err), message: clean(message), remedy: clean(remedy), details: Object.fromEntries(values) };
}

/** @param {KessaiFailure} err of the core, or a `KessaiError` */
function failureOf({ code, message, remedy, retryable, answer, retryAfter }) {
  return { code, message, remedy, retryable, answer, retryAfter };
}

/** @param {number} started */
const since = (started) => Math.round(performance.now() - started);

/**
 * Whatever a shop passes in, to log it breaks nothing.
 * @template T
 * @param {() => T} work
 * @returns {T | undefined}
 */
function safely(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}
