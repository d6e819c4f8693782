/** Proxies on loopback that take every name for one server's, and tell what they were asked. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';

/** @import { Socket } from 'node:net' */

/**
 * CONNECT, as RFC 9110 has it.
 * @param {import('node:test').TestContext} t
 * @param {number} port of the server behind it
 * @param {{ answer?: string, spoils?: () => boolean }} [how] `answer`: instead of a tunnel; `spoils`: whether a bit of what the server
 *   says is turned over on its way
 */
export async function connectProxy(t, port, { answer, spoils } = {}) {
  /** @type {{ target: string, authorization: string | undefined }[]} */
  const seen = [];
  const server = createHttpServer();
  server.on('connect', ({ url = '', headers }, socket) => {
    seen.push({ target: url, authorization: headers['proxy-authorization'] });
    socket.on('error', () => {});
    if (answer === undefined) join(socket, port, 'HTTP/1.1 200 Connection established\r\n\r\n', spoils);
    else socket.end(`HTTP/1.1 ${answer}\r\ncontent-length: 0\r\n\r\n`);
  });
  return { seen, ...(await listening(t, server)) };
}

/**
 * SOCKS5, as RFC 1928 and 1929 have it.
 * @param {import('node:test').TestContext} t
 * @param {number} port of the server behind it
 * @param {{ reply?: number, user?: string }} [how] `reply`: other than 0 for no tunnel; `user`: who may come in, as `name:password`
 */
export async function socksProxy(t, port, { reply = 0, user } = {}) {
  /** @type {{ type: number, host: string, port: number, user: string | undefined }[]} */
  const seen = [];
  const server = createServer((socket) => talk(socket).catch(() => socket.destroy()));

  /** @param {Socket} socket */
  async function talk(socket) {
    socket.on('error', () => {});
    const [, count = 0] = await take(socket, 2);
    await take(socket, count);
    socket.write(Uint8Array.of(5, user === undefined ? 0 : 2));
    const given = user === undefined ? undefined : await credentials(socket);
    if (given !== user) return socket.end(Uint8Array.of(1, 1));
    if (user !== undefined) socket.write(Uint8Array.of(1, 0));
    const [, , , type = 0] = await take(socket, 4);
    const [length = 0] = type === 3 ? await take(socket, 1) : [4];
    const host = String(await take(socket, length));
    seen.push({ type, host, port: (await take(socket, 2)).readUInt16BE(), user: given });
    const answer = Uint8Array.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0);
    return reply === 0 ? join(socket, port, answer) : socket.end(answer);
  }

  return { seen, ...(await listening(t, server)) };
}

/**
 * A server that takes connections and never says a word.
 * @param {import('node:test').TestContext} t
 * @returns {Promise<number>} its port
 */
export async function silence(t) {
  const { port } = await listening(t, createServer());
  return port;
}

/** @param {Socket} socket */
async function credentials(socket) {
  await take(socket, 1);
  const name = await take(socket, Number((await take(socket, 1))[0]));
  const password = await take(socket, Number((await take(socket, 1))[0]));
  return `${name}:${password}`;
}

/**
 * @param {Socket} socket
 * @param {number} length in bytes
 * @returns {Promise<Buffer>}
 */
async function take(socket, length) {
  if (length === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk = socket.read(length);
    if (chunk !== null) return chunk;
    await once(socket, 'readable');
  }
}

/**
 * @param {import('node:stream').Duplex} socket
 * @param {number} port
 * @param {string | Uint8Array} answer
 * @param {() => boolean} [spoils]
 */
function join(socket, port, answer, spoils = () => false) {
  const server = connect(port, '127.0.0.1', () => {
    socket.write(answer);
    socket.pipe(server);
  });
  server.on('data', (chunk) => {
    const last = chunk.length - 1;
    socket.write(spoils() ? Buffer.concat([chunk.subarray(0, last), Buffer.of(Number(chunk[last]) ^ 1)]) : chunk);
  });
  server.on('end', () => socket.end());
  server.on('error', () => socket.destroy());
  socket.on('close', () => server.destroy());
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('node:net').Server} server
 */
async function listening(t, server) {
  /** @type {Set<Socket>} */
  const sockets = new Set();
  server.on('connection', (socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { port };
}
