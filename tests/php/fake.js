/** Something on a socket that answers as a test says, and writes down what it was asked. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { folder } from '../js/sidecar/serving.js';

/** @typedef {(socket: import('node:net').Socket, asked: { head: string, body: string, connection: number }) => void} Answer */

/**
 * @param {object | string} body
 * @param {Record<string, string>} [headers]
 * @param {number} [status]
 */
export function http(body, headers = {}, status = 200) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'kessai-version': '0.1.0', 'content-type': 'application/json', ...headers };
  const lines = Object.entries({ 'content-length': Buffer.byteLength(text), ...all }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} Answer\r\n${lines.join('')}\r\n${text}`;
}

/** @type {Answer} */
export const fine = (socket) => socket.write(http({ ok: { entries: [], alerts: [] } }));

/**
 * @param {import('node:test').TestContext} t
 * @param {Answer[]} answers to one request after the other; the last one for all that come after
 */
export async function fake(t, answers) {
  /** @type {{ head: string, body: string, connection: number }[]} */
  const asked = [];
  /** @type {Set<import('node:net').Socket>} */
  const open = new Set();
  let connections = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    open.add(socket);
    let said = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk) => {
      said += chunk;
      const [head = '', body] = said.split(/\r\n\r\n(.*)/s);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || Buffer.byteLength(body) < length) return;
      said = '';
      const one = { head, body, connection };
      asked.push(one);
      (answers[asked.length - 1] ?? answers[answers.length - 1])?.(socket, one);
    });
  });
  const path = join(folder(t), 'fake.sock');
  server.listen(path);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { path, asked };
}
