import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digitsOf, roundPrice } from '../../../../js/sim/btcpay/currencies.js';
import { Decimal } from '../../../../js/sim/btcpay/decimal.js';
import { openWorld } from '../world.js';

const READ = [
  ['10', '10'],
  ['5.00', '5.00'],
  ['1,000.50', '1000.50'],
  ['10,50', '1050'],
  [' 5 ', '5'],
  ['1e2', '100'],
  ['1.5E-3', '0.0015'],
  ['-3', '-3'],
  ['3-', '-3'],
  ['(3)', '-3'],
  ['+.5', '0.5'],
  ['5.', '5'],
  ['79228162514264337593543950335', '79228162514264337593543950335'],
];

for (const [text = '', value] of READ) {
  test(`the amount ${JSON.stringify(text)} is read as ${value}`, () => {
    assert.equal(Decimal.parse(text)?.toString(), value);
  });
}

for (const text of [
  'abc',
  '1 000',
  '1.2.3',
  '１０',
  '--3',
  '(3',
  '-3-',
  '.',
  ',5',
  '79228162514264337593543950336',
  'NaN',
  '0x10',
]) {
  test(`the amount ${JSON.stringify(text)} is refused`, () => {
    assert.equal(Decimal.parse(text), null);
  });
}

const ROUNDED = [
  ['1000.5', 'JPY', '1001'],
  ['1000.4', 'JPY', '1000'],
  ['0.001', 'USD', '0.001'],
  ['0.4', 'JPY', '0.4'],
  ['10.005', 'USD', '10.01'],
  ['5', 'USD', '5'],
  ['1.23456', 'KWD', '1.235'],
  ['0', 'JPY', '0'],
];

for (const [text = '', currency = '', value] of ROUNDED) {
  test(`${text} ${currency} is rounded to ${value}`, () => {
    assert.equal(roundPrice(Decimal.of(text), digitsOf(currency)).toString(), value);
  });
}

test('coins are rounded up, also below zero', () => {
  const rate = Decimal.of('65000');
  assert.equal(Decimal.of('49.90').dividedUp(rate, 8).toString(), '0.00076770');
  assert.equal(Decimal.of('-0.0001').dividedUp(rate, 8).toString(), '0.00000000');
  assert.equal(Decimal.of('1').dividedUp(Decimal.of('3'), 2).toString(), '0.34');
  assert.equal(Decimal.of('-1').dividedUp(Decimal.of('3'), 2).toString(), '-0.33');
  assert.equal(Decimal.of('6').dividedUp(Decimal.of('3'), 2).toString(), '2.00');
});

test('a half goes to the even neighbour only where it is asked for', () => {
  assert.equal(Decimal.of('2.5').round(0).toString(), '3');
  assert.equal(Decimal.of('2.5').round(0, 'toEven').toString(), '2');
  assert.equal(Decimal.of('3.5').round(0, 'toEven').toString(), '4');
  assert.equal(Decimal.of('-2.5').round(0).toString(), '-3');
});

test('no amount makes a top-up invoice, whose first payment becomes its amount', async (t) => {
  const { sim, call, create, read } = await openWorld(t);
  for (const amount of [null, '', '  ']) assert.equal((await create({ amount })).type, 'TopUp');
  const invoice = (await call('POST', `/stores/${sim.storeId}/invoices`, { currency: 'JPY' })).json;
  assert.equal(invoice.type, 'TopUp');
  assert.equal(Number(invoice.amount), 0);
  sim.pay(invoice.id, { amount: '0.00012345' });
  const paid = await read(invoice.id);
  assert.equal(Number(paid.amount), 1234.5);
  assert.deepEqual([paid.type, paid.status, paid.additionalStatus], ['TopUp', 'Settled', 'None']);
});

test('the response repeats the scale of the amount; numbers are taken as well', async (t) => {
  const { create } = await openWorld(t);
  assert.equal((await create({ amount: '5.00', currency: 'USD' })).amount, '5.00');
  assert.equal((await create({ amount: 5, currency: 'USD' })).amount, '5');
  assert.equal((await create({ amount: '10,50', currency: 'JPY' })).amount, '1050');
});

test('SATS are a currency, SAT is none', async (t) => {
  const { sim, create } = await openWorld(t);
  const invoice = await create({ amount: '2500', currency: 'sats' });
  assert.equal(invoice.currency, 'SATS');
  assert.equal(sim.pay(invoice.id, { method: 'onchain' }).value, '0.000025');
  assert.equal((await create({ currency: 'SAT' })).code, 'generic-error');
});

test('dust from rounding up to a satoshi is no overpayment; a satoshi more is one', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const exact = await create({ amount: '49.90', currency: 'USD' });
  const over = await create({ amount: '49.90', currency: 'USD' });
  const short = await create({ amount: '49.90', currency: 'USD' });
  assert.equal(sim.pay(exact.id, { method: 'onchain' }).value, '0.0007677');
  sim.pay(over.id, { method: 'onchain', amount: '0.00076771' });
  sim.pay(short.id, { method: 'onchain', amount: '0.00076769' });
  assert.equal(await stateOf(exact.id), 'Processing/None');
  assert.equal(await stateOf(over.id), 'Processing/PaidOver');
  assert.equal(await stateOf(short.id), 'New/PaidPartial');
});

test('a payment within the tolerance pays the invoice', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const checkout = { paymentTolerance: 1 };
  const enough = await create({ amount: '1000', checkout });
  const short = await create({ amount: '1000', checkout });
  sim.pay(enough.id, { method: 'onchain', amount: '0.000099' });
  sim.pay(short.id, { method: 'onchain', amount: '0.00009899' });
  assert.equal(await stateOf(enough.id), 'Processing/None');
  assert.equal(await stateOf(short.id), 'New/PaidPartial');
});
