import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './world.js';

const DAY = 24 * 60 * 60;

test('4.5 sequence 1: on-chain, exact, MediumSpeed', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/None');
  sim.mine();
  assert.equal(await stateOf(id), 'Settled/None');
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoiceReceivedPayment Processing',
    'InvoiceProcessing',
    'InvoicePaymentSettled Settled',
    'InvoiceSettled',
  ]);
});

test('4.5 sequence 2: Lightning announces the payment as settled before it announces it as received', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id);
  assert.equal(await stateOf(id), 'Settled/None');
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoicePaymentSettled Settled',
    'InvoiceReceivedPayment Settled',
    'InvoiceProcessing',
    'InvoiceSettled',
  ]);
});

test('4.5 sequence 2: HighSpeed on-chain behaves like Lightning, unless the transaction signals RBF', async (t) => {
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

test('2.1 LowMediumSpeed settles with the second block, LowSpeed with the sixth', async (t) => {
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

test('4.5 sequence 3: a part, then nothing until the time is over', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'half' });
  assert.equal(await stateOf(id), 'New/PaidPartial');
  await sim.advance(15 * 60);
  assert.equal(await stateOf(id), 'New/PaidPartial');
  await sim.advance(1);
  assert.equal(await stateOf(id), 'Expired/PaidPartial');
  sim.mine();
  assert.equal(await stateOf(id), 'Expired/PaidPartial');
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoiceReceivedPayment Processing',
    'InvoiceExpired partiallyPaid',
    'InvoiceExpiredPaidPartial',
    'InvoicePaymentSettled Settled afterExpiration',
  ]);
});

test('4.5 sequence 4: paid in full, but late', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  await sim.expire(id);
  assert.equal(await stateOf(id), 'Expired/None');
  sim.pay(id, { method: 'onchain' });
  sim.mine();
  assert.equal(await stateOf(id), 'Expired/PaidLate');
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoiceExpired',
    'InvoiceReceivedPayment Processing afterExpiration',
    'InvoicePaidAfterExpiration',
    'InvoicePaymentSettled Settled afterExpiration',
  ]);
});

test('4.5 sequence 4: too much, and late, is only late', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  await sim.expire(id);
  sim.pay(id, { method: 'onchain', amount: 'over' });
  assert.equal(await stateOf(id), 'Expired/PaidLate');
});

test('4.5 sequence 5: a part in time, the rest late', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'half' });
  await sim.expire(id);
  sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Expired/PaidLate');
  sim.mine();
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoiceReceivedPayment Processing',
    'InvoiceExpired partiallyPaid',
    'InvoiceExpiredPaidPartial',
    'InvoiceReceivedPayment Processing afterExpiration',
    'InvoicePaidAfterExpiration',
    'InvoicePaymentSettled Settled afterExpiration',
    'InvoicePaymentSettled Settled afterExpiration',
  ]);
});

test('4.5 sequence 6: too much in one transaction', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'over' });
  assert.equal(await stateOf(id), 'Processing/PaidOver');
  sim.mine();
  assert.equal(await stateOf(id), 'Settled/PaidOver');
  assert.deepEqual((await story()).slice(2), [
    'InvoiceProcessing overPaid',
    'InvoicePaymentSettled Settled',
    'InvoiceSettled overPaid',
  ]);
});

test('4.5 sequence 6: too much by a second transaction while Processing', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain' });
  sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/PaidOver');
  sim.mine();
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoiceReceivedPayment Processing',
    'InvoiceProcessing',
    'InvoiceReceivedPayment Processing',
    'InvoicePaymentSettled Settled',
    'InvoicePaymentSettled Settled',
    'InvoiceSettled overPaid',
  ]);
});

test('4.5 sequence 6: a second transaction after Settled changes nothing', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id);
  sim.pay(id, { method: 'onchain' });
  sim.mine();
  assert.equal(await stateOf(id), 'Settled/None');
  assert.deepEqual((await story()).slice(5), ['InvoiceReceivedPayment Processing', 'InvoicePaymentSettled Settled']);
});

test('4.5 sequence 7: two parts in time', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'half' });
  sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/None');
  sim.mine();
  assert.equal(await stateOf(id), 'Settled/None');
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoiceReceivedPayment Processing',
    'InvoiceReceivedPayment Processing',
    'InvoiceProcessing',
    'InvoicePaymentSettled Settled',
    'InvoicePaymentSettled Settled',
    'InvoiceSettled',
  ]);
});

test('4.5 sequence 8: the payment never confirms', async (t) => {
  const { sim, create, stateOf, story } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain' });
  await sim.advance(15 * 60 + DAY);
  // A look at the very end of the monitoring is still in time.
  sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/PaidOver');
  await sim.advance(1);
  assert.equal(await stateOf(id), 'Invalid/PaidOver');
  assert.equal((await story()).at(-1), 'InvoiceInvalid');
  sim.mine();
  assert.equal((await story()).at(-1), 'InvoicePaymentSettled Settled afterExpiration');
  assert.equal(await stateOf(id), 'Invalid/PaidOver');
});

test('4.5 sequence 9: an amount of zero is settled at once, without a payment method', async (t) => {
  const { create, story } = await openWorld(t);
  const invoice = await create({ amount: '0' });
  assert.equal(invoice.status, 'Settled');
  assert.equal(invoice.type, 'Standard');
  assert.deepEqual(invoice.checkout.paymentMethods, []);
  assert.deepEqual(await story(), ['InvoiceCreated', 'InvoiceProcessing', 'InvoiceSettled']);
});

test('4.5 a replaced payment takes the invoice back to New without a word', async (t) => {
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

test('4.5 a replaced part payment leaves New/PaidPartial', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'half' });
  const rest = sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/None');
  sim.replace(id, { paymentId: rest.id });
  assert.equal(await stateOf(id), 'New/PaidPartial');
});

test('4.5 a fee bump is the old payment Invalid and a new one', async (t) => {
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

test('4.5 a payment replaced after the time is over lets the invoice expire after it was Processing', async (t) => {
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
  test(`3.1 ${name} may be marked ${allowed.join(' or ') || 'nothing'}`, async (t) => {
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

test('4.5 marks are announced as made by hand, both ways', async (t) => {
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

test('2.1.2: servers before it do not send the two late events', async (t) => {
  const { sim, create, story } = await openWorld(t, { version: '2.1.1' });
  const { id } = await create();
  sim.pay(id, { method: 'onchain', amount: 'half' });
  await sim.expire(id);
  sim.pay(id, { method: 'onchain' });
  assert.deepEqual((await story()).slice(2), [
    'InvoiceExpired partiallyPaid',
    'InvoiceReceivedPayment Processing afterExpiration',
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
