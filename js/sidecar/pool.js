import { buildConnector, Pool } from 'undici';
import { screenedLookup } from '../screen.js';
import { openTunnel } from './tunnel.js';

/** @import { Gateway } from './gatewayOptions.js' */

/** @typedef {buildConnector.connector} Connector */

/** For a connection with its TLS, in milliseconds: as long as the core waits for a reply. */
const CONNECT_MS = 10_000;

/**
 * The connections to one server, kept for the next request as long as the server says, or four seconds.
 * @param {Gateway} gateway
 * @param {number} most connections at a time
 */
export function createPool({ origin, proxy, tls }, most) {
  const connect = proxy
    ? throughProxy(proxy, buildConnector({ ...tls, timeout: CONNECT_MS }))
    : buildConnector({ ...tls, lookup: screenedLookup, timeout: CONNECT_MS });
  return new Pool(origin, { connect: failingByItsReason(connect), connections: most });
}

/**
 * @param {URL} proxy
 * @param {Connector} secure
 * @returns {Connector}
 */
function throughProxy(proxy, secure) {
  return (server, callback) => {
    const { protocol, hostname, port } = server;
    const isSecure = protocol === 'https:';
    openTunnel(proxy, hostname, Number(port || (isSecure ? 443 : 80))).then(
      (socket) => (isSecure ? secure({ ...server, httpSocket: socket }, callback) : callback(null, socket)),
      (error) => callback(error, null),
    );
  };
}

/**
 * What keeps its name: undici's own, of replies, and a certificate of ours that the server does not take. It reads nothing of what
 * was sent with that (RFC 8446, section 4.4.2.4).
 */
const TELLING = /^UND_ERR_|_ALERT_(UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR|\w*CERTIFICATE\w*)$/;

/**
 * What ends a connection that stood says nothing of whether a request arrived, though it may have the name of what keeps one from
 * standing. That our certificate is not taken is told only then, and the connection closed, of which undici would tell the second.
 * @param {Connector} connect
 * @returns {Connector}
 */
function failingByItsReason(connect) {
  return (server, callback) =>
    connect(server, (...[error, socket]) => {
      if (error) return callback(error, null);
      socket.on('error', (/** @type {NodeJS.ErrnoException} */ reason) => {
        if (!TELLING.test(reason.code ?? '')) reason.code = 'KESSAI_BROKEN';
        socket.destroy(reason);
      });
      callback(null, socket);
    });
}
