/** As little of an HTTP client as there can be, so that what is measured is the server. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** @import { Socket } from 'node:net' */

const END = '\r\n\r\n';

/** @param {string} path */
export async function open(path) {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}

/**
 * A request as bytes.
 * @param {string} path
 * @param {Record<string, string>} headers
 * @param {Uint8Array} body
 */
export function post(path, headers, body) {
  const all = { host: 'kessai', ...headers, 'content-length': String(body.length) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), body]);
}

/**
 * Sends requests one after another and takes each answer.
 * @param {Socket} socket
 * @param {Buffer[]} requests
 * @returns {Promise<Buffer>} the body of the last answer
 * @throws {Error} for any answer but 200 of a told length
 */
export function exchange(socket, requests) {
  return new Promise((resolve, reject) => {
    let at = 0;
    /** @type {Buffer} */
    let said = Buffer.alloc(0);
    const take = (/** @type {Buffer} */ chunk) => {
      said = said.length > 0 ? Buffer.concat([said, chunk]) : chunk;
      const end = said.indexOf(END);
      if (end < 0) return;
      const head = said.toString('latin1', 0, end);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (!head.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) return done(new Error(`answered ${head}`));
      const from = end + END.length;
      if (said.length < from + length) return;
      const body = said.subarray(from, from + length);
      said = said.subarray(from + length);
      at += 1;
      if (at === requests.length) done(undefined, body);
      else socket.write(requests[at] ?? '');
    };
    const lost = () => done(new Error('the connection is gone'));
    const done = (/** @type {Error | undefined} */ error, /** @type {Buffer} */ body = said) => {
      socket.off('data', take).off('close', lost);
      if (error) reject(error);
      else resolve(body);
    };
    socket.on('data', take).on('close', lost);
    socket.write(requests[0] ?? '');
  });
}
