import { once } from 'node:events';
import { lstatSync, mkdirSync, statSync, unlinkSync } from 'node:fs';
import { BlockList, connect, isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { UsageError } from './usageError.js';

/** @import { Server } from 'node:http' */

/** @typedef {{ path: string } | { host: string, port: number } | { fd: number }} Place where to listen */

/** Connections that wait to be accepted, at most; the kernel's own limit is mostly the same. More than these are turned away by the kernel. */
const BACKLOG = 4096;

/** The first descriptor that systemd hands over (sd_listen_fds). */
const FIRST_FD = 3;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** @param {string} address */
const isLoopback = (address) => isIP(address) > 0 && loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * The socket that systemd opened for this very process, if it did.
 * @param {NodeJS.ProcessEnv} env
 * @param {number} pid
 * @returns {Place | undefined}
 */
export function activation({ LISTEN_PID, LISTEN_FDS }, pid) {
  // What was meant for a parent, such as npx, is not ours.
  if (Number(LISTEN_PID) !== pid || !LISTEN_FDS) return undefined;
  if (LISTEN_FDS !== '1') throw new UsageError(`systemd hands over ${LISTEN_FDS} sockets; kessai serve takes one`);
  return { fd: FIRST_FD };
}

/**
 * @param {string} text `127.0.0.1:8787`, `[::1]:8787`
 * @returns {Place}
 */
export function readTcp(text) {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError('--tcp takes ADDRESS:PORT, such as 127.0.0.1:8787');
  if (!isLoopback(host)) throw new UsageError(notLoopback(host));
  return { host, port: Number(port) };
}

/** @param {string} host */
const notLoopback = (host) =>
  `${host} is not an address of this machine alone (127.0.0.1, [::1]). Keys travel over this connection and kessai speaks no ` +
  'TLS: listen on 127.0.0.1, and let nginx take TLS connections from elsewhere and pass them on';

/**
 * Where the socket is unless told: where systemd or the user's session has a directory for it.
 * @param {NodeJS.ProcessEnv} env
 */
export function defaultSocket({ RUNTIME_DIRECTORY, XDG_RUNTIME_DIR }) {
  if (RUNTIME_DIRECTORY) return `${RUNTIME_DIRECTORY}/kessai.sock`;
  return XDG_RUNTIME_DIR ? `${XDG_RUNTIME_DIR}/kessai/kessai.sock` : '/run/kessai/kessai.sock';
}

/**
 * Listens. A socket is made 0660 in a directory of 0750 or less: who may not enter that may not call.
 * @param {Server} server
 * @param {Place} place
 * @param {{ hasToken: boolean }} options
 * @returns {Promise<string>} where, for people
 * @throws {UsageError} where others could call, or somebody else listens there
 */
export async function listen(server, place, { hasToken }) {
  if (!('path' in place)) {
    // Descriptors are known only once they listen; nothing is accepted before this function's caller is back.
    const address = await listening(server, place);
    if (typeof address === 'string' || address === null) return 'the socket of systemd';
    const { address: host, port } = /** @type {import('node:net').AddressInfo} */ (address);
    const problem = isLoopback(host)
      ? !hasToken && 'TCP needs --token-file: any program of this machine can connect'
      : notLoopback(host);
    if (!problem) return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    server.close();
    throw new UsageError(problem);
  }
  const path = resolve(place.path);
  prepareDirectory(dirname(path));
  const first = await bind(server, path);
  if (first?.code === 'EADDRINUSE') {
    await removeStale(path);
    const second = await bind(server, path);
    if (second) throw new UsageError(`cannot listen on ${path}: ${second.code}`);
  } else if (first) {
    throw new UsageError(`cannot listen on ${path}: ${first.code}`);
  }
  return path;
}

/**
 * Takes a socket's name away, so that nobody finds the way to a server that stops. One that systemd opened stays: who comes waits
 * there for the next server.
 * @param {Place} place
 */
export function withdraw(place) {
  if (!('path' in place)) return;
  try {
    unlinkSync(place.path);
  } catch {
    // Somebody removed it before.
  }
}

/**
 * @param {Server} server
 * @param {{ host: string, port: number } | { fd: number }} place
 */
async function listening(server, place) {
  server.listen({ ...place, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(`cannot listen: ${/** @type {NodeJS.ErrnoException} */ (error).code}`);
  }
  return server.address();
}

/**
 * @param {Server} server
 * @param {string} path
 * @returns {Promise<NodeJS.ErrnoException | undefined>} why not
 */
async function bind(server, path) {
  // The socket is made within this call, so that there is no moment at which others may connect.
  const mask = process.umask(0o117);
  try {
    server.listen({ path, backlog: BACKLOG });
  } finally {
    process.umask(mask);
  }
  try {
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error);
  }
}

/** @param {string} directory */
function prepareDirectory(directory) {
  const mask = process.umask(0o027);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new UsageError(`cannot make ${directory}: ${/** @type {NodeJS.ErrnoException} */ (error).code}`);
  } finally {
    process.umask(mask);
  }
  const { mode, uid } = statSync(directory);
  if (mode & 0o027) {
    const octal = (mode & 0o777).toString(8).padStart(4, '0');
    throw new UsageError(
      `${directory} is ${octal}, and others could reach the socket or replace it; it must be 0750 or less`,
    );
  }
  if (uid !== 0 && uid !== process.getuid?.()) throw new UsageError(`${directory} belongs to another user`);
}

/**
 * Removes a socket at which nobody listens any more, and nothing else.
 * @param {string} path
 */
async function removeStale(path) {
  const found = lstatSync(path);
  if (!found.isSocket()) throw new UsageError(`${path} is there and is no socket; remove it, or name another --socket`);
  const answer = await tryConnect(path);
  if (answer === undefined) throw new UsageError(`somebody listens on ${path} already`);
  if (answer !== 'ECONNREFUSED') throw new UsageError(`cannot tell whether somebody listens on ${path}: ${answer}`);
  // Another server that was started at the same time may have put its own there.
  if (lstatSync(path).ino !== found.ino) throw new UsageError(`somebody listens on ${path} already`);
  unlinkSync(path);
}

/** @param {string} path @returns {Promise<string | undefined>} the code of the failure */
function tryConnect(path) {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(undefined);
    });
    socket.once('error', (error) => done(/** @type {NodeJS.ErrnoException} */ (error).code ?? 'unknown'));
  });
}
