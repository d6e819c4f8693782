/** What can be wrong with the server, the key and the store. */
import { closedOrigin, listenTls } from './clinic.js';
import { newKey, WANTED } from './mends.js';

/** @import { Clinic } from './clinic.js' */
/** @import { Illness } from './illnesses.js' */

/** @type {Illness[]} */
export const SERVER = [
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
export const KEY = [
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
export const STORE = [
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
