/**
 * Hundreds of orders of all kinds while the shop is killed at any moment, webhooks are lost, doubled and overtake each other,
 * and the payment server restarts. After the last restart everything is looked at once, and is right.
 *
 *     KESSAI_SEED=1 node --test tests/e2e/crash-random.test.js    # the same choices again
 *     KESSAI_CRASH_ORDERS=3000 …                                  # a longer soak
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newDeal, stories, trade } from './crash/market.js';
import { chooseSeed, Random } from './crash/random.js';
import { witness } from './crash/truth.js';
import { judge } from './crash/verdict.js';
import { World } from './crash/world.js';

/** @import { Deal } from './crash/market.js' */

const ORDERS = Number(process.env.KESSAI_CRASH_ORDERS ?? 300);
const WORLDS = 3;
const ORDERS_AT_ONCE = 50;

/** Effects that a process has on average before it is killed. */
const LIFE = 300;

const faults = /** @type {const} */ (['drop', 'duplicate', 'redelivery', 'reorder', 'reset']);

it('300 orders are right after kills at any moment, lost webhooks and restarts', { timeout: 3_600_000 }, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`KESSAI_SEED=${seed}`);
  const worlds = await Promise.all(Array.from({ length: WORLDS }, (_, no) => live(new Random(seed + no))));
  const counts = worlds.reduce(add, {});
  t.diagnostic(JSON.stringify(counts));
  assert.equal(counts.orders, ORDERS);
  for (const happened of ['kills', 'serverRestarts', ...faults]) assert.ok(counts[happened], `${happened} happened`);
});

/**
 * @param {Record<string, number>} sums
 * @param {Record<string, number>} more
 */
function add(sums, more) {
  const names = [...new Set([...Object.keys(sums), ...Object.keys(more)])].sort();
  return Object.fromEntries(names.map((name) => [name, (sums[name] ?? 0) + (more[name] ?? 0)]));
}

/**
 * @param {Random} random
 * @returns {Promise<Record<string, number>>} what happened, and how often
 */
async function live(random) {
  let isDeadly = true;
  const world = await World.open({
    plan: () => ({ hits: 0, left: {}, dieAfter: isDeadly ? 1 + random.below(2 * LIFE) : null }),
    learn: () => {},
  });
  const { sim, shop } = world;
  try {
    const seen = witness(sim);
    /** @type {Deal[]} */
    const deals = [];
    let serverRestarts = 0;
    while (deals.length < ORDERS / WORLDS) {
      const some = Math.min(ORDERS_AT_ONCE, ORDERS / WORLDS - deals.length);
      const next = Array.from({ length: some }, (_, no) =>
        newDeal(/** @type {import('./crash/market.js').Story} */ (stories[no % stories.length]), random),
      );
      deals.push(...next);
      await trade(world, random.shuffle(next), random, async () => {
        sim.clearFaults();
        for (const kind of faults)
          sim.fault({ on: 'webhook', kind, times: 1 + random.below(kind === 'reset' ? 1 : 3) });
        if (!random.chance(0.3)) return;
        serverRestarts += 1;
        await sim.restart();
      });
    }
    isDeadly = false;
    // What is still to be delivered must not mend what the one look has to.
    sim.clearFaults();
    await shop.restart();
    await sim.restart();
    assert.deepEqual(await shop.tell({ do: 'reconcile' }), { ok: [] });
    const { cases, orders, mailsAgain } = await judge({ ...world, seen, deals, lines: shop.lines() });
    const fired = Object.fromEntries(
      faults.map((kind) => [kind, sim.faults.fired.filter((one) => one.kind === kind).length]),
    );
    const deliveries = sim.deliveries.list().length;
    return { ...cases, ...fired, orders, mailsAgain, serverRestarts, deliveries, kills: shop.kills };
  } finally {
    await world.close();
  }
}
