import { createAdaptorServer } from '@hono/node-server';
import { createLog } from '../log.js';
import { loadCore } from '../wasm.js';
import { createApp } from './app.js';
import { readDescription } from './description.js';
import { createGateways } from './gateways.js';
import { createGate, createGuard } from './limits.js';
import { createMetrics } from './metrics.js';
import { createTeller } from './refusal.js';
import { listen, withdraw } from './socket.js';
import { createSteps } from './steps.js';
import { createWatch } from './watch.js';

/** @import { Server } from 'node:http' */
/** @import { Core } from '../core.js' */
/** @import { Logger, LogLevel } from '../index.d.ts' */
/** @import { Gateway } from './gatewayOptions.js' */
/** @import { Place } from './socket.js' */

/** What a client may take to send its headers, in milliseconds; the body has the request's own deadline. */
const HEADERS_MS = 10_000;

/** Settings and the headers of a webhook, in `kessai-input`. */
const HEADERS_BYTES = 64 * 1024;

/** Connections for each request that may be worked on: those that wait cost little, but not nothing. */
const CONNECTIONS_PER_REQUEST = 16;

/**
 * @typedef {object} Options
 * @property {Place} place
 * @property {Gateway[]} gateways that requests may go to
 * @property {string[] | undefined} tokens of which requests must bear one
 * @property {number} concurrency requests worked on at a time
 * @property {number} deadlineMs for one request with all that is sent because of it
 * @property {Logger} logger
 * @property {LogLevel | undefined} [logLevel]
 * @property {Core} [core] a fake in tests
 * @property {number} [headersMs]
 */

/**
 * Starts the server. It keeps nothing between requests, so that any number of them stand side by side.
 * @param {Options} options
 */
export async function startServer({
  place,
  gateways,
  tokens,
  concurrency,
  deadlineMs,
  logger,
  logLevel,
  core = loadCore(),
  headersMs = HEADERS_MS,
}) {
  const log = createLog({ logger, level: logLevel });
  const metrics = createMetrics();
  const gate = createGate(concurrency);
  const network = createGateways({ gateways, connections: concurrency, metrics });
  const app = createApp({
    steps: createSteps({ core, send: network.send, watch: createWatch(log) }),
    gate,
    isWelcome: tokens && createGuard(tokens),
    metrics,
    log,
    tell: createTeller(core),
    isReady: () => isWorking(core),
    description: readDescription(),
    deadlineMs,
  });
  const server = /** @type {Server} */ (
    createAdaptorServer({
      fetch: app.fetch,
      serverOptions: {
        headersTimeout: headersMs,
        requestTimeout: headersMs + deadlineMs,
        connectionsCheckingInterval: Math.min(headersMs, 1000),
        keepAliveTimeout: 60_000,
        maxHeaderSize: HEADERS_BYTES,
      },
    })
  );
  // A client that has sent its request and closed its half of the connection still waits for the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.maxConnections = concurrency * CONNECTIONS_PER_REQUEST;
  const address = await listen(server, place, { hasToken: tokens !== undefined });

  /**
   * Takes nobody in any more, and ends with the last request that is being worked on.
   * @returns {Promise<boolean>} whether all were answered
   */
  async function stop() {
    withdraw(place);
    // Who was on the way here when it was told to stop is read by now: one turn of the event loop ends, and one is whole.
    await turn();
    await turn();
    gate.stop();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve('late'), deadlineMs + 1000);
    });
    const isLate = (await Promise.race([closed, late])) === 'late';
    clearTimeout(timer);
    if (isLate) server.closeAllConnections();
    await network.close();
    return !isLate || gate.inFlight === 0;
  }

  return { address, server, stop, gate };
}

/** A turn of the event loop, in which sockets are accepted and read. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** @param {Core} core */
function isWorking(core) {
  try {
    return core.call('error.tell', { code: 'host.trap' }).err?.code === 'host.trap';
  } catch {
    return false;
  }
}
