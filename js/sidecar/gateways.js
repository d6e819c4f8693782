import { createSend } from '../fetch.js';
import { UsageError } from './usageError.js';

/** @import { Send } from '../fetch.js' */
/** @import { Metrics } from './metrics.js' */

/**
 * The origins that requests may go to.
 * @param {string[]} addresses
 * @returns {string[]}
 * @throws {UsageError} for what is no address, and for one whose connection anybody could read
 */
export function readGateways(addresses) {
  return addresses.map((address) => {
    const { protocol, hostname, origin } = URL.canParse(address) ? new URL(address) : { protocol: '' };
    const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname ?? '');
    if (origin && (protocol === 'https:' || (protocol === 'http:' && isLoopback))) return origin;
    throw new UsageError(`--gateway takes an https address, or one of http on this machine; not "${address}"`);
  });
}

/**
 * Sends to these origins and nobody else, and counts.
 * @param {object} parts
 * @param {string[]} parts.origins
 * @param {import('../fetch.js').Transport['screen']} parts.screen
 * @param {Metrics} parts.metrics
 * @returns {Send}
 */
export function createGateways({ origins, screen, metrics }) {
  const send = createSend({ fetch: globalThis.fetch, screen, serverUrl: undefined });
  return (requests, deadline, _reach, arrived) => {
    const began = performance.now();
    return send(requests, deadline, origins, (request, response) => {
      const origin = URL.canParse(request.url) ? new URL(request.url).origin : '';
      metrics.exchange({
        gateway: origins.includes(origin) ? new URL(origin).host : 'none',
        outcome: 'failure' in response ? response.failure : `${Math.floor(response.status / 100)}xx`,
        ms: performance.now() - began,
      });
      arrived?.(request, response);
    });
  };
}
