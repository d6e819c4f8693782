import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBtcpaySim } from '../../../js/sim/btcpay/index.js';
import { Clock } from '../../../js/sim/clock.js';

test('a still clock moves only when it is advanced', () => {
  const clock = new Clock({ now: 100, running: false });
  assert.equal(clock.now(), 100);
  assert.equal(clock.nowMs(), 100_000);
});

test('advance runs timers in the order of their times, each at its own time', async () => {
  const clock = new Clock({ now: 0, running: false });
  /** @type {[string, number][]} */
  const runs = [];
  clock.at(20_000, () => runs.push(['late', clock.now()]));
  clock.at(5_000, () => {
    runs.push(['early', clock.now()]);
    clock.at(9_000, () => runs.push(['made on the way', clock.now()]));
  });
  clock.at(5_000, () => runs.push(['asked second', clock.now()]));
  await clock.advance(19);
  assert.deepEqual(runs, [
    ['early', 5],
    ['asked second', 5],
    ['made on the way', 9],
  ]);
  assert.equal(clock.now(), 19);
  await clock.advance(1);
  assert.deepEqual(runs.at(-1), ['late', 20]);
});

test('a cancelled timer does not run', async () => {
  const clock = new Clock({ now: 0, running: false });
  const cancel = clock.at(1_000, () => assert.fail('ran'));
  cancel();
  await clock.advance(10);
});

test('advance waits for work before it moves on, so what follows from it happens at the time it was begun', async () => {
  const clock = new Clock({ now: 0, running: false });
  /** @type {number[]} */
  const ends = [];
  const slow = () => new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(undefined))));
  clock.at(1_000, async () => {
    await clock.work(slow());
    ends.push(clock.now());
    await clock.work(slow());
    ends.push(clock.now());
  });
  await clock.advance(60);
  assert.deepEqual(ends, [1, 1]);
});

test('work that fails is waited for as well', async () => {
  const clock = new Clock({ now: 0, running: false });
  const failure = clock.work(Promise.reject(new Error('refused')));
  await clock.idle();
  await assert.rejects(failure, /refused/);
});

test('two calls of advance follow one another', async () => {
  const clock = new Clock({ now: 0, running: false });
  await Promise.all([clock.advance(5), clock.advance(7)]);
  assert.equal(clock.now(), 12);
});

test('a clock does not go back', () => {
  const clock = new Clock({ now: 0, running: false });
  assert.throws(() => clock.advance(-1), RangeError);
});

test('a running clock can be moved ahead, and runs what is due by itself', async () => {
  const clock = new Clock({ now: 1_000 });
  assert.equal(clock.running, true);
  let ran = false;
  clock.at(2_000_000, () => {
    ran = true;
  });
  await clock.advance(1_000);
  assert.equal(ran, true);
  assert.ok(clock.now() >= 2_000);
  // The clock's own timer does not keep a process alive.
  const alive = setInterval(() => {}, 1_000);
  await new Promise((resolve) => {
    clock.at(clock.nowMs(), () => resolve(undefined));
  });
  clearInterval(alive);
  clock.close();
});

test('a simulator that goes with the wall clock is ahead of it by what it was moved, to the second', async (t) => {
  const sim = await startBtcpaySim();
  t.after(() => sim.close());
  const ahead = async () => (await (await fetch(`${sim.url}/sim/state`)).json()).secondsAhead;
  assert.equal(await ahead(), 0);
  await sim.advance(3600);
  assert.equal(await ahead(), 3600);
});
