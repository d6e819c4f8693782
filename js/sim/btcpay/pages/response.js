import { Raw } from '../raw.js';

/**
 * The headers of a page. The referrer stays within the simulator: with `no-referrer`, browsers send `Origin: null` with
 * a plain form, and such a form could not be told from one of another site.
 * @param {{ formAction?: string, framed?: boolean, referrer?: string }} [options] `formAction`: where forms may go;
 *   `framed`: other sites may show it in a frame, as BTCPay Server allows for its checkout
 * @returns {Record<string, string>}
 */
function headersOf({ formAction = "'self'", framed = false, referrer = 'same-origin' } = {}) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src data:',
    "connect-src 'self'",
    `form-action ${formAction}`,
    "base-uri 'none'",
    ...(framed ? [] : ["frame-ancestors 'none'"]),
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cache-Control': 'no-store',
    'Referrer-Policy': referrer,
    'X-Content-Type-Options': 'nosniff',
    ...(framed ? {} : { 'X-Frame-Options': 'DENY' }),
  };
}

/**
 * @param {string} text
 * @param {Parameters<typeof headersOf>[0] & { status?: number }} [options]
 */
export const htmlOf = (text, { status = 200, ...options } = {}) =>
  new Raw(text, 'text/html; charset=utf-8', { status, headers: headersOf(options) });

/** @param {unknown} value */
export const jsonOf = (value) =>
  new Raw(JSON.stringify(value), 'application/json; charset=utf-8', { headers: headersOf() });

/**
 * @param {string} text
 * @param {string} type
 */
export const assetOf = (text, type) =>
  new Raw(text, type, { headers: { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } });

/**
 * @param {string} location
 * @param {302 | 303} [status]
 */
export const redirectTo = (location, status = 302) =>
  new Raw('', '', { status, headers: { Location: location, 'Cache-Control': 'no-store' } });
