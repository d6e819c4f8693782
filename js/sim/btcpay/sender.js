/** One HTTP request as .NET's HttpClient makes it for BTCPay Server: redirects followed, any 2xx at the end a success. */
import http from 'node:http';
import https from 'node:https';
import { messageOf, messageOfError } from './netErrors.js';
import { isAllowed } from './webhooks.js';

const MOST_REDIRECTS = 50;

/**
 * @typedef {object} Outcome
 * @property {number | null} httpCode
 * @property {string | null} errorMessage
 * @property {'Failed' | 'HttpError' | 'HttpSuccess'} status
 * @property {boolean} [bodyLost] a redirect made it a GET without body and signature
 */

/** @typedef {{ signal: AbortSignal, hangsUp: boolean, trustsLoopback: boolean }} Wire */

/**
 * @typedef {object} Conditions
 * @property {number} timeoutMs for an answer, on the wall clock
 * @property {AbortSignal} closing gives up
 * @property {boolean} trustsLoopback any certificate of a loopback address will do
 * @property {boolean} hangsUp the connection is cut once the shop answers, before the answer is read
 */

/**
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {string} body
 * @param {Conditions} conditions
 * @returns {Promise<Outcome>} never rejects
 */
export async function sendWebhook(url, headers, body, { timeoutMs, closing, ...manner }) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([timeout, closing]);
  try {
    const { httpCode, bodyLost } = await follow(new URL(url), headers, body, { signal, ...manner });
    if (httpCode >= 200 && httpCode < 300) return { httpCode, errorMessage: null, status: 'HttpSuccess', bodyLost };
    return { httpCode, errorMessage: `HTTP Error Code ${httpCode}`, status: 'HttpError', bodyLost };
  } catch (error) {
    const errorMessage = signal.aborted ? messageOf('timeout', url) : messageOfError(/** @type {Error} */ (error), url);
    return { httpCode: null, errorMessage, status: 'Failed' };
  }
}

/**
 * @param {URL} url
 * @param {Record<string, string>} headers
 * @param {string} body
 * @param {Wire} wire
 * @returns {Promise<{ httpCode: number, bodyLost: boolean }>} of the last answer
 */
async function follow(url, headers, body, wire) {
  let method = 'POST';
  for (let hop = 0; ; hop += 1) {
    if (!isAllowed(url)) throw new Error(`This is a simulator: it does not send to ${url.hostname}`);
    const { 'Content-Type': type, 'BTCPay-Sig': signature, ...rest } = headers;
    const sent = method === 'POST' ? headers : rest;
    const { status, location } = await request(url, method, sent, method === 'POST' ? body : '', wire);
    const next = location !== undefined && URL.canParse(location, url) ? new URL(location, url) : null;
    const isRedirect = [300, 301, 302, 303, 307, 308].includes(status);
    if (!isRedirect || !next || hop === MOST_REDIRECTS || (url.protocol === 'https:' && next.protocol === 'http:')) {
      return { httpCode: status, bodyLost: method === 'GET' };
    }
    // A POST that was moved becomes a GET, and leaves its body and the body's headers behind, the signature among them.
    if (status <= 303) method = 'GET';
    url = next;
  }
}

/**
 * @param {URL} url
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {string} body
 * @param {Wire} wire
 * @returns {Promise<{ status: number, location: string | undefined }>}
 */
function request(url, method, headers, body, { signal, hangsUp, trustsLoopback }) {
  return new Promise((resolve, reject) => {
    const { request: open } = url.protocol === 'https:' ? https : http;
    const length = method === 'POST' ? { 'Content-Length': Buffer.byteLength(body) } : {};
    // It never sends anywhere else than to loopback.
    const rejectUnauthorized = !trustsLoopback;
    const options = { method, headers: { ...headers, ...length }, signal, agent: false, rejectUnauthorized };
    const outgoing = open(url, options, (answer) => {
      answer.on('error', reject);
      if (hangsUp) {
        reject(new Error('The connection was cut before the answer was read'));
        return answer.destroy();
      }
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, location: answer.headers.location }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
