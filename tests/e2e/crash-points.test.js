/**
 * The shop is killed wherever it can be: between any two things that it does to its database, to the payment server, to its
 * mails and to whoever asked. The places are found by themselves (crash/failpoints.js), so that none can be forgotten.
 */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Ledger } from './crash/ledger.js';
import { newDeal, trade } from './crash/market.js';
import { chooseSeed, Random } from './crash/random.js';
import { witness } from './crash/truth.js';
import { judge } from './crash/verdict.js';
import { World } from './crash/world.js';

/** @import { Story } from './crash/market.js' */

const HITS = Number(process.env.KESSAI_CRASH_HITS ?? 10);
const WORLDS = 2;

/** Far more than it takes. */
const MOST_ROUNDS = 40;

/**
 * What only the server does differently is in crash-random.test.js. An order is cancelled or refunded only once, and then
 * never comes to the same place again. @type {Story[]}
 */
const stories = [
  ...['lightning', 'lightning', 'onchain', 'late', 'latePartly', 'abandoned', 'marked'],
  ...Array(8).fill('cancelled'),
  ...Array(6).fill('refunded'),
];

it('killed ten times at every point there is, every order is right in the end', { timeout: 900_000 }, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`KESSAI_SEED=${seed}`);
  const ledger = new Ledger(HITS);
  const results = await Promise.all(
    Array.from({ length: WORLDS }, (_, no) => live(String(no), new Random(seed + no), ledger)),
  );
  const { points, hits, fewestHits } = ledger.sums();
  const orders = results.reduce((sum, result) => sum + result.orders, 0);
  t.diagnostic(
    `${orders} orders, ${ledger.kills} kills, ${points} points, ${hits} hits, no point fewer than ${fewestHits}`,
  );
  if (process.env.KESSAI_CRASH_VERBOSE) t.diagnostic(ledger.toString());
  assert.deepEqual(ledger.missing(), []);
});

/**
 * Trades in a world of its own until every point was hit often enough, and looks what came of it.
 * @param {string} name
 * @param {Random} random
 * @param {Ledger} ledger
 */
async function live(name, random, ledger) {
  let isDeadly = true;
  const world = await World.open({
    plan: () => ({ hits: isDeadly ? HITS : 0, left: isDeadly ? ledger.left : {}, dieAfter: null }),
    learn: (points, hits) => ledger.learn(name, points, hits),
    tries: 1000,
    copies: 3,
  });
  try {
    const seen = witness(world.sim);
    const deals = [];
    for (let round = 0; round < MOST_ROUNDS && !(round > 1 && ledger.isComplete); round++) {
      const next = random.shuffle(stories).map((story) => newDeal(story, random));
      deals.push(...next);
      await trade(world, next, random, (moment) => {
        if (!['pay', 'expire', 'return'].includes(moment)) return;
        world.sim.clearFaults();
        world.sim.fault({ on: 'webhook', kind: 'drop', times: 1 + random.below(8) });
      });
      // What an order comes to only once is lost where another one's kill cuts it off.
      world.atOnce = 1;
      console.log(
        name,
        round,
        Math.round(performance.now()),
        'kills',
        ledger.kills,
        JSON.stringify(ledger.sums()),
        'missing',
        ledger.missing().length,
        ledger.missing().slice(0, 6).join(' | '),
      );
    }
    isDeadly = false;
    await world.shop.restart();
    assert.deepEqual(await world.shop.tell({ do: 'reconcile' }), { ok: [] });
    return await judge({ ...world, seen, deals, lines: world.shop.lines() });
  } finally {
    await world.close();
  }
}
