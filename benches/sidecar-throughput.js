/** The decision of `webhook-decision` over HTTP: one sidecar, and one bare Node server that decides in plain JavaScript. */
import { deepEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exchange, open } from './http.js';
import { raceBatches } from './measure.js';
import { decisionRequests } from './over-http.js';

/** @import { Row } from './run.js' */

/** So many orders in turn, that no text is met again while an engine still remembers it. */
const ORDERS = 64;

/** Kept connections, as many as a small PHP-FPM has workers. */
const CONNECTIONS = 8;

/** The throughput that is asked for, as a part of the peer's. */
const SHARE = 0.7;

/** @returns {Promise<Row[]>} */
export async function measure() {
  const directory = mkdtempSync(join(tmpdir(), 'kessai-bench-'));
  const pairs = Array.from({ length: ORDERS }, (_, no) => decisionRequests(no));
  const ours = await start('../js/sidecar/cli.js', ['serve', '--socket'], join(directory, 'kessai.sock'));
  const peer = await start('bare-server.js', [], join(directory, 'bare.sock'));
  try {
    for (const pair of pairs) {
      for (const request of pair) {
        const [one, other] = await Promise.all([ours, peer].map(({ ask }) => ask([request])));
        deepEqual(JSON.parse(String(one)), JSON.parse(String(other)), 'both decide the same');
      }
    }
    const best = await raceBatches({
      ours: (count) => ours.decide(pairs, count),
      peer: (count) => peer.decide(pairs, count),
    });
    return [{ name: 'sidecar-throughput', value: best.ours, unit: 'µs', peer: best.peer, budget: 1 / SHARE }];
  } finally {
    ours.stop();
    peer.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} script
 * @param {string[]} args
 * @param {string} socket
 */
async function start(script, args, socket) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...args, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(socket)));
  return {
    ask: (/** @type {Buffer[]} */ requests) =>
      exchange(/** @type {import('node:net').Socket} */ (connections[0]), requests),
    /**
     * So many decisions over all connections, each with one request on its way at a time.
     * @param {Buffer[][]} pairs
     * @param {number} count
     */
    async decide(pairs, count) {
      let next = 0;
      const work = connections.map(async (connection) => {
        while (next < count) await exchange(connection, pairs[next++ % pairs.length] ?? []);
      });
      await Promise.all(work);
    },
    stop() {
      for (const connection of connections) connection.destroy();
      child.kill();
    },
  };
}
