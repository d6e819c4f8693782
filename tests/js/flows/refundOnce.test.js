/** A merchant's click is one refund, whatever happens on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { made, open, paidOrder, refund } from './refunds.js';

/** @import { Shop } from './shop.js' */

for (const version of ['1.7.1', '1.11.0', '1.12.0', '1.13.7', '2.0.0', '2.3.9', '2.4.1']) {
  test(`${version}: a refund whose answer was lost is found again, and made once`, async (t) => {
    const shop = await open(t, { version });
    for (const [id, how, match] of /** @type {[string, object, string][]} */ ([
      ['invoice', { kind: 'fiat' }, 'POST */refund'],
      ['store', { kind: 'custom', amount: '5000', via: 'pullPayment' }, 'POST */pull-payments'],
    ])) {
      await paidOrder(shop, id);
      const before = shop.sim.pullPayments.all().length;
      shop.sim.fault({ on: 'api', kind: 'resetAfter', match });
      await assert.rejects(refund(shop, id, how), { retryable: true });
      await assert.rejects(refund(shop, id, how), { code: 'order.busy' }, 'it may still be under way');
      await assert.rejects(refund(shop, id, { ...how, key: 'another form' }), { code: 'order.busy' });
      await shop.sim.advance(31);
      const { reused, amount } = await refund(shop, id, how);
      assert.deepEqual([reused, amount], [true, '5000']);
      await assert.rejects(refund(shop, id, { ...how, key: 'another form' }), { code: 'order.refundTooMuch' });
      assert.equal(shop.sim.pullPayments.all().length - before, 1, id);
      assert.deepEqual(shop.told(id).slice(-2), ['note refund', 'mail refund']);
    }
  });

  test(`${version}: a look at the order finds a refund whose answer was lost, without the merchant's trying again`, async (t) => {
    const shop = await open(t, { version });
    await paidOrder(shop, 'order');
    shop.sim.fault({ on: 'api', kind: 'resetAfter', match: 'POST */refund' });
    await assert.rejects(refund(shop, 'order', { kind: 'fiat' }), { retryable: true });
    await shop.kessai.order.apply({ orderId: 'order', check: true });
    assert.notDeepEqual(shop.told('order').slice(-1), ['mail refund'], 'it may still be under way');
    await shop.sim.advance(61);
    const looked = [];
    for await (const one of shop.kessai.order.reconcile(shop.records())) looked.push(one.outcome);
    assert.deepEqual(looked, ['checked']);
    assert.deepEqual(shop.told('order').slice(-2), ['note refund', 'mail refund']);
    assert.deepEqual([made(shop, 'order').length, (await refund(shop, 'order', { kind: 'fiat' })).reused], [1, true]);
  });

  test(`${version}: a refund that never reached the server is made when it is asked for again`, async (t) => {
    const shop = await open(t, { version });
    await paidOrder(shop, 'order');
    shop.sim.fault({ on: 'api', kind: 'reset', match: 'POST */refund' });
    await assert.rejects(refund(shop, 'order', { kind: 'fiat' }), { retryable: true });
    await shop.sim.advance(31);
    assert.equal((await refund(shop, 'order', { kind: 'fiat' })).reused, false);
    assert.equal(made(shop, 'order').length, 1);
  });
}

/**
 * Two clicks of one form, the second of which comes while the first refund is being made, or has looked before it was.
 * @param {Shop} shop
 * @param {object} how
 * @param {string} late the request before which the second click waits for the first to end
 */
async function twoClicks(shop, how, late) {
  const first = refund(shop, 'order', how);
  const second = refund(shop, 'order', how);
  let seen = 0;
  shop.before((request) => {
    if (request.endsWith(late)) seen += 1;
    return request.endsWith(late) && seen === 2 ? first : undefined;
  });
  return Promise.all([first, second]);
}

for (const how of [{ kind: 'fiat' }, { kind: 'custom', amount: '2000' }]) {
  test(`the same key is one refund, also where the second click has looked before the first: ${how.kind}`, async (t) => {
    const shop = await open(t);
    await paidOrder(shop, 'order');
    const clicks = await twoClicks(shop, how, '/server/info');
    assert.equal(made(shop, 'order').length, 1);
    assert.deepEqual(
      clicks.map((/** @type {any} */ { refundId, reused }) => [refundId, reused]),
      [
        [clicks[0].refundId, false],
        [clicks[0].refundId, true],
      ],
    );
  });
}

test('the same key is one refund, also where the second click comes while the first is being made', async (t) => {
  const shop = await open(t, { deadlineMs: 10_000 });
  await paidOrder(shop, 'order');
  /** @type {Promise<any> | undefined} */
  let second;
  shop.before((request) => {
    if (request.startsWith('POST') && !second) second = refund(shop, 'order', { kind: 'fiat' });
  });
  const first = await refund(shop, 'order', { kind: 'fiat' });
  assert.deepEqual(await second, { ...first, reused: true });
  assert.equal(made(shop, 'order').length, 1);
  assert.equal(shop.told('order').filter((told) => told === 'mail refund').length, 1);
});

test('two keys at once are never more than came', async (t) => {
  const shop = await open(t);
  await paidOrder(shop, 'order');
  const clicks = await Promise.allSettled(
    ['one', 'other'].map((key) => refund(shop, 'order', { kind: 'custom', amount: '3000', key })),
  );
  // Which of the two is a matter of time; that the other is refused is not.
  const codes = clicks.flatMap((click) => (click.status === 'rejected' ? [click.reason.code] : []));
  assert.equal(codes.length, 1);
  assert.ok(['order.refundTooMuch', 'order.busy'].includes(codes[0]), codes[0]);
  assert.equal(made(shop, 'order').length, 1);
});
