/** @import { GatewayRequest, GatewayResponse, TransportFailure } from './index.d.ts' */

/** The largest body of a reply, in bytes. */
const BODY_LIMIT = 1024 * 1024;

/**
 * Codes of Node's sockets, DNS, TLS and undici. What is not here is `reset`: the request may or may not have arrived, which
 * is the assumption that can never charge twice.
 * @type {{ [code: string]: TransportFailure }}
 */
const FAILURES = {
  __proto__: /** @type {any} */ (null),
  TimeoutError: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'offline',
  ENETDOWN: 'offline',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  CERT_REVOKED: 'tls',
  CERT_UNTRUSTED: 'tls',
  CERT_SIGNATURE_FAILURE: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  UND_ERR_HEADERS_OVERFLOW: 'tooLarge',
  // Our own: what js/screen.js refuses, and a proxy that lets nothing through.
  KESSAI_BLOCKED: 'blocked',
  KESSAI_NO_TUNNEL: 'refused',
};

/**
 * What only a handshake ends with, in OpenSSL's words: neither side knows how to speak with the other, or one does not take the other's
 * certificate. Any other error of TLS may come when the request has long arrived.
 */
const HANDSHAKE =
  /^ERR_TLS_|^ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|TLSV1_UNRECOGNIZED_NAME)$|^ERR_SSL_\w+_ALERT_(HANDSHAKE_FAILURE|PROTOCOL_VERSION|INSUFFICIENT_SECURITY|NO_APPLICATION_PROTOCOL|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR|\w*CERTIFICATE\w*)$/;

/**
 * The word of the protocol for an error of `fetch` or of a DNS look-up.
 * @param {unknown} error
 * @returns {TransportFailure}
 */
export function failureOf(error) {
  const { name, code, cause } = /** @type {{ name?: string, code?: unknown, cause?: unknown }} */ (error ?? {});
  if (typeof code === 'string' && HANDSHAKE.test(code)) return 'tls';
  return FAILURES[String(code)] ?? FAILURES[String(name)] ?? (cause ? failureOf(cause) : 'reset');
}

/**
 * @typedef {object} Transport
 * @property {typeof globalThis.fetch} fetch
 * @property {string | undefined} serverUrl whose origin may be reached, and no other but those that a call itself names
 * @property {((hostname: string) => Promise<TransportFailure | undefined>) | undefined} [screen] looks at the addresses of a host before it is reached
 */

/**
 * @callback Send all at once; never rejects
 * @param {GatewayRequest[]} requests
 * @param {number} deadline on the clock of `performance.now()`
 * @param {(string | undefined)[] | undefined} [reach] addresses whose origins may be reached as well
 * @param {(request: GatewayRequest, response: GatewayResponse) => void} [arrived] is told of each
 * @returns {Promise<GatewayResponse[]>}
 */

/**
 * Sends what the core asks for: to the configured server and nobody else, following no redirect, and never rejecting,
 * because a failure is a response too.
 * @param {Transport} transport
 * @returns {Send}
 */
export function createSend(transport) {
  /**
   * @param {GatewayRequest} request
   * @param {number} deadline
   * @param {(string | undefined)[]} allowed
   * @returns {Promise<GatewayResponse>}
   */
  async function sendOne(request, deadline, allowed) {
    const { id, url, method, timeoutMs } = request;
    const origin = originOf(url);
    if (origin === undefined || !allowed.includes(origin)) return { id, failure: 'blocked' };
    const rest = Math.floor(Math.min(timeoutMs, deadline - performance.now()));
    if (rest <= 0) return { id, failure: 'timeout' };
    const signal = AbortSignal.timeout(rest);
    const first = await exchange(transport, request, signal);
    // Only what changes nothing may be sent twice, and only where no answer came.
    const again = method === 'GET' && 'failure' in first && (first.failure === 'refused' || first.failure === 'reset');
    return again ? exchange(transport, request, signal) : first;
  }

  return (requests, deadline, reach = [], arrived = undefined) => {
    const allowed = [transport.serverUrl, ...reach].map((address) => originOf(address?.trim() ?? ''));
    return Promise.all(
      requests.map(async (request) => {
        const response = await sendOne(request, deadline, allowed);
        arrived?.(request, response);
        return response;
      }),
    );
  };
}

/**
 * @param {Transport} transport
 * @param {GatewayRequest} request
 * @param {AbortSignal} signal
 * @returns {Promise<GatewayResponse>}
 */
async function exchange({ fetch, screen }, { id, method, url, headers, body }, signal) {
  try {
    const refused = screen && (await abortable(screen(new URL(url).hostname), signal));
    if (refused) return { id, failure: refused };
    const response = await fetch(url, { method, headers, body: body ?? null, redirect: 'manual', signal });
    const bytes = await readCapped(response.body, BODY_LIMIT);
    if (!bytes) return { id, failure: 'tooLarge' };
    return { id, status: response.status, headers: Object.fromEntries(response.headers), ...bodyOf(bytes) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

/**
 * @param {string} url
 * @returns {string | undefined} undefined for what is not a URL
 */
function originOf(url) {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/**
 * A DNS look-up cannot be aborted, only left behind.
 * @template T
 * @param {Promise<T>} work
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function abortable(work, signal) {
  return Promise.race([
    work,
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ]);
}

/**
 * All bytes of a stream, or undefined where there are more than `limit`; the rest is then never read.
 * @param {ReadableStream<Uint8Array> | null} stream
 * @param {number} limit
 * @returns {Promise<Uint8Array | undefined>}
 */
export async function readCapped(stream, limit) {
  const chunks = [];
  let length = 0;
  if (stream) {
    const reader = stream.getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      const chunk = /** @type {Uint8Array} */ (value);
      length += chunk.byteLength;
      if (length > limit) {
        // Only a courtesy to the sender: that it fails changes nothing.
        reader.cancel().catch(() => {});
        return undefined;
      }
      chunks.push(chunk);
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ body: string } | { bodyBase64: string }}
 */
function bodyOf(bytes) {
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    let binary = '';
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return { bodyBase64: btoa(binary) };
  }
}
