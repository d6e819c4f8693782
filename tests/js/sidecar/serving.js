/** The sidecar in this process, on a socket of its own, and a client that says exactly what it is told to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../js/sidecar/logger.js';
import { startServer } from '../../../js/sidecar/server.js';
import { createClient } from './client.js';

/** @param {import('node:test').TestContext | { after: (work: () => void) => void }} t */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'kessai-sidecar-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<import('../../../js/sidecar/server.js').Options> & { origins?: string[] }} [options] `origins`: of gateways that are
 *   reached as any other is
 */
export async function serving(t, { origins = [], ...options } = {}) {
  /** @type {string[]} */
  const lines = [];
  const path = join(folder(t), 'kessai.sock');
  const server = await startServer({
    place: { path },
    gateways: origins.map((origin) => ({ origin })),
    tokens: undefined,
    concurrency: 8,
    deadlineMs: 5000,
    logger: createLogger({ write: (line) => void lines.push(line) }),
    logLevel: 'off',
    ...options,
  });
  const { ask, post } = createClient(path, t);
  t.after(async () => {
    server.server.closeAllConnections();
    server.server.close();
  });

  return {
    path,
    lines,
    ...server,
    ask,
    post,
    /**
     * Bytes as they are; the connection's answer, once the server has closed it.
     * @param {string} bytes
     * @param {{ half?: boolean }} [how] `half`: closes this side after them
     * @returns {Promise<string>}
     */
    say: (bytes, { half = false } = {}) =>
      new Promise((resolve, reject) => {
        const socket = connect({ path, allowHalfOpen: true });
        let said = '';
        socket.setEncoding('utf8');
        socket.on('data', (chunk) => {
          said += chunk;
        });
        socket.on('end', () => {
          socket.end();
          resolve(said);
        });
        socket.on('error', (error) => (said ? resolve(said) : reject(error)));
        if (half) socket.end(bytes);
        else socket.write(bytes);
      }),
  };
}
