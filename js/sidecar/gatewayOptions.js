import { jsonOf } from '../json.js';
import { isLoopback, isRefused } from '../screen.js';
import { readFile } from './ownFile.js';
import { readTls } from './tlsOptions.js';
import { UsageError } from './usageError.js';

/** @import { TlsOptions } from './tlsOptions.js' */

/**
 * A server that requests may be sent to, and how it is reached.
 * @typedef {object} Gateway
 * @property {string} origin
 * @property {URL | undefined} [proxy] `http:` or `socks5:`
 * @property {TlsOptions['tls']} [tls]
 * @property {TlsOptions['valid']} [valid]
 */

const MEMBERS = ['url', 'proxy', 'ca', 'cert', 'key'];

/**
 * The servers that requests may be sent to.
 * @param {string[]} addresses of `--gateway`
 * @param {string | undefined} file of `--gateways`: a JSON list of `{url, proxy?, ca?, cert?, key?}`; what is a file stands as
 *   seen from the list's folder
 * @returns {Gateway[]}
 * @throws {UsageError} for what could not work, and for a connection that others could read
 */
export function readGateways(addresses, file) {
  const gateways = addresses.map((address) => ({ origin: originOf(address, undefined, '--gateway') }));
  if (file !== undefined) gateways.push(...readList(file));
  const origins = gateways.map(({ origin }) => origin);
  const twice = origins.find((origin, at) => origins.indexOf(origin) < at);
  if (twice !== undefined) throw new UsageError(`${twice} is named twice; a gateway has one way to it`);
  return gateways;
}

/**
 * @param {string} file
 * @returns {Gateway[]}
 */
function readList(file) {
  const text = readFile(file);
  const list = jsonOf(text);
  if (!Array.isArray(list)) throw new UsageError(`${file} must hold a JSON list, such as [{"url": "https://…"}]`);
  return list.map((entry, at) => {
    const where = `${file}, entry ${at + 1}`;
    const unknown = Object.keys(Object(entry)).find((name) => !MEMBERS.includes(name));
    if (unknown !== undefined) throw new UsageError(`${where}: there is no "${unknown}", but ${MEMBERS.join(', ')}`);
    const wrong = MEMBERS.find((name) => !['string', 'undefined'].includes(typeof entry?.[name]));
    if (wrong !== undefined) throw new UsageError(`${where}: ${wrong} must be a text`);
    const { url = '', proxy: address, ca, cert, key } = Object(entry);
    const proxy = address === undefined ? undefined : proxyOf(address, where);
    // Whoever may read the list may read the password.
    if (proxy?.password) readFile(file, { isSecret: true });
    return { origin: originOf(url, proxy, where), proxy, ...readTls({ ca, cert, key }, { file, where }) };
  });
}

/**
 * @param {string} address
 * @param {URL | undefined} proxy
 * @param {string} where it was named
 */
function originOf(address, proxy, where) {
  const { protocol, hostname = '', origin } = URL.canParse(address) ? new URL(address) : { protocol: '' };
  const isOnion = hostname.endsWith('.onion');
  if (isOnion && proxy?.protocol !== 'socks5:') {
    throw new UsageError(
      `${where}: ${origin} is reached through Tor: name its "proxy" in --gateways, socks5://127.0.0.1:9050`,
    );
  }
  if (!origin || !(protocol === 'https:' || (protocol === 'http:' && (isLoopback(hostname) || isOnion)))) {
    throw new UsageError(`${where}: a gateway has an https address, or one of http on this machine; not "${address}"`);
  }
  if (isRefused(hostname))
    throw new UsageError(`${where}: at ${origin} is no payment server, but the network's own services`);
  return origin;
}

/**
 * @param {string} address
 * @param {string} where
 * @returns {URL}
 */
function proxyOf(address, where) {
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  const isKnown = proxy !== undefined && ['http:', 'socks5:'].includes(proxy.protocol) && proxy.hostname !== '';
  // Not told what it is: there may be a password in it.
  if (!isKnown) throw new UsageError(`${where}: the proxy must be http://HOST:PORT or socks5://HOST:PORT`);
  if (!isEncoded(proxy.username + proxy.password)) {
    throw new UsageError(`${where}: user and password of the proxy must be percent-encoded`);
  }
  return proxy;
}

/** @param {string} text */
function isEncoded(text) {
  try {
    return decodeURIComponent(text) !== undefined;
  } catch {
    return false;
  }
}
