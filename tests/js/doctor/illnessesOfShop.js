/** What can be wrong at the shop's own address, and on its machine. */
import { version } from '../../../js/node.js';
import { closedOrigin, listenTls } from './clinic.js';
import { answering, before, open } from './fronts.js';

/** @import { Front } from './clinic.js' */
/** @import { Illness } from './illnesses.js' */

/**
 * @param {string} found
 * @param {string} name
 * @param {Front} front
 * @returns {Illness}
 */
const callback = (found, name, front) => ({
  name: `callback: ${name}`,
  id: 'callback.reachable',
  found,
  befall: before(front),
  mend: open,
});

/**
 * The address itself leads elsewhere.
 * @param {string} found
 * @param {string} name
 * @param {() => string | Promise<string>} origin
 * @returns {Illness}
 */
const address = (found, name, origin) => ({
  name: `callback: ${name}`,
  id: 'callback.reachable',
  found,
  befall: async ({ visit }) => Object.assign(visit, { callbackUrl: `${await origin()}/btcpay/webhook` }),
  mend: ({ visit, callbackUrl }) => Object.assign(visit, { callbackUrl }),
});

/** @type {Illness[]} */
export const CALLBACK = [
  { ...callback('timeout', 'the shop hangs', (request) => request.resume()), deadlineMs: 1000 },
  {
    ...callback('timeout', 'this machine cannot call itself, and deliveries arrive', (request) => request.resume()),
    deadlineMs: 1000,
    verdict: 'warning',
    befall: async (clinic) => {
      await clinic.deliver();
      clinic.shop.front = (request) => request.resume();
    },
  },
  address('refused', 'nobody listens', closedOrigin),
  address('dns', 'the name is unknown', () => `https://${'a'.repeat(64)}.example`),
  address('blocked', 'the address is a link-local one', () => 'http://169.254.169.254'),
  {
    ...callback('tls', 'the certificate is nobody’s', () => {}),
    befall: async ({ visit, listener }, t) => {
      visit.callbackUrl = `${await listenTls(t, listener)}/btcpay/webhook`;
    },
    mend: ({ visit, callbackUrl }) => Object.assign(visit, { callbackUrl }),
  },
  callback('unreachable', 'the connection is cut', (request) => request.socket.destroy()),
  callback('unsignedTaken', 'a page of the shop answers', answering(200)),
  callback(
    'redirected',
    'the address redirects',
    answering(301, { location: 'https://www.shop.example/btcpay/webhook' }),
  ),
  callback('login', 'a password protects the path', answering(401, { 'www-authenticate': 'Basic realm="Preview"' })),
  callback('firewall', 'a firewall forbids POST', answering(403)),
  callback('notFound', 'the extension is switched off', answering(404)),
  callback('noPost', 'a rule allows GET only', answering(405)),
  callback('shopFailed', 'the shop fails', answering(500)),
  callback('unexpected', 'a proxy takes it for malformed', answering(400)),
  {
    name: 'callback: the running shop has another secret',
    id: 'callback.signature',
    found: 'wrong',
    befall: (clinic) => {
      clinic.keepRunning();
      clinic.settings.webhookSecrets = [{ name: 'main', secret: 'a new secret, long and random enough' }];
    },
    mend: (clinic) => clinic.restartShop(),
  },
  ...[
    { age: '30' },
    { 'cf-cache-status': 'HIT' },
    { 'x-cache': 'Hit from cloudfront' },
    { 'x-litespeed-cache': 'hit' },
    { 'x-varnish-cache': 'HIT' },
  ].map((headers) => ({
    ...callback('cached', `a cache answers: ${Object.keys(headers)}`, (_request, _response, pass) =>
      pass(/** @type {any} */ (headers)),
    ),
    id: 'callback.cache',
  })),
];

/** @type {Illness[]} */
export const HOST = [
  {
    name: 'this machine’s clock is wrong',
    id: 'host.clock',
    found: 'differs',
    verdict: 'warning',
    befall: ({ visit }) => Object.assign(visit, { secondsFast: 61 }),
    mend: ({ visit }) => Object.assign(visit, { secondsFast: 60 }),
  },
  {
    name: 'Node is too old',
    id: 'host.runtime',
    found: 'tooOld',
    befall: ({ visit }) => Object.assign(visit, { runtime: { name: 'node', version: 'v18.20.8' } }),
    mend: ({ visit }) => Object.assign(visit, { runtime: { name: 'node', version: 'v20.19.0' } }),
  },
  {
    name: 'PHP is too old',
    id: 'host.runtime',
    found: 'tooOld',
    befall: ({ visit }) => Object.assign(visit, { runtime: { name: 'php', version: '7.3.33' } }),
    mend: ({ visit }) => Object.assign(visit, { runtime: { name: 'php', version: '8.3.1' } }),
  },
  {
    name: 'a part around the core is newer',
    id: 'host.part/php-client',
    found: 'newer',
    befall: ({ visit }) => Object.assign(visit, { parts: [{ name: 'php-client', version: '9.4.0' }] }),
    mend: ({ visit }) => Object.assign(visit, { parts: [{ name: 'php-client', version }] }),
  },
];
