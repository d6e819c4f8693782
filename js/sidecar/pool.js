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
 * A server that takes no certificate of ours says so only after the handshake (RFC 8446, section 4.4.2.4), and closes. Of the two
 * undici would tell the second.
 * @param {Connector} connect
 * @returns {Connector}
 */
function failingByItsReason(connect) {
  return (server, callback) =>
    connect(server, (...[error, socket]) => {
      if (error) return callback(error, null);
      socket.on('error', (reason) => socket.destroy(reason));
      callback(null, socket);
    });
}
