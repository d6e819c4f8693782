/** Faults on demand: what networks, proxies and servers do to deliveries and answers, as often as one asks for it. */

/** Each kind, with the options it takes and their defaults. */
const KINDS = {
  webhook: {
    delay: { seconds: 60 },
    duplicate: {},
    redelivery: {},
    reorder: {},
    drop: {},
    reset: {},
    dns: {},
    refused: {},
    timeout: {},
    tls: {},
  },
  api: {
    '5xx': {},
    429: {},
    garbage: {},
    slow: { milliseconds: 3000 },
    hang: {},
    reset: {},
    resetAfter: {},
  },
};

/** The kinds of fault, by what they befall. */
export const FAULT_KINDS = { webhook: Object.keys(KINDS.webhook), api: Object.keys(KINDS.api) };

/**
 * @typedef {object} FaultOptions
 * @property {'webhook' | 'api'} on what it befalls: a delivery to a shop, or a request to the Greenfield API
 * @property {string} kind
 *   Of a delivery: `delay` (it waits for `seconds` of the simulator's clock, and what is queued behind it waits too),
 *   `duplicate` (the same bytes arrive twice), `redelivery` (it is followed by a redelivery of itself), `reorder` (it
 *   arrives after the webhook's next one), `drop` (it never arrives, and is not tried again), `reset` (it arrives, but
 *   the connection is cut before the answer is read, so that it is tried again), `dns`, `refused`, `timeout`, `tls` (it
 *   never arrives because the shop's name is not found, nobody listens, nobody answers or the certificate is not accepted;
 *   the log says so in the server's words, and it is tried again).
 *   Of a request: `5xx` (503 and an HTML page, as a proxy sends), `429`, `garbage` (200 and no JSON), `slow` (answered
 *   after `milliseconds` of real time), `hang` (never answered), `reset` (cut before anything is done), `resetAfter`
 *   (carried out, then cut).
 * @property {number | 'always'} [times] how often it happens; default 1
 * @property {number} [seconds] of `delay`; default 60
 * @property {number} [milliseconds] of `slow`; default 3000
 * @property {string} [match] only this event type (`InvoiceSettled`) or request (`POST /api/v1/stores/x/invoices`, or
 *   the path alone). A star stands for anything, as in `InvoicePayment*` or `POST *invoices`.
 */

/** @typedef {FaultOptions & { id: string, times: number | 'always' }} Fault `times`: how often it is still to happen */
/** @typedef {{ id: string, on: string, kind: string, subject: string, at: number }} FiredFault `at`: unix seconds */

export class FaultError extends Error {}

export class Faults {
  /** What has happened so far, oldest first. @type {FiredFault[]} */
  fired = [];
  /** @type {Fault[]} */
  #active = [];
  #added = 0;
  /** How many changes there were. */
  changes = 0;
  #clock;

  /** @param {import('../clock.js').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * @param {FaultOptions} options
   * @returns {string} the fault's id
   * @throws {FaultError} naming the option that is wrong
   */
  add(options) {
    const fault = { ...readFault(options), id: String(this.#added + 1) };
    this.#added += 1;
    this.#active.push(fault);
    this.changes += 1;
    return fault.id;
  }

  /** @returns {Fault[]} those still to happen, oldest first */
  list() {
    return this.#active.map((fault) => ({ ...fault }));
  }

  /** @param {string} [id] default: all of them */
  clear(id) {
    this.#active = id === undefined ? [] : this.#active.filter((fault) => fault.id !== id);
    this.changes += 1;
  }

  /**
   * The fault that befalls something now, if any: of those that fit, the one added first.
   * @param {'webhook' | 'api'} on
   * @param {string} subject an event's type, or `METHOD /path`
   * @param {(kind: string) => boolean} [isPossible] which kinds can happen here; default: every one
   * @returns {Fault | undefined}
   */
  take(on, subject, isPossible = () => true) {
    const fault = this.#active.find((one) => one.on === on && isPossible(one.kind) && fits(one.match, subject));
    if (!fault) return undefined;
    if (fault.times !== 'always') {
      fault.times -= 1;
      if (fault.times === 0) this.#active = this.#active.filter((one) => one !== fault);
    }
    this.fired.push({ id: fault.id, on, kind: fault.kind, subject, at: this.#clock.now() });
    this.changes += 1;
    return fault;
  }
}

/**
 * @param {FaultOptions} options
 * @returns {Omit<Fault, 'id'>}
 */
function readFault({ on, kind, times = 1, match, ...durations }) {
  if (!Object.hasOwn(KINDS, on)) throw new FaultError('`on` is `webhook` or `api`.');
  /** @type {Record<string, Record<string, number>>} */
  const kinds = KINDS[on];
  const defaults = Object.hasOwn(kinds, String(kind)) ? kinds[kind] : undefined;
  if (!defaults) throw new FaultError(`\`kind\` of ${on} is one of ${FAULT_KINDS[on].join(', ')}.`);
  if (times !== 'always' && !(Number.isInteger(times) && times > 0))
    throw new FaultError('`times` is a whole number above 0, or `always`.');
  if (match !== undefined && (typeof match !== 'string' || match === ''))
    throw new FaultError('`match` is an event type, or a path with or without its method.');
  /** @type {Record<string, number>} */
  const lengths = { ...defaults };
  for (const [name, length] of Object.entries(durations)) {
    if (length === undefined) continue;
    if (!Object.hasOwn(defaults, name)) throw new FaultError(`\`${kind}\` takes no \`${name}\`.`);
    if (typeof length !== 'number' || !(length >= 0)) throw new FaultError(`\`${name}\` is a number, 0 or more.`);
    lengths[name] = length;
  }
  return { on, kind: String(kind), times, ...lengths, ...(match !== undefined && { match }) };
}

/**
 * Options from where everything is text, such as a form: an empty field is one left out.
 * @param {Record<string, unknown>} fields
 * @returns {FaultOptions} not checked yet
 */
export function faultOf(fields) {
  const numbers = ['times', 'seconds', 'milliseconds'];
  const given = Object.entries(fields).filter(([, value]) => value !== '' && value !== null);
  const entries = given.map(([name, value]) => [
    name,
    numbers.includes(name) && value !== 'always' ? Number(value) : value,
  ]);
  return /** @type {FaultOptions} */ (Object.fromEntries(entries));
}

/**
 * @param {string | undefined} match
 * @param {string} subject
 */
function fits(match, subject) {
  if (match === undefined) return true;
  const pattern = match.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${match.includes(' ') ? '' : '([A-Z]+ )?'}${pattern}$`).test(subject);
}
