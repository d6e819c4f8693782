/** What can go wrong on the way. Whatever it is, the case ends as it would without. */
import Database from 'libsql';

/** @import { KillPoint } from './shopControl.js' */
/** @import { World } from './world.js' */

/**
 * @typedef {object} Fault
 * @property {string} says
 * @property {number} leastWebhooks that a case must bring for it to happen at all
 * @property {boolean} [losesWebhooks] for good, so that the shop knows nothing until it asks
 * @property {boolean} [isTriedAgain] the server sends later what it could not deliver
 * @property {(world: World) => unknown} [ordering] before the order is placed
 * @property {(world: World) => unknown} [begin] when the order is placed
 * @property {(world: World) => Promise<(() => void) | undefined>} [carrying] before a webhook reaches the shop; what it
 *   returns is called when the shop is done with it
 * @property {(world: World) => boolean} happened
 */

/**
 * @param {'drop' | 'duplicate' | 'reorder'} kind
 * @returns {Pick<Fault, 'begin' | 'happened'>}
 */
const toEveryWebhook = (kind) => ({
  begin: ({ sim }) => sim.fault({ on: 'webhook', kind, times: 'always' }),
  happened: ({ sim }) => sim.faults.fired.some((fault) => fault.kind === kind),
});

/** Each is made anew for each run. @type {Record<string, () => Fault>} */
export const faults = {
  none: () => ({ says: '', leastWebhooks: 0, happened: () => true }),

  drop: () => ({ says: 'every webhook is lost', leastWebhooks: 1, losesWebhooks: true, ...toEveryWebhook('drop') }),

  dup: () => ({ says: 'every webhook comes twice', leastWebhooks: 1, ...toEveryWebhook('duplicate') }),

  reorder: () => ({ says: 'webhooks overtake each other', leastWebhooks: 2, ...toEveryWebhook('reorder') }),

  '5xx': () => {
    let hasFailed = false;
    return {
      says: 'the payment server answers 503, and so does the shop while its database is locked',
      leastWebhooks: 0,
      isTriedAgain: true,
      ordering: ({ sim }) => sim.fault({ on: 'api', kind: '5xx', match: 'POST *invoices' }),
      begin: ({ sim }) => sim.fault({ on: 'api', kind: '5xx', match: 'GET *invoices*', times: 2 }),
      async carrying({ file }) {
        if (hasFailed) return undefined;
        hasFailed = true;
        return lockDatabase(file);
      },
      happened: ({ sim }) =>
        sim.faults.fired.length > 0 && hasFailed === sim.deliveries.list().some(({ httpCode }) => httpCode === 503),
    };
  },

  kill: () => {
    /** @type {KillPoint[]} */
    const points = ['deciding', 'committed'];
    return {
      says: 'the shop’s process is killed in the middle of its work, and starts again',
      leastWebhooks: 0,
      isTriedAgain: true,
      ordering: ({ shop }) => shop.dieAt('answered'),
      async carrying(world) {
        await world.shop.dieAt(points[world.kills - 1] ?? null);
        return undefined;
      },
      happened: ({ kills, sim }) => kills === (sim.deliveries.list().length > 0 ? 1 + points.length : 1),
    };
  },
};

/**
 * Holds the lock that every transaction of the shop needs, for longer than the shop waits for it.
 * @param {string} file
 * @returns {() => void} lets go
 */
function lockDatabase(file) {
  const db = new Database(file);
  db.exec('BEGIN IMMEDIATE');
  return () => db.close();
}
