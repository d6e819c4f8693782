/** The sidecar in this process, on a socket of its own, and a client that says exactly what it is told to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { jsonLines } from '../../../js/sidecar/jsonLines.js';
import { startServer } from '../../../js/sidecar/server.js';

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string, json: any }} Answer */

/** @param {import('node:test').TestContext | { after: (work: () => void) => void }} t */
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'kessai-sidecar-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<import('../../../js/sidecar/server.js').Options>} [options]
 */
export async function serving(t, options = {}) {
  /** @type {string[]} */
  const lines = [];
  const path = join(folder(t), 'kessai.sock');
  const server = await startServer({
    place: { path },
    origins: [],
    token: undefined,
    concurrency: 8,
    deadlineMs: 5000,
    logger: jsonLines((line) => lines.push(line)),
    logLevel: 'off',
    ...options,
  });
  const agent = new Agent({ keepAlive: true });
  t.after(async () => {
    agent.destroy();
    server.server.closeAllConnections();
    server.server.close();
  });

  /**
   * @param {string} route
   * @param {{ method?: string, headers?: Record<string, string>, body?: string | Uint8Array }} [how]
   * @returns {Promise<Answer>}
   */
  const ask = (route, { method, headers, body } = {}) =>
    new Promise((resolve, reject) => {
      const options = { socketPath: path, agent, path: route, method: method ?? (body === undefined ? 'GET' : 'POST') };
      const asking = send({ ...options, headers: { ...headers } }, async (response) => {
        try {
          const said = await text(response);
          const isJson = response.headers['content-type'] === 'application/json';
          const { statusCode = 0 } = response;
          resolve({
            status: statusCode,
            headers: response.headers,
            text: said,
            json: isJson ? JSON.parse(said) : undefined,
          });
        } catch (error) {
          reject(error);
        }
      });
      asking.on('error', reject);
      asking.end(body);
    });

  return {
    path,
    lines,
    ...server,
    ask,
    /** @param {string} route @param {unknown} input @param {Record<string, string>} [headers] */
    post: (route, input, headers) =>
      ask(route, {
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      }),
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
