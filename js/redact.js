import { jsonOf } from './json.js';
import { DOCUMENTS, HEADERS, INVOICE_ID, METHODS, QUERY, REQUEST_ID } from './shown.js';

/** @import { Shape } from './shown.js' */
/** @import { GatewayRequest, GatewayResponse } from './index.d.ts' */

/** Elements of a list that are shown, and members of an object. */
const MOST = 25;

/**
 * What a redaction met: texts that were shown, and texts that were not.
 * @typedef {object} Met
 * @property {(text: string) => void} show
 * @property {(text: string) => void} hide
 * @property {(text: string) => boolean} bars whether it must not be shown, wherever it stands
 * @property {(text: string) => void} misfit not shown because it does not look as its member's values do
 */

/** @type {Met} */
const NOBODY = { show() {}, hide() {}, misfit() {}, bars: () => false };

/**
 * A document as it may be logged: the values of the members that `shape` names, where they look as they should; of every other
 * value its type and size. Names that nobody has listed are counted, for a name can be a secret as well.
 * @param {unknown} value as JSON has them
 * @param {Shape} [shape]
 * @param {Met} [met]
 * @returns {any}
 */
export function redact(value, shape, met = NOBODY) {
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) return list(value, shape, met);
  if (typeof value === 'object') {
    if (isMembers(shape)) return members(value, shape, met);
    hideAll(value, met);
    return size(value);
  }
  if (shape instanceof RegExp) {
    const text = String(value);
    if (shape.test(text) && !met.bars(text)) {
      if (typeof value === 'string') met.show(text);
      return value;
    }
    met.misfit(text);
  } else if (shape === 'own') {
    met.misfit(String(value));
  } else if (shape !== 'free') {
    hideAll(value, met);
  }
  return size(value);
}

/**
 * @param {unknown[]} values
 * @param {Shape | undefined} shape of each
 * @param {Met} met
 */
function list(values, shape, met) {
  if (!shape || shape === 'hidden') {
    hideAll(values, met);
    return size(values);
  }
  const all = values.map((value) => redact(value, shape, met));
  return all.length > MOST ? [...all.slice(0, MOST), `[${all.length - MOST} more]`] : all;
}

/**
 * @param {object} value
 * @param {{ [name: string]: Shape }} shape
 * @param {Met} met
 */
function members(value, shape, met) {
  const entries = [];
  let others = 0;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (Object.hasOwn(shape, name)) {
      entries.push([name, redact(member, shape[name], met)]);
    } else {
      others += 1;
      hideName(name, met);
      hideAll(member, met);
    }
  }
  if (others > 0) entries.push(['others', `[${others}]`]);
  return Object.fromEntries(entries);
}

/**
 * @param {Shape | undefined} shape
 * @returns {shape is { [name: string]: Shape }}
 */
function isMembers(shape) {
  return typeof shape === 'object' && !(shape instanceof RegExp);
}

/** The deepest nesting that is looked through for texts to hide; the core takes less. */
const DEPTH = 64;

/**
 * Every text of a document counts as not shown.
 * @param {unknown} value
 * @param {Met} met
 * @param {number} [depth]
 */
export function hideAll(value, met, depth = 0) {
  if (met === NOBODY) return;
  if (depth > DEPTH) throw new RangeError('nested too deeply');
  if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (!Array.isArray(value)) hideName(name, met);
      hideAll(member, met, depth + 1);
    }
  } else if (typeof value === 'string') {
    const inner = jsonOf(value);
    if (inner) hideAll(inner, met, depth + 1);
    else met.hide(value);
  } else if (typeof value === 'number' && Math.abs(value) >= 10_000) {
    met.hide(String(value));
  }
}

/**
 * A name may be anything, and its parts may be: a record has the facts of a refund under `refund/` and its id.
 * @param {string} name
 * @param {Met} met
 */
function hideName(name, met) {
  for (const part of name.split('/')) if (!/^[a-z]+([A-Z][a-z]*)*\d?$/.test(part)) met.hide(part);
}

/** @param {Met} met @returns {Met} */
const onlyBars = (met) => ({ ...NOBODY, bars: (text) => met.bars(text) });

/** A text of a record that is longer than this, or has the form of an address, is more than a word of ours. */
const WORD = 16;

/**
 * A record is never taken apart but to keep its texts out of others. Invoices are its only names that may be told.
 * @param {string | null | undefined} record
 * @param {Met} met
 */
export function hideRecord(record, met) {
  if (!record) return;
  const document = /** @type {any} */ (jsonOf(record) ?? { record });
  for (const invoice of Object.keys(document.attempts ?? {})) redact(invoice, INVOICE_ID, met);
  const hide = (/** @type {string} */ text) => {
    if (text.length >= WORD || /[@/:]/.test(text)) met.hide(text);
  };
  hideAll(document, { ...NOBODY, hide });
}

/**
 * A body as it came off the wire: JSON, a form, or anything else.
 * @param {Uint8Array} raw
 * @param {Met} met
 */
export function hideRaw(raw, met) {
  const text = new TextDecoder().decode(raw);
  const document = jsonOf(text);
  if (document) redact(document, DOCUMENTS.webhook, met);
  else for (const value of [text, ...new URLSearchParams(text).values()]) met.hide(value);
}

/**
 * A value by its type and size.
 * @param {unknown} value
 * @returns {string | null}
 */
function size(value) {
  if (value === null) return null;
  if (typeof value === 'string') return `[text of ${value.length}]`;
  if (Array.isArray(value)) return `[list of ${value.length}]`;
  if (typeof value === 'object') return `[object of ${Object.keys(value).length}]`;
  return `[${typeof value}]`;
}

/**
 * A text that ought to be JSON, such as the body of a reply.
 * @param {string | undefined} text
 * @param {Shape} shape
 * @param {Met} [met]
 */
export function redactText(text, shape, met) {
  const document = text === undefined ? undefined : jsonOf(text);
  return redact(document ?? text, document ? shape : undefined, met);
}

/**
 * A request as it may be logged.
 * @param {GatewayRequest} request
 * @param {Met} [met]
 */
export function redactRequest({ id, method, url, headers, body, timeoutMs }, met) {
  return {
    id: redact(id, REQUEST_ID),
    method: redact(method, METHODS),
    url: redactUrl(url, met),
    headers: redactHeaders(headers),
    body: redactText(body, DOCUMENTS.request, met),
    timeoutMs,
  };
}

/**
 * A reply as it may be logged; what its body may show depends on the route that was asked.
 * @param {GatewayRequest} request
 * @param {GatewayResponse} response
 * @param {Met} [met]
 */
export function redactResponse({ url }, response, met) {
  const id = redact(response.id, REQUEST_ID);
  if ('failure' in response) return { id, failure: response.failure };
  const { status, headers } = response;
  const body = 'body' in response ? redactText(response.body, documentOf(url), met) : size(response.bodyBase64);
  return { id, status, headers: redactHeaders(headers, met && onlyBars(met)), body };
}

/** @param {string} url */
function documentOf(url) {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  if (/\/invoices(\/[^/]+(\/(un)?archive|\/status)?)?$/.test(path)) return DOCUMENTS.invoice;
  if (/\/invoices\/[^/]+\/payment-methods$/.test(path)) return DOCUMENTS.methods;
  if (/\/stores\/[^/]+(\/webhooks(\/[^/]+)?)?$/.test(path)) return DOCUMENTS.store;
  return DOCUMENTS.reply;
}

/**
 * Path and query names of a URL; the values of few parameters, and of the path the words of the API and the ids of stores and
 * invoices. A pull payment's id is all that one needs to claim its money. No host: it says whose shop this is.
 * @param {string} url
 * @param {Met} [met]
 * @returns {string}
 */
export function redactUrl(url, met = NOBODY) {
  if (!URL.canParse(url)) return /** @type {string} */ (size(url));
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.split('/');
  const path = segments.map((segment, at) => {
    if (['stores', 'invoices'].includes(segments[at - 1] ?? '')) return redact(segment, INVOICE_ID, met);
    return /^([a-z]{1,16}(-[a-z]{1,16}){0,2}|v\d)?$/.test(segment) ? segment : size(segment);
  });
  const query = [...searchParams].map(([name, value]) => {
    const form = Object.hasOwn(QUERY, name) ? QUERY[name] : undefined;
    return form === undefined ? size(name) : `${name}=${redact(value, form, met)}`;
  });
  return path.join('/') + (query.length > 0 ? `?${query.slice(0, MOST).join('&')}` : '');
}

/**
 * The names of headers, and the values of those that are known. Others count as secrets where they are long enough for one.
 * @param {Record<string, string>} headers
 * @param {Met} [met]
 */
export function redactHeaders(headers, met = NOBODY) {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const hide = (/** @type {string} */ text) => {
    if (text.length >= WORD) met.hide(text);
  };
  return redact(Object.fromEntries(lower), HEADERS, { ...onlyBars(met), hide });
}
