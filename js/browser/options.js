/** What a shop may ask for, checked: addresses above all. */
import { textsOf } from './texts.js';

/** @import { CheckoutOptions } from '../browser.js' */

/**
 * @typedef {ReturnType<typeof readOptions>} Checkout
 */

/** @param {CheckoutOptions} options */
export function readOptions({
  invoiceId,
  serverUrl,
  checkoutLink,
  returnUrl,
  statusUrl,
  language,
  texts,
  target,
  signal,
}) {
  // It becomes part of an address.
  if (!/^[\w-]+$/.test(invoiceId ?? '')) throw new TypeError('invoiceId: this is not the id of an invoice');
  const base = baseOf(serverUrl);
  return {
    invoiceId,
    base,
    origin: new URL(base).origin,
    checkoutLink: checkoutLink === undefined ? `${base}/i/${invoiceId}` : httpUrl(checkoutLink, 'checkoutLink').href,
    returnUrl: returnUrl === undefined ? undefined : ownUrl(returnUrl, 'returnUrl'),
    statusUrl: statusUrl === undefined ? undefined : ownUrl(statusUrl, 'statusUrl'),
    texts: { ...textsOf(language ?? document.documentElement.lang), ...texts },
    target: target ?? document,
    signal,
  };
}

/**
 * The address of a server, with its sub-path and without a slash at its end.
 * @param {string} serverUrl
 */
export function baseOf(serverUrl) {
  const { origin, pathname } = httpUrl(serverUrl, 'serverUrl');
  return origin + pathname.replace(/\/+$/, '');
}

/**
 * An address on the shop's own origin: whatever else stands in a page, it cannot send the customer elsewhere.
 * @param {string} text relative to the page, and not to a `<base>` in it
 * @param {string} name
 */
function ownUrl(text, name) {
  const url = httpUrl(text, name, location.href);
  if (url.origin !== location.origin) throw new TypeError(`${name}: it must be on ${location.origin}`);
  return url.href;
}

/**
 * @param {string} text
 * @param {string} name
 * @param {string} [base]
 */
function httpUrl(text, name, base) {
  try {
    const url = new URL(text, base);
    if (/^https?:$/.test(url.protocol)) return url;
  } catch {
    // Told below.
  }
  throw new TypeError(`${name}: it must be an http or https address`);
}
