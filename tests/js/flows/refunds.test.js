import assert from 'node:assert/strict';
import { test } from 'node:test';
import { made, open, paidOrder, payOut, progress, refund } from './refunds.js';

/** What an order of 5000 yen is paid with, at the simulator's price. */
const COINS = '0.0005';

for (const version of ['1.7.1', '1.11.0', '1.12.0', '1.13.7', '2.0.0', '2.3.9', '2.4.1']) {
  const knowsMore = version !== '1.7.1';

  test(`${version}: every kind of refund is made as the release takes it, claimed, paid, and followed to its end`, async (t) => {
    const shop = await open(t, { version });
    const kinds = /** @type {[string, object, string, string, string][]} */ ([
      ['rateThen', { kind: 'rateThen' }, COINS, 'BTC', 'refunded'],
      ['currentRate', { kind: 'currentRate' }, COINS, 'BTC', 'refunded'],
      ['fiat', { kind: 'fiat' }, '5000', 'JPY', 'refunded'],
      ['customYen', { kind: 'custom', amount: '2000' }, '2000', 'JPY', 'partlyRefunded'],
      ['customCoins', { kind: 'custom', amount: '0.0001', currency: 'BTC' }, '0.0001', 'BTC', 'partlyRefunded'],
      ['pullPayment', { kind: 'custom', amount: '2000', via: 'pullPayment' }, '2000', 'JPY', 'partlyRefunded'],
      ...(knowsMore ? [['kept', { kind: 'rateThen', feePercent: '10' }, '0.00045', 'BTC', 'partlyRefunded']] : []),
    ]);
    for (const [id, how, amount, currency, end] of kinds) {
      await paidOrder(shop, id);
      const answer = await refund(shop, id, how);
      assert.deepEqual([answer.amount, answer.currency, answer.reused], [amount, currency, false], id);
      const stored = shop.sim.pullPayments.find(answer.refundId);
      assert.deepEqual([stored?.amount, stored?.currency], [amount, currency], id);
      const page = await fetch(answer.claimLink);
      assert.equal(page.status, 200, id);
      assert.match(await page.text(), new RegExp(id), 'the customer sees which order it is about');
      const mail = shop.db.prepare("SELECT text FROM messages WHERE order_id = ? AND key LIKE 'mail/refund/%'").get(id);
      assert.ok(/** @type {{ text: string }} */ (mail).text.includes(answer.claimLink), id);
      await shop.sim.idle();
      assert.equal(await progress(shop, id), 'pending', id);
      payOut(shop, answer.refundId);
      assert.equal(await progress(shop, id), end, id);
      assert.equal(shop.order(id).status, 'paid', 'a refund is no money case');
    }
    assert.deepEqual(shop.sim.unknownRoutes, []);
    assert.ok(shop.answers.every((answer) => answer === 200));
  });

  test(`${version}: an order that was paid by Lightning is refunded too`, async (t) => {
    const shop = await open(t, { version });
    await paidOrder(shop, 'lightning', { method: 'lightning' });
    const { refundId, claimLink } = await refund(shop, 'lightning', { kind: 'fiat' });
    assert.equal((await fetch(claimLink)).status, 200);
    // A shop that never hears of a second claim method would leave the customer without one.
    assert.notDeepEqual(shop.sim.pullPayments.find(refundId)?.payoutMethods, []);
  });

  test(`${version}: what came too much is given back, and no more`, async (t) => {
    const shop = await open(t, { version });
    await paidOrder(shop, 'over', { method: 'onchain', amount: 'over' });
    if (!knowsMore) {
      await assert.rejects(refund(shop, 'over', { kind: 'overpaid' }), { code: 'btcpay.tooOld' });
      assert.deepEqual(made(shop, 'over'), []);
      return;
    }
    const { refundId, amount, currency } = await refund(shop, 'over', { kind: 'overpaid' });
    assert.deepEqual([amount, currency], ['0.00025', 'BTC']);
    payOut(shop, refundId);
    assert.equal(await progress(shop, 'over'), 'partlyRefunded');
    await assert.rejects(refund(shop, 'over', { kind: 'custom', amount: '5001', key: 'another' }), {
      code: 'order.refundTooMuch',
    });
    const rest = await refund(shop, 'over', { kind: 'custom', amount: '5000', key: 'a third' });
    payOut(shop, rest.refundId);
    assert.equal(await progress(shop, 'over'), 'refunded');
  });

  test(`${version}: a part, then the rest, and never more than came`, async (t) => {
    const shop = await open(t, { version });
    await paidOrder(shop, 'parts');
    const first = await refund(shop, 'parts', { kind: 'custom', amount: '2000', key: 'first' });
    for (const [key, how] of Object.entries({
      whole: { kind: 'fiat' },
      yen: { kind: 'custom', amount: '3001' },
      coins: { kind: 'custom', amount: '0.000302', currency: 'BTC' },
      beside: { kind: 'custom', amount: '3001', via: 'pullPayment' },
    })) {
      await assert.rejects(refund(shop, 'parts', { key, ...how }), { code: 'order.refundTooMuch' }, key);
    }
    const second = await refund(shop, 'parts', { kind: 'custom', amount: '3000', key: 'second' });
    assert.equal(made(shop, 'parts').length, 2);
    payOut(shop, first.refundId);
    assert.equal(await progress(shop, 'parts'), 'partlyRefunded');
    payOut(shop, second.refundId);
    assert.equal(await progress(shop, 'parts'), 'refunded');
  });

  test(`${version}: a key without the permission is told before anything is made`, async (t) => {
    const shop = await open(t, { version, permissions: ['canmodifyinvoices', 'canviewstoresettings'] });
    await paidOrder(shop, 'order');
    const before = shop.requests.length;
    const needed = ['1.7.1', '1.11.0'].includes(version)
      ? 'canmodifystoresettings'
      : 'cancreatenonapprovedpullpayments';
    await assert.rejects(refund(shop, 'order', { kind: 'fiat' }), (/** @type {any} */ error) => {
      assert.equal(error.code, 'btcpay.forbidden');
      assert.ok(`${error.message} ${error.remedy}`.includes(`btcpay.store.${needed}`));
      return true;
    });
    assert.ok(shop.requests.slice(before).every((request) => request.startsWith('GET ')));
    assert.deepEqual(shop.sim.pullPayments.all(), []);
  });
}

test('InvoiceRefund of a refund that the merchant made at the server reaches the record (2.4.1)', async (t) => {
  const shop = await open(t, { version: '2.4.1' });
  const invoice = await paidOrder(shop, 'order');
  const response = await fetch(`${shop.sim.url}/api/v1/stores/${shop.sim.storeId}/invoices/${invoice}/refund`, {
    method: 'POST',
    headers: {
      Authorization: `token ${shop.sim.addKey(['btcpay.store.canmodifystoresettings'])}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ refundVariant: 'Custom', customAmount: '2000', customCurrency: 'JPY' }),
  });
  const { id } = await response.json();
  await shop.sim.idle();
  assert.equal((await shop.kessai.order.apply({ orderId: 'order' })).refund, 'pending');
  // The server mails nobody, and whoever made it there has the link.
  assert.deepEqual(shop.told('order').slice(-1), ['note refund']);
  await assert.rejects(refund(shop, 'order', { kind: 'custom', amount: '3001' }), { code: 'order.refundTooMuch' });
  assert.equal((await refund(shop, 'order', { kind: 'custom', amount: '3000', key: 'rest' })).reused, false);
  payOut(shop, id);
  assert.equal(await progress(shop, 'order'), 'partlyRefunded');
});

test('a refund that was taken back leaves room for another, by a new key', async (t) => {
  const shop = await open(t);
  await paidOrder(shop, 'order');
  const { refundId } = await refund(shop, 'order', { kind: 'fiat' });
  shop.sim.pullPayments.archive(refundId);
  assert.equal(await progress(shop, 'order'), undefined);
  const again = await refund(shop, 'order', { kind: 'fiat', key: 'another form' });
  assert.notEqual(again.refundId, refundId);
  assert.equal(await progress(shop, 'order'), 'pending');
});

test('an order that is left alone is refunded, and its status stays as somebody set it', async (t) => {
  const shop = await open(t, { statuses: { refunded: 'refunded' } });
  await paidOrder(shop, 'order');
  shop.db.prepare("UPDATE orders SET status = 'by hand' WHERE id = 'order'").run();
  assert.equal((await shop.kessai.order.apply({ orderId: 'order' })).handsOff, 'movedByHand');
  const { refundId } = await refund(shop, 'order', { kind: 'fiat' });
  payOut(shop, refundId);
  assert.equal(await progress(shop, 'order'), 'refunded');
  assert.equal(shop.order('order').status, 'by hand');
  assert.deepEqual(shop.told('order').slice(-2), ['note refund', 'mail refund']);
});

test("the status of a refunded order is the merchant's word for it", async (t) => {
  const shop = await open(t, { statuses: { refunded: 'refunded' } });
  await paidOrder(shop, 'order');
  const { refundId } = await refund(shop, 'order', { kind: 'rateThen' });
  assert.equal(shop.order('order').status, 'paid');
  payOut(shop, refundId);
  await progress(shop, 'order');
  assert.equal(shop.order('order').status, 'refunded');
});

test('a refund that is claimed and paid is found by a reconciliation a day later, and then the order rests', async (t) => {
  const shop = await open(t, { statuses: { refunded: 'refunded' } });
  await paidOrder(shop, 'order');
  const { refundId } = await refund(shop, 'order', { kind: 'rateThen' });
  await shop.sim.idle();
  payOut(shop, refundId);
  const look = async () => {
    const before = shop.requests.length;
    for await (const { outcome } of shop.kessai.order.reconcile(shop.records())) assert.notEqual(outcome, 'failed');
    return shop.requests.length - before;
  };
  assert.equal(await look(), 0, 'not every few minutes');
  await shop.sim.advance(25 * 3600);
  assert.equal(await look(), 1 + 4);
  assert.equal(shop.order('order').status, 'refunded');
  await shop.sim.advance(25 * 3600);
  assert.equal(await look(), 0);
});

test('an order that was paid twice: the invoice that is named is refunded, the other stays paid', async (t) => {
  const shop = await open(t);
  const first = await shop.place('order');
  await shop.sim.expire(first);
  await shop.sim.idle();
  const second = await shop.checkout('order');
  assert.notEqual(second, first);
  shop.sim.pay(second);
  shop.sim.pay(first);
  await shop.sim.idle();
  assert.ok(shop.told('order').includes('alert paidTwice'));
  await refund(shop, 'order', { kind: 'fiat', invoiceId: first });
  assert.deepEqual(
    shop.sim.pullPayments.all().map(({ invoiceId, amount }) => [invoiceId, amount]),
    [[first, '5000']],
  );
  await assert.rejects(refund(shop, 'order', { kind: 'fiat', invoiceId: first, key: 'another' }), {
    code: 'order.refundTooMuch',
  });
  assert.equal(shop.order('order').status, 'paid');
});

test('nothing is given back of an order that nobody paid', async (t) => {
  const shop = await open(t);
  await shop.place('order');
  await shop.sim.idle();
  await assert.rejects(refund(shop, 'order', { kind: 'fiat' }), { code: 'order.notRefundable' });
  await assert.rejects(refund(shop, 'order', { kind: 'custom', amount: '1', via: 'pullPayment' }), {
    code: 'order.refundTooMuch',
  });
  assert.deepEqual(shop.sim.pullPayments.all(), []);
});

for (const [id, version, how] of /** @type {[string, string, object][]} */ ([
  ['a pull payment of the store', '2.4.1', { kind: 'custom', amount: '2000', via: 'pullPayment', feePercent: '10' }],
  ['a release before 1.10.0', '1.7.1', { kind: 'fiat', feePercent: '10' }],
])) {
  test(`a share that ${id} cannot keep back is refused, not given away`, async (t) => {
    const shop = await open(t, { version });
    await paidOrder(shop, 'order');
    await assert.rejects(refund(shop, 'order', how));
    assert.deepEqual(shop.sim.pullPayments.all(), []);
  });
}

test('a payout method is named as 1.x names it', async (t) => {
  const shop = await open(t, { version: '1.13.7' });
  await paidOrder(shop, 'order');
  const { refundId } = await refund(shop, 'order', { kind: 'fiat', payoutMethod: 'BTC-LN' });
  assert.deepEqual(shop.sim.pullPayments.find(refundId)?.payoutMethods, ['BTC-LN']);
});

test('all of it at the current rate is all of it, whatever the coin is worth by now', async (t) => {
  const shop = await open(t, { statuses: { refunded: 'refunded' } });
  await paidOrder(shop, 'order');
  shop.sim.prices.JPY = '20000000';
  const { refundId } = await refund(shop, 'order', { kind: 'currentRate' });
  payOut(shop, refundId);
  assert.equal(await progress(shop, 'order'), 'refunded');
  assert.equal(shop.order('order').status, 'refunded');
});

test('after all of it at the current rate nothing more is given back', async (t) => {
  const shop = await open(t);
  await paidOrder(shop, 'order');
  shop.sim.prices.JPY = '20000000';
  await refund(shop, 'order', { kind: 'currentRate' });
  await assert.rejects(refund(shop, 'order', { kind: 'custom', amount: '2500', key: 'another' }), {
    code: 'order.refundTooMuch',
  });
});

test('a refund that is claimed in parts is partly refunded', async (t) => {
  const shop = await open(t);
  await paidOrder(shop, 'order');
  const { refundId } = await refund(shop, 'order', { kind: 'fiat' });
  payOut(shop, refundId, '2000');
  assert.equal(await progress(shop, 'order'), 'partlyRefunded');
  payOut(shop, refundId, '3000');
  assert.equal(await progress(shop, 'order'), 'refunded');
});
