import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { Decimal } from '../../../../js/sim/btcpay/decimal.js';
import { openWorld, START } from '../world.js';

const ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7k3xy2pz';
const OTHER_ADDRESS = 'mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn';
const INVOICE_OF_20_SATS = `lnbcrt200n1${'q'.repeat(120)}`;

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<import('../../../../js/sim/btcpay/pullPayments.js').NewPullPayment>} [request]
 */
async function openPullPayment(t, request) {
  const world = await openWorld(t);
  const { sim } = world;
  const pullPayment = sim.pullPayments.create(sim.store, { currency: 'USD', amount: Decimal.of('65.00'), ...request });
  const claim = (/** @type {string | null} */ amount, destination = ADDRESS, method = 'BTC-CHAIN') =>
    sim.pullPayments.claim(pullPayment.id, { destination, method, amount });
  return { ...world, pullPayment, claim };
}

/** @param {string} code */
const refusal = (code) => (/** @type {any} */ error) => error.status === 400 && error.body.code === code;

test('a claim waits for approval, is paid in coins at the rate of its approval, and is done', async (t) => {
  const { sim, claim } = await openPullPayment(t);
  const { id, ...payout } = claim('32.5');
  assert.match(id, /^[1-9A-HJ-NP-Za-km-z]{26,28}$/);
  assert.deepEqual([payout.state, payout.amount, payout.date], ['AwaitingApproval', null, START]);
  assert.throws(() => sim.pullPayments.mark(id, 'Completed'), refusal('invalid-state'));
  assert.throws(() => sim.pullPayments.approve(id, 1), refusal('old-revision'));
  const approved = sim.pullPayments.approve(id, 0);
  assert.deepEqual([approved.state, approved.amount], ['AwaitingPayment', '0.00050000']);
  assert.throws(() => sim.pullPayments.approve(id), refusal('invalid-state'));
  assert.equal(sim.pullPayments.mark(id, 'InProgress').state, 'InProgress');
  assert.throws(() => sim.pullPayments.cancel(id), refusal('invalid-state'));
  assert.equal(sim.pullPayments.pay(id).state, 'Completed');
  assert.throws(() => sim.pullPayments.pay(id), refusal('invalid-state'));
});

test('no more can be claimed than is left, and all that is left is claimed without an amount', async (t) => {
  const { sim, claim, pullPayment } = await openPullPayment(t);
  const first = claim('60', OTHER_ADDRESS);
  assert.throws(() => claim('5.01'), refusal('overdraft'));
  assert.equal(claim(null).originalAmount, '5.00');
  assert.throws(() => claim(null, `bitcoin:${ADDRESS}`), refusal('amount-too-low'));
  sim.pullPayments.cancel(first.id);
  assert.equal(sim.pullPayments.remaining(pullPayment).toString(), '60.00');
});

test('what keeps a claim from being made: method, address, time, archive, another claim', async (t) => {
  const { sim, claim, pullPayment } = await openPullPayment(t, {
    payoutMethods: ['BTC-CHAIN'],
    startsAt: START + 60,
    expiresAt: START + 120,
  });
  assert.throws(() => claim('1'), refusal('not-started'));
  await sim.advance(60);
  assert.throws(() => claim('1', INVOICE_OF_20_SATS, 'BTC-LN'), refusal('payment-method-not-supported'));
  const invalid = (/** @type {any} */ error) => error.status === 422 && error.body[0].path;
  assert.throws(
    () => claim('1', 'nowhere'),
    (error) => invalid(error) === 'Destination',
  );
  assert.throws(
    () => claim('1', ADDRESS, 'BTC-LNURL'),
    (error) => invalid(error) === 'PayoutMethodId',
  );
  assert.throws(
    () => claim('a', ADDRESS),
    (error) => invalid(error) === 'amount',
  );
  claim('1');
  assert.throws(() => claim('1'), refusal('duplicate-destination'));
  await sim.advance(61);
  assert.throws(() => claim('1', OTHER_ADDRESS), refusal('expired'));
  sim.pullPayments.archive(pullPayment.id);
  assert.throws(() => claim('1', OTHER_ADDRESS), refusal('archived'));
  assert.deepEqual(
    sim.pullPayments.payouts().map(({ state }) => state),
    ['Cancelled'],
  );
});

test('a claim from a pull payment that approves by itself waits for payment at once; dust is refused', async (t) => {
  const { sim, claim } = await openPullPayment(t, { autoApproveClaims: true });
  assert.equal(claim('13').state, 'AwaitingPayment');
  assert.throws(() => claim('0.1', OTHER_ADDRESS), refusal('amount-too-low'));
  assert.equal(sim.pullPayments.payouts()[0]?.state, 'Cancelled');
});

test('a Lightning invoice over more than is claimed is refused; over less, it decides the amount', async (t) => {
  const { claim } = await openPullPayment(t, { currency: 'SATS', amount: Decimal.of('1000') });
  assert.throws(
    () => claim('19', INVOICE_OF_20_SATS, 'BTC-LN'),
    (/** @type {any} */ error) => error.status === 422 && error.body[0].path === 'Amount',
  );
  assert.equal(claim('25', INVOICE_OF_20_SATS, 'BTC-LN').originalAmount, '20');
  assert.equal(claim('25', 'hanako@wallet.example', 'BTC-LN').originalAmount, '25');
});

test('pull payments and payouts are kept from one start to the next', async (t) => {
  const folder = mkdtempSync('/tmp/kessai-sim-');
  t.after(() => rmSync(folder, { recursive: true }));
  const stateFile = `${folder}/state`;
  const { sim } = await openWorld(t, { stateFile });
  const { id } = sim.pullPayments.create(sim.store, { currency: 'BTC', amount: Decimal.of('1') });
  const payout = sim.pullPayments.claim(id, { destination: ADDRESS });
  sim.pullPayments.pay(payout.id);
  await sim.close();
  const { sim: again } = await openWorld(t, { stateFile });
  assert.equal(again.pullPayments.find(id)?.amount, '1');
  assert.equal(again.pullPayments.findPayout(payout.id)?.state, 'Completed');
});
