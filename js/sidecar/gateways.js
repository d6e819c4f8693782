import { fetch } from 'undici';
import { createSend } from '../fetch.js';
import { createPool } from './pool.js';

/** @import { Send } from '../fetch.js' */
/** @import { Gateway } from './gatewayOptions.js' */
/** @import { Metrics } from './metrics.js' */

/**
 * Sends to these servers and nobody else, over connections that are kept, and counts.
 * @param {object} parts
 * @param {Gateway[]} parts.gateways
 * @param {number} parts.connections to each, at a time
 * @param {Metrics} parts.metrics
 */
export function createGateways({ gateways, connections, metrics }) {
  const ways = new Map(
    gateways.map((gateway) => [gateway.origin, { ...gateway, pool: createPool(gateway, connections) }]),
  );
  const origins = [...ways.keys()];
  const sendAll = createSend({ fetch: /** @type {any} */ (fetchFrom), serverUrl: undefined });

  /**
   * @param {string} url one of a gateway: `createSend` lets no other pass
   * @param {import('undici').RequestInit} init
   */
  async function fetchFrom(url, init) {
    const way = ways.get(new URL(url).origin);
    if (!way) throw Object.assign(new Error('no gateway'), { code: 'KESSAI_BLOCKED' });
    const { pool, valid } = way;
    const now = Date.now();
    // Servers tell this in many ways, some by no word at all.
    if (valid && (now < valid.from || now > valid.to)) {
      throw Object.assign(new Error('our own certificate is not good today'), { code: 'CERT_HAS_EXPIRED' });
    }
    return fetch(url, { ...init, dispatcher: pool });
  }

  /** @type {Send} */
  const send = (requests, deadline, _reach, arrived) => {
    const began = performance.now();
    return sendAll(requests, deadline, origins, (request, response) => {
      const origin = URL.canParse(request.url) ? new URL(request.url).origin : '';
      metrics.exchange({
        gateway: ways.has(origin) ? new URL(origin).host : 'none',
        outcome: 'failure' in response ? response.failure : `${Math.floor(response.status / 100)}xx`,
        ms: performance.now() - began,
      });
      arrived?.(request, response);
    });
  };

  return {
    send,
    /** Ends the connections, once nothing is sent over them any more. */
    close: async () => {
      await Promise.all([...ways.values()].map(({ pool }) => pool.destroy()));
    },
  };
}
