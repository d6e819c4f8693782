/**
 * What can be wrong between a shop and its server: how it comes about, what the doctor finds, and how it is mended, as the
 * remedy has it.
 */

import { version } from '../../../js/node.js';
import { closedOrigin, listenTls } from './clinic.js';

/** @import { Clinic, Front } from './clinic.js' */

/**
 * @typedef {object} Illness
 * @property {string} name
 * @property {string} id of the check that finds it
 * @property {string} found
 * @property {'note' | 'warning' | 'failed' | 'skipped'} [verdict] default `failed`
 * @property {(clinic: Clinic, t: import('node:test').TestContext) => unknown} befall
 * @property {(clinic: Clinic, t: import('node:test').TestContext) => unknown} mend
 * @property {string} [after] what is found then; default `ok`
 * @property {string} [version] of the server
 * @property {number} [deadlineMs]
 */

const WANTED = [
  'canviewinvoices',
  'cancreateinvoice',
  'canmodifyinvoices',
  'canviewstoresettings',
  'webhooks.canmodifywebhooks',
  'cancreatenonapprovedpullpayments',
].map((name) => `btcpay.store.${name}`);

/** The key that the merchant creates or connects anew. @param {Clinic} clinic */
const newKey = (clinic) => {
  clinic.settings.apiKey = clinic.keyWith(WANTED);
};

/** The merchant's button in the connection page. @param {Clinic} clinic */
const repair = (clinic) => clinic.connect({ webhookId: clinic.webhook.id });

/** @param {Front} front @returns {(clinic: Clinic) => void} */
const before = (front) => (clinic) => {
  clinic.shop.front = front;
};
const open = before((_request, _response, pass) => pass());

/** @param {number} status @param {Record<string, string>} [headers] @param {string} [body] @returns {Front} */
const answering =
  (status, headers = { 'content-type': 'text/html' }, body = '<html><h1>Not the shop</h1></html>') =>
  async (request, response) => {
    request.resume();
    response.writeHead(status, headers).end(body);
  };

/** @type {Illness[]} */
const SERVER = [
  {
    name: 'a setting is missing',
    id: 'settings',
    found: 'config.missing',
    befall: ({ settings }) => delete settings.shopKey,
    mend: ({ settings }) => Object.assign(settings, { shopKey: 'another key of the test, of more than 32 characters' }),
  },
  {
    name: 'nobody is at the server’s address',
    id: 'server.reachable',
    found: 'gateway.unreachable',
    befall: async ({ settings }) => Object.assign(settings, { serverUrl: await closedOrigin() }),
    mend: ({ settings, sim }) => Object.assign(settings, { serverUrl: sim.url }),
  },
  {
    name: 'the server’s name is unknown',
    id: 'server.reachable',
    found: 'gateway.unreachable',
    // Longer than a label may be (RFC 1035), so that no resolver is asked.
    befall: ({ settings }) => Object.assign(settings, { serverUrl: `https://${'a'.repeat(64)}.example` }),
    mend: ({ settings, sim }) => Object.assign(settings, { serverUrl: sim.url }),
  },
  {
    name: 'a proxy answers in the server’s place',
    id: 'server.reachable',
    found: 'gateway.notBtcpay',
    befall: ({ sim }) => sim.fault({ on: 'api', kind: 'garbage', times: 'always' }),
    mend: ({ sim }) => sim.clearFaults(),
  },
  {
    name: 'the server fails',
    id: 'server.reachable',
    found: 'gateway.failing',
    befall: ({ sim }) => sim.fault({ on: 'api', kind: '5xx', times: 'always' }),
    mend: ({ sim }) => sim.clearFaults(),
  },
  {
    name: 'the server hangs',
    id: 'server.reachable',
    found: 'gateway.timeout',
    deadlineMs: 1000,
    befall: ({ sim }) => sim.fault({ on: 'api', kind: 'hang', times: 'always' }),
    mend: ({ sim }) => sim.clearFaults(),
  },
  {
    name: 'the server’s certificate is nobody’s',
    id: 'server.tls',
    found: 'gateway.tls',
    befall: async ({ settings, listener }, t) => Object.assign(settings, { serverUrl: await listenTls(t, listener) }),
    mend: ({ settings, sim }) => Object.assign(settings, { serverUrl: sim.url }),
    after: 'none',
  },
  {
    name: 'the server is older than any that works',
    version: '1.2.0',
    id: 'server.version',
    found: 'tooOld',
    befall: () => {},
    mend: (clinic) => clinic.update('2.4.1'),
  },
  {
    name: 'the server is older',
    version: '2.0.0',
    id: 'server.version',
    found: 'older',
    verdict: 'note',
    befall: () => {},
    mend: (clinic) => clinic.update('2.4.1'),
  },
  {
    name: 'the server is newer than kessai knows',
    version: '2.5.0',
    id: 'server.version',
    found: 'newer',
    verdict: 'note',
    befall: () => {},
    mend: (clinic) => clinic.update('2.4.1'),
  },
  ...['refunds', 'smallRefundPermission', 'lateMessages', 'finalRefusals', 'refundMessages'].map(
    (found) =>
      /** @type {Illness} */ ({
        name: `an old server lacks ${found}`,
        version: '1.6.4',
        id: 'server.lacks',
        found,
        verdict: 'note',
        befall: () => {},
        mend: (clinic) => clinic.update('2.4.1'),
        after: 'nothing',
      }),
  ),
  {
    name: 'the server does not know the newest blocks',
    id: 'server.synced',
    found: 'behind',
    befall: ({ sim }) => Object.assign(sim, { isSynchronised: false }),
    mend: ({ sim }) => Object.assign(sim, { isSynchronised: true }),
  },
];

/** @type {Illness[]} */
const KEY = [
  {
    name: 'the key was deleted',
    id: 'key.valid',
    found: 'btcpay.unauthorized',
    befall: ({ sim, settings }) => sim.revokeKey(settings.apiKey),
    mend: newKey,
  },
  {
    name: 'the key is a legacy one of Access Tokens',
    id: 'key.valid',
    found: 'connect.legacyKey',
    befall: ({ settings }) => Object.assign(settings, { apiKey: 'L3gacy'.padEnd(43, 'x') }),
    mend: newKey,
  },
  {
    name: 'the key reaches every store',
    id: 'key.store',
    found: 'every',
    verdict: 'warning',
    befall: ({ sim, settings }) => Object.assign(settings, { apiKey: sim.addKey(WANTED) }),
    mend: newKey,
  },
  {
    name: 'the key reaches two stores',
    id: 'key.store',
    found: 'several',
    verdict: 'warning',
    befall: ({ sim, settings }) => {
      const other = sim.addStore();
      settings.apiKey = sim.addKey([...WANTED.map((one) => `${one}:${sim.storeId}`), `${WANTED[0]}:${other.id}`]);
    },
    mend: newKey,
  },
  {
    name: 'the key is another store’s',
    id: 'key.store',
    found: 'other',
    befall: (clinic) => Object.assign(clinic.settings, { apiKey: clinic.keyWith(WANTED, clinic.sim.addStore().id) }),
    mend: newKey,
  },
  ...WANTED.map((policy, at) => ({
    name: `the key lacks ${policy}`,
    id: `key.permission/${policy}`,
    found: ['missing', 'missing', 'missing', 'missing', 'noWebhook', 'noRefunds'][at] ?? '',
    verdict: at < 4 ? /** @type {const} */ ('failed') : /** @type {const} */ ('warning'),
    befall: (/** @type {Clinic} */ clinic) => {
      // Some bring it along.
      const including = at < 2 ? WANTED.slice(0, 4) : [policy];
      clinic.settings.apiKey = clinic.keyWith(WANTED.filter((one) => !including.includes(one)));
    },
    mend: newKey,
  })),
];

/** @type {Illness[]} */
const STORE = [
  {
    name: 'the store’s id is wrong',
    id: 'store.there',
    found: 'btcpay.forbidden',
    befall: ({ settings }) => Object.assign(settings, { storeId: 'NoSuchStore' }),
    mend: ({ settings, sim }) => Object.assign(settings, { storeId: sim.storeId }),
  },
  {
    name: 'the store has no wallet',
    id: 'store.paymentMethods',
    found: 'none',
    befall: ({ sim }) => Object.assign(storeOf(sim), { paymentMethods: [] }),
    mend: ({ sim }) => Object.assign(storeOf(sim), { paymentMethods: ['BTC-CHAIN'] }),
  },
  {
    name: 'the store settles what was not paid in full',
    id: 'store.tolerance',
    found: 'some',
    verdict: 'warning',
    befall: ({ sim }) => Object.assign(storeOf(sim), { paymentTolerance: '1.5' }),
    mend: ({ settings }) => Object.assign(settings, { checkout: { paymentTolerance: '0' } }),
  },
  {
    name: 'the shop’s own setting settles what was not paid in full',
    id: 'store.tolerance',
    found: 'some',
    verdict: 'warning',
    befall: ({ settings }) => Object.assign(settings, { checkout: { paymentTolerance: '2' } }),
    mend: ({ settings }) => Object.assign(settings, { checkout: { paymentTolerance: '0' } }),
  },
];

/** The simulator's store of the settings. @param {Clinic['sim']} sim */
const storeOf = (sim) => /** @type {any} */ (sim).store;

/** @type {Illness[]} */
const WEBHOOK = [
  {
    name: 'the shop’s address is not told',
    id: 'webhook.there',
    found: 'noAddress',
    verdict: 'note',
    befall: ({ visit }) => Object.assign(visit, { callbackUrl: undefined }),
    mend: ({ visit, callbackUrl }) => Object.assign(visit, { callbackUrl }),
  },
  {
    name: 'the webhook was deleted',
    id: 'webhook.there',
    found: 'none',
    befall: ({ sim, webhook }) => /** @type {any} */ (sim.webhooks).delete(webhook),
    mend: (clinic) => clinic.connect(),
  },
  {
    name: 'the key may not look at webhooks',
    id: 'webhook.there',
    found: 'skipped',
    verdict: 'skipped',
    befall: (clinic) =>
      Object.assign(clinic.settings, { apiKey: clinic.keyWith(WANTED.filter((one) => !one.includes('webhook'))) }),
    mend: newKey,
  },
  {
    name: 'two webhooks go to the shop',
    id: 'webhook.there',
    found: 'several',
    verdict: 'warning',
    befall: ({ sim, callbackUrl }) => /** @type {any} */ (sim.webhooks).create(sim.storeId, { url: callbackUrl }),
    mend: repair,
  },
  {
    name: 'the webhook goes to where the shop was',
    id: 'webhook.address',
    found: 'elsewhere',
    befall: ({ visit, webhook, origin }) => {
      visit.webhookId = webhook.id;
      webhook.url = `${origin}/old/webhook`;
    },
    mend: (clinic) => clinic.connect({ webhookId: clinic.webhook.id, moved: true }),
  },
  {
    name: 'the webhook is switched off',
    id: 'webhook.enabled',
    found: 'disabled',
    befall: ({ webhook }) => Object.assign(webhook, { enabled: false }),
    mend: repair,
  },
  {
    name: 'the webhook tries once only',
    id: 'webhook.redelivery',
    found: 'off',
    verdict: 'warning',
    befall: ({ webhook }) => Object.assign(webhook, { automaticRedelivery: false }),
    mend: repair,
  },
  {
    name: 'the webhook is sent some events only',
    id: 'webhook.events',
    found: 'missing',
    befall: ({ webhook }) =>
      Object.assign(webhook, { authorizedEvents: { everything: false, specificEvents: ['InvoiceSettled'] } }),
    mend: repair,
  },
  {
    name: 'the shop has no secret',
    id: 'webhook.secret',
    found: 'unknown',
    befall: ({ settings }) => Object.assign(settings, { webhookSecrets: [] }),
    mend: (clinic) => {
      clinic.settings.webhookSecrets = [{ name: 'main', secret: 'a new secret, long and random enough' }];
      return repair(clinic);
    },
  },
];

/**
 * A delivery that fails, and is sent again after the mend.
 * @param {string} found
 * @param {string} name
 * @param {(clinic: Clinic) => unknown} befall
 * @param {(clinic: Clinic) => unknown} [mend]
 * @returns {Illness}
 */
const delivery = (found, name, befall, mend = open) => ({
  name: `deliveries: ${name}`,
  id: 'webhook.deliveries',
  found,
  befall: async (clinic) => {
    await befall(clinic);
    await clinic.deliver();
  },
  mend: async (clinic) => {
    await mend(clinic);
    await clinic.redeliver();
  },
  after: 'mended',
});

/** @param {string} kind */
const faulty =
  (kind) =>
  (/** @type {Clinic} */ { sim }) =>
    sim.fault({ on: 'webhook', kind, times: 'always' });
const clear = (/** @type {Clinic} */ { sim }) => sim.clearFaults();

/** @type {Illness[]} */
const DELIVERIES = [
  {
    name: 'deliveries: nothing was sent yet',
    id: 'webhook.deliveries',
    found: 'none',
    verdict: 'note',
    befall: () => {},
    mend: (clinic) => clinic.deliver(),
  },
  {
    name: 'deliveries: one was lost, and the last one arrived',
    id: 'webhook.deliveries',
    found: 'mended',
    verdict: 'note',
    befall: async (clinic) => {
      await clinic.deliver();
      clinic.sim.fault({ on: 'webhook', kind: 'drop' });
      await clinic.deliver();
      await clinic.deliver();
    },
    // Twenty are looked at.
    mend: async (clinic) => {
      for (let count = 0; count < 20; count++) await clinic.deliver();
    },
  },
  delivery(
    'wrongSecret',
    'the server signs with another secret',
    ({ webhook }) => Object.assign(webhook, { secret: 'another' }),
    repair,
  ),
  delivery('firewall', 'a firewall forbids POST', before(answering(403))),
  delivery('notFound', 'the extension is switched off', before(answering(404))),
  delivery('notFound', 'the page is gone', before(answering(410))),
  delivery('redirected', 'the shop redirects to nowhere', before(answering(301, {}))),
  delivery(
    'noPost',
    'the shop redirects to another path, and the message becomes a GET',
    before((request, response, pass) =>
      request.url === '/final' ? pass() : answering(301, { location: '/final' })(request, response, pass),
    ),
  ),
  delivery('noPost', 'a rule allows GET only', before(answering(405))),
  delivery('busy', 'the shop is busy', before(answering(429))),
  delivery('busy', 'the shop’s database is away', before(answering(503))),
  delivery('shopFailed', 'the shop fails', before(answering(500))),
  delivery('refused', 'a proxy takes it for malformed', before(answering(400))),
  delivery('timeout', 'the shop does not answer', faulty('timeout'), clear),
  delivery('tls', 'the shop’s certificate has expired', faulty('tls'), clear),
  delivery('dns', 'the shop’s name is not known to the server', faulty('dns'), clear),
  delivery('unreachable', 'the server cannot connect to the shop', faulty('refused'), clear),
];

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
const CALLBACK = [
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
const HOST = [
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

export const ILLNESSES = [...SERVER, ...KEY, ...STORE, ...WEBHOOK, ...DELIVERIES, ...CALLBACK, ...HOST];
