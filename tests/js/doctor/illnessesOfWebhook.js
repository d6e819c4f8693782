/** What can be wrong with the webhook, and with what the server delivers by it. */
import { answering, before, open } from './fronts.js';
import { newKey, repair, WANTED } from './mends.js';

/** @import { Clinic } from './clinic.js' */
/** @import { Illness } from './illnesses.js' */

/** @type {Illness[]} */
export const WEBHOOK = [
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
export const DELIVERIES = [
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
