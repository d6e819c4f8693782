import { request } from 'node:http';
import { SocksClient } from 'socks';

/** @import { Socket } from 'node:net' */

/** For a whole tunnel, in milliseconds. Tor takes its time; the request that waits for it has a deadline of its own. */
const TUNNEL_MS = 30_000;

/**
 * A connection to a server through a proxy, which looks the name up: only it knows where a .onion is.
 * @param {URL} proxy `http:` for CONNECT (RFC 9110, section 9.3.6), `socks5:` for SOCKS (RFC 1928 and 1929)
 * @param {string} host a name or an address, IPv6 without brackets
 * @param {number} port
 * @returns {Promise<Socket>}
 * @throws {Error} with the code KESSAI_NO_TUNNEL, whatever the reason: nothing was sent to the server
 */
export async function openTunnel(proxy, host, port) {
  try {
    return await (proxy.protocol === 'socks5:' ? throughSocks(proxy, host, port) : throughConnect(proxy, host, port));
  } catch (cause) {
    throw Object.assign(new Error('the proxy opened no tunnel', { cause }), { code: 'KESSAI_NO_TUNNEL' });
  }
}

/**
 * @param {URL} proxy
 * @param {string} host
 * @param {number} port
 */
async function throughSocks(proxy, host, port) {
  const { user, password } = credentialsOf(proxy);
  const { socket } = await SocksClient.createConnection({
    proxy: {
      host: plain(proxy.hostname),
      port: Number(proxy.port || 1080),
      type: 5,
      ...(user && { userId: user, password }),
    },
    command: 'connect',
    destination: { host, port },
    timeout: TUNNEL_MS,
  });
  return socket;
}

/**
 * @param {URL} proxy
 * @param {string} host
 * @param {number} port
 * @returns {Promise<Socket>}
 */
function throughConnect(proxy, host, port) {
  const { user, password } = credentialsOf(proxy);
  const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const basic = Buffer.from(`${user}:${password}`).toString('base64');
  return new Promise((resolve, reject) => {
    const asking = request({
      host: plain(proxy.hostname),
      port: Number(proxy.port || 80),
      method: 'CONNECT',
      path,
      headers: { host: path, ...(user && { 'proxy-authorization': `Basic ${basic}` }) },
      agent: false,
    });
    const timer = setTimeout(() => asking.destroy(new Error('the proxy does not answer')), TUNNEL_MS);
    asking.on('close', () => clearTimeout(timer));
    asking.on('error', reject);
    asking.on('connect', ({ statusCode }, socket, head) => {
      clearTimeout(timer);
      const isOpen = Math.floor(Number(statusCode) / 100) === 2;
      // No server speaks first: neither TLS nor HTTP has one that does.
      if (isOpen && head.length === 0) return resolve(/** @type {Socket} */ (socket));
      socket.destroy();
      reject(new Error(`the proxy answered ${statusCode}`));
    });
    asking.end();
  });
}

/** @param {URL} proxy */
const credentialsOf = ({ username, password }) => ({
  user: decodeURIComponent(username),
  password: decodeURIComponent(password),
});

/** @param {string} hostname as in a URL */
const plain = (hostname) => hostname.replace(/^\[|\]$/g, '');
