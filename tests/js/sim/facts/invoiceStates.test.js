/** How an invoice changes, row by row: BTCPay Server 2.4.1, InvoiceWatcher and InvoiceState. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from '../world.js';

const DAY = 24 * 60 * 60;

/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */

/**
 * What happens to an invoice, in a word each.
 * @type {Record<string, (world: World, id: string) => unknown>}
 */
const STEPS = {
  part: ({ sim }, id) => sim.pay(id, { method: 'onchain', amount: 'half' }),
  pay: ({ sim }, id) => sim.pay(id, { method: 'onchain', replaceable: true }),
  over: ({ sim }, id) => sim.pay(id, { method: 'onchain', amount: 'over' }),
  lightning: ({ sim }, id) => sim.pay(id, { method: 'lightning' }),
  mine: ({ sim }) => sim.mine(),
  'double-spend': ({ sim }, id) => sim.replace(id),
  expire: ({ sim }, id) => sim.expire(id),
  'give up': ({ sim }) => sim.advance(15 * 60 + DAY + 1),
  Settled: ({ sim }, id) => sim.mark(id, 'Settled'),
  Invalid: ({ sim }, id) => sim.mark(id, 'Invalid'),
};

/** What came before, what happens, what the invoice is then, and the events of what happened. */
const ROWS = /** @type {[string[], string, string, string[]][]} */ ([
  [[], 'part', 'New/PaidPartial', ['InvoiceReceivedPayment Processing']],
  [[], 'pay', 'Processing/None', ['InvoiceReceivedPayment Processing', 'InvoiceProcessing']],
  [[], 'over', 'Processing/PaidOver', ['InvoiceReceivedPayment Processing', 'InvoiceProcessing overPaid']],
  [['part'], 'pay', 'Processing/None', ['InvoiceReceivedPayment Processing', 'InvoiceProcessing']],
  [['pay'], 'pay', 'Processing/PaidOver', ['InvoiceReceivedPayment Processing']],
  [['pay'], 'mine', 'Settled/None', ['InvoicePaymentSettled Settled', 'InvoiceSettled']],
  [['over'], 'mine', 'Settled/PaidOver', ['InvoicePaymentSettled Settled', 'InvoiceSettled overPaid']],
  [
    ['part', 'pay'],
    'mine',
    'Settled/None',
    ['InvoicePaymentSettled Settled', 'InvoicePaymentSettled Settled', 'InvoiceSettled'],
  ],
  [['pay'], 'double-spend', 'New/None', []],
  [['part', 'pay'], 'double-spend', 'New/PaidPartial', []],
  [['pay', 'double-spend'], 'expire', 'Expired/None', ['InvoiceExpired']],
  [['pay'], 'give up', 'Invalid/None', ['InvoiceInvalid']],
  [['over'], 'give up', 'Invalid/PaidOver', ['InvoiceInvalid']],
  [[], 'expire', 'Expired/None', ['InvoiceExpired']],
  [['part'], 'expire', 'Expired/PaidPartial', ['InvoiceExpired partiallyPaid', 'InvoiceExpiredPaidPartial']],
  [['expire'], 'part', 'Expired/PaidPartial', ['InvoiceReceivedPayment Processing afterExpiration']],
  [
    ['expire'],
    'pay',
    'Expired/PaidLate',
    ['InvoiceReceivedPayment Processing afterExpiration', 'InvoicePaidAfterExpiration'],
  ],
  [
    ['expire'],
    'over',
    'Expired/PaidLate',
    ['InvoiceReceivedPayment Processing afterExpiration', 'InvoicePaidAfterExpiration'],
  ],
  [
    ['part', 'expire'],
    'pay',
    'Expired/PaidLate',
    ['InvoiceReceivedPayment Processing afterExpiration', 'InvoicePaidAfterExpiration'],
  ],
  [['expire', 'pay'], 'mine', 'Expired/PaidLate', ['InvoicePaymentSettled Settled afterExpiration']],
  [['pay', 'give up'], 'mine', 'Invalid/None', ['InvoicePaymentSettled Settled afterExpiration']],
  [['pay', 'Settled'], 'mine', 'Settled/Marked', ['InvoicePaymentSettled Settled']],
  [['lightning'], 'pay', 'Settled/None', ['InvoiceReceivedPayment Processing']],
  [['lightning', 'pay'], 'mine', 'Settled/None', ['InvoicePaymentSettled Settled']],
  [[], 'Settled', 'Settled/Marked', ['InvoiceSettled manuallyMarked']],
  [[], 'Invalid', 'Invalid/Marked', ['InvoiceInvalid manuallyMarked']],
  [['over'], 'Settled', 'Settled/Marked', ['InvoiceSettled manuallyMarked']],
  [['expire'], 'Settled', 'Settled/Marked', ['InvoiceSettled manuallyMarked']],
  [['pay', 'give up'], 'Settled', 'Settled/Marked', ['InvoiceSettled manuallyMarked']],
  [['Settled'], 'Invalid', 'Invalid/Marked', ['InvoiceInvalid manuallyMarked']],
]);

for (const [before, step, state, events] of ROWS) {
  test(`${['an invoice', ...before].join(', ')}; then ${step}: ${state}, ${events.join(', ') || 'no event'}`, async (t) => {
    const world = await openWorld(t);
    const { id } = await world.create();
    for (const one of before) await STEPS[one]?.(world, id);
    const told = (await world.story()).length;
    await STEPS[step]?.(world, id);
    assert.equal(await world.stateOf(id), state);
    assert.deepEqual((await world.story()).slice(told), events);
  });
}

test('an invoice expires about a second after its time, not before', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  await sim.advance(15 * 60);
  assert.equal(await stateOf(id), 'New/None');
  await sim.advance(1);
  assert.equal(await stateOf(id), 'Expired/None');
});

test('what lacks less than the tolerance is paid; what the rounding of coins adds is not too much', async (t) => {
  const { sim, create, stateOf } = await openWorld(t, { prices: { JPY: '9999983' } });
  const checkout = { paymentTolerance: 10, paymentMethods: ['BTC-CHAIN'] };
  const [almost, short] = [await create({ amount: '1000', checkout }), await create({ amount: '1000', checkout })];
  sim.pay(almost.id, { amount: '0.00009002' });
  sim.pay(short.id, { amount: '0.00008900' });
  assert.deepEqual([await stateOf(almost.id), await stateOf(short.id)], ['Processing/None', 'New/PaidPartial']);
  const exact = await create({ amount: '1000' });
  sim.pay(exact.id, { method: 'onchain' });
  assert.equal(await stateOf(exact.id), 'Processing/None');
});

test('HighSpeed on-chain behaves like Lightning, unless the transaction signals RBF', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const checkout = { speedPolicy: 'HighSpeed' };
  const plain = await create({ checkout });
  const replaceable = await create({ checkout });
  sim.pay(plain.id, { method: 'onchain' });
  sim.pay(replaceable.id, { method: 'onchain', replaceable: true });
  assert.equal(await stateOf(plain.id), 'Settled/None');
  assert.equal(await stateOf(replaceable.id), 'Processing/None');
  sim.mine();
  assert.equal(await stateOf(replaceable.id), 'Settled/None');
});

test('LowMediumSpeed settles with the second block, LowSpeed with the sixth', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const two = await create({ checkout: { speedPolicy: 'LowMediumSpeed' } });
  const six = await create({ checkout: { speedPolicy: 'LowSpeed' } });
  for (const { id } of [two, six]) sim.pay(id, { method: 'onchain' });
  sim.mine(1);
  assert.equal(await stateOf(two.id), 'Processing/None');
  sim.mine(1);
  assert.equal(await stateOf(two.id), 'Settled/None');
  sim.mine(3);
  assert.equal(await stateOf(six.id), 'Processing/None');
  sim.mine(1);
  assert.equal(await stateOf(six.id), 'Settled/None');
});

test('too much, and late, is only late', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  await sim.expire(id);
  sim.pay(id, { method: 'onchain', amount: 'over' });
  assert.equal(await stateOf(id), 'Expired/PaidLate');
});

test('a second transaction after Settled changes nothing', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id);
  sim.pay(id, { method: 'onchain' });
  sim.mine();
  assert.equal(await stateOf(id), 'Settled/None');
  assert.deepEqual((await story()).slice(5), ['InvoiceReceivedPayment Processing', 'InvoicePaymentSettled Settled']);
});

test('a replaced payment takes the invoice back to New without a word', async (t) => {
  const { sim, create, call, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', replaceable: true });
  const before = (await story()).length;
  sim.replace(id);
  assert.equal(await stateOf(id), 'New/None');
  assert.equal((await story()).length, before);
  const path = `/stores/${sim.storeId}/invoices/${id}/payment-methods`;
  const [accounted] = (await call('GET', path)).json;
  const [all] = (await call('GET', `${path}?onlyAccountedPayments=false`)).json;
  assert.deepEqual(accounted.payments, []);
  assert.deepEqual(
    all.payments.map((/** @type {any} */ payment) => payment.status),
    ['Invalid'],
  );
  await sim.expire(id);
  assert.equal((await story()).at(-1), 'InvoiceExpired');
});

test('a replaced part payment leaves New/PaidPartial', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'half' });
  const rest = sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/None');
  sim.replace(id, { paymentId: rest.id });
  assert.equal(await stateOf(id), 'New/PaidPartial');
});

test('a fee bump is the old payment Invalid and a new one', async (t) => {
  const { sim, create, call, stateOf } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', replaceable: true });
  sim.replace(id, { amount: 'due' });
  assert.equal(await stateOf(id), 'Processing/None');
  const [{ payments }] = (await call('GET', `/invoices/${id}/payment-methods?onlyAccountedPayments=false`)).json;
  assert.deepEqual(
    payments.map((/** @type {any} */ payment) => payment.status),
    ['Invalid', 'Processing'],
  );
});

test('a payment replaced after the time is over lets the invoice expire after it was Processing', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain' });
  await sim.advance(20 * 60);
  sim.replace(id);
  await sim.advance(0);
  assert.equal(await stateOf(id), 'Expired/None');
  assert.deepEqual((await story()).slice(-2), ['InvoiceProcessing', 'InvoiceExpired']);
});

const MARKS = /** @type {const} */ ([
  ['New', [], ['Settled', 'Invalid']],
  ['Processing', ['pay'], ['Settled', 'Invalid']],
  ['Settled', ['pay', 'mine'], []],
  ['Expired', ['expire'], ['Settled', 'Invalid']],
  ['Settled/Marked', ['Settled'], ['Invalid']],
  ['Invalid/Marked', ['Invalid'], ['Settled']],
]);

for (const [name, steps, allowed] of MARKS) {
  test(`${name} may be marked ${allowed.join(' or ') || 'nothing'}`, async (t) => {
    const { sim, create, call, read } = await openWorld(t);
    for (const status of /** @type {const} */ (['Settled', 'Invalid'])) {
      const { id } = await create();
      for (const step of steps) {
        if (step === 'pay') sim.pay(id, { method: 'onchain' });
        else if (step === 'mine') sim.mine();
        else if (step === 'expire') await sim.expire(id);
        else sim.mark(id, step);
      }
      assert.deepEqual((await read(id)).availableStatusesForManualMarking, allowed);
      const answer = await call('POST', `/stores/${sim.storeId}/invoices/${id}/status`, { status });
      if (/** @type {readonly string[]} */ (allowed).includes(status)) {
        assert.deepEqual([answer.status, answer.json.status, answer.json.additionalStatus], [200, status, 'Marked']);
      } else {
        assert.equal(answer.status, 422);
        assert.deepEqual(answer.json, [
          { path: 'Status', message: 'Status can only be marked to invalid or settled within certain conditions.' },
        ]);
      }
    }
  });
}

test('marks are announced as made by hand, both ways', async (t) => {
  const { sim, create, story } = await openWorld(t);
  const { id } = await create();
  assert.equal(sim.mark(id, 'Settled'), true);
  assert.equal(sim.mark(id, 'Invalid'), true);
  assert.equal(sim.mark(id, 'Settled'), true);
  assert.deepEqual((await story()).slice(1), [
    'InvoiceSettled manuallyMarked',
    'InvoiceInvalid manuallyMarked',
    'InvoiceSettled manuallyMarked',
  ]);
});

test('paying what cannot be paid is an error of the caller', async (t) => {
  const { sim, create } = await openWorld(t);
  const zero = await create({ amount: '0' });
  assert.throws(() => sim.pay(zero.id), /cannot be paid/);
  const { id } = await create({ checkout: { paymentMethods: ['BTC-CHAIN'] } });
  assert.throws(() => sim.pay(id, { method: 'lightning' }), /cannot be paid lightning/);
  assert.throws(() => sim.pay(id, { amount: '-1' }), /amount to pay/);
  assert.throws(() => sim.replace(id), /no such unconfirmed payment/);
});
