/** Nobody pays the invoice of a dead order, and no money that came all the same is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { all, openShop } from './shop.js';

/** @import { Shop } from './shop.js' */

/** An operation that would wait for a clock that stands still ends soon. */
const DEADLINE_MS = 1500;

/** @param {Shop} shop @param {string} invoice */
const stateOf = ({ sim }, invoice) => `${sim.invoice(invoice).status}/${sim.invoice(invoice).additionalStatus}`;

/** Something happens after the server was asked, and before an invoice is marked. @param {Shop} shop @param {() => void} happens */
function justBeforeTheMark(shop, happens) {
  shop.before((request) => {
    if (!/^POST .*\/status$/.test(request)) return;
    shop.before(() => {});
    happens();
  });
}

/** @param {Shop} shop @param {string} orderId */
const payOtherwise = ({ db }, orderId) =>
  db.prepare("UPDATE orders SET method = 'card', status = 'paid' WHERE id = ?").run(orderId);

/** @param {Shop} shop @param {string} orderId */
const alerts = (shop, orderId) => shop.told(orderId).filter((told) => told.startsWith('alert'));

for (const version of ['1.13.7', '2.4.1']) {
  const open = (/** @type {import('node:test').TestContext} */ t) => openShop(t, { version, deadlineMs: DEADLINE_MS });

  test(`${version}: without an invoice's id, every invoice that can still be paid is closed`, async (t) => {
    const shop = await open(t);
    const first = await shop.place('order', { total: '4000' });
    const second = await shop.checkout('order', { total: '5000' });
    assert.notEqual(second, first);
    await shop.sim.idle();
    const { case: moneyCase, changed } = await shop.kessai.btcpay.closeInvoice({ orderId: 'order' });
    assert.deepEqual([moneyCase, changed], ['markedInvalid', true]);
    assert.deepEqual([stateOf(shop, first), stateOf(shop, second)], ['Invalid/Marked', 'Invalid/Marked']);
    await shop.sim.idle();
    assert.deepEqual([shop.order('order').status, shop.order('order').stock], ['failed', 'returned']);
    const before = shop.requests.length;
    assert.equal((await shop.kessai.btcpay.closeInvoice({ orderId: 'order' })).changed, false);
    assert.equal(shop.requests.length, before, 'nothing is left to ask');
    assert.deepEqual(alerts(shop, 'order'), []);
  });

  for (const amount of /** @type {const} */ (['half', 'due'])) {
    test(`${version}: an invoice with money on it (${amount}) stays open, also where no webhook told of it`, async (t) => {
      const shop = await open(t);
      const invoice = await shop.place('order');
      await shop.sim.idle();
      shop.loseWebhooks();
      shop.sim.pay(invoice, { method: 'onchain', amount });
      const closing = shop.kessai.btcpay.closeInvoice({ orderId: 'order' });
      await assert.rejects(closing, { code: 'order.hasPayment' });
      assert.notEqual(stateOf(shop, invoice), 'Invalid/Marked');
      const { case: moneyCase } = await shop.kessai.order.apply({ orderId: 'order' });
      assert.equal(moneyCase, amount === 'due' ? 'processing' : 'partlyPaid');
    });
  }

  test(`${version}: an order that is paid by another method closes its invoice at the next look`, async (t) => {
    const shop = await open(t);
    const invoice = await shop.place('order');
    await shop.sim.idle();
    payOtherwise(shop, 'order');
    await shop.kessai.order.apply({ orderId: 'order', check: true });
    assert.equal(stateOf(shop, invoice), 'Invalid/Marked');
    await shop.sim.idle();
    const { handsOff } = await shop.kessai.order.apply({ orderId: 'order', check: true });
    assert.equal(handsOff, 'otherMethod');
    assert.deepEqual([shop.order('order').status, shop.order('order').stock], ['paid', 'taken']);
  });

  test(`${version}: an order that is paid by another method and by Bitcoin too is nobody's secret`, async (t) => {
    const shop = await open(t);
    const invoice = await shop.place('order');
    await shop.sim.idle();
    payOtherwise(shop, 'order');
    shop.sim.pay(invoice);
    await shop.sim.idle();
    await shop.kessai.order.apply({ orderId: 'order', check: true });
    assert.equal(stateOf(shop, invoice), 'Settled/None', 'money is never marked away');
    assert.deepEqual(alerts(shop, 'order'), ['alert handsOff', 'alert paidOtherwise']);
    assert.ok(shop.told('order').includes('note settled'));
  });

  test(`${version}: that the Bitcoin of such an order is there is told although it was left alone before`, async (t) => {
    const shop = await open(t);
    shop.sim.pay(await shop.place('order'), { method: 'onchain' });
    await shop.sim.idle();
    payOtherwise(shop, 'order');
    await shop.kessai.order.apply({ orderId: 'order', check: true });
    await shop.kessai.order.acknowledge({ orderId: 'order' });
    shop.sim.mine();
    await shop.sim.idle();
    assert.ok(shop.told('order').includes('note settled'));
    const { alerts: shown } = await shop.kessai.order.timeline({ record: shop.order('order').record });
    assert.notDeepEqual(shown, []);
  });

  for (const isLost of [false, true]) {
    const how = isLost ? 'a reconciliation finds it' : 'its webhook tells of it';
    test(`${version}: an invoice that is made late, after another took its place, is closed: ${how}`, async (t) => {
      const shop = await open(t);
      shop.db.prepare("INSERT INTO orders (id) VALUES ('order')").run();
      /** @type {(RequestInit & { url: string })[]} */
      const held = [];
      shop.before((request, sent) => {
        if (!/^POST .*\/invoices$/.test(request) || held.push(sent) > 1) return;
        throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
      });
      await assert.rejects(shop.checkout('order'), { retryable: true });
      await shop.sim.advance(60);
      const invoice = await shop.checkout('order');
      await shop.sim.idle();
      if (isLost) shop.loseWebhooks();
      const [{ url, ...sent }] = /** @type {[RequestInit & { url: string }]} */ (/** @type {unknown} */ (held));
      const { id: surplus } = await (await fetch(url, sent)).json();
      assert.notEqual(surplus, invoice);
      await shop.sim.idle();
      if (isLost) {
        assert.equal(stateOf(shop, surplus), 'New/None');
        shop.sim.clearFaults();
        await all(shop.kessai.order.reconcile(shop.records(), { all: true }));
        await shop.sim.idle();
      }
      assert.deepEqual([stateOf(shop, surplus), stateOf(shop, invoice)], ['Invalid/Marked', 'New/None']);
      assert.deepEqual(alerts(shop, 'order'), ['alert surplusInvoice']);
      assert.equal(shop.order('order').status, 'awaiting', 'the order goes on with the other');
      shop.sim.pay(invoice);
      await shop.sim.idle();
      assert.equal(shop.order('order').status, 'paid');
    });
  }

  test(`${version}: a customer who pays by Lightning just before the mark has paid`, async (t) => {
    const shop = await open(t);
    const invoice = await shop.place('order');
    await shop.sim.idle();
    justBeforeTheMark(shop, () => shop.sim.pay(invoice));
    await assert.rejects(shop.kessai.btcpay.closeInvoice({ orderId: 'order' }));
    await shop.sim.idle();
    assert.equal(stateOf(shop, invoice), 'Settled/None');
    assert.equal(shop.order('order').status, 'paid');
  });

  for (const amount of /** @type {const} */ (['half', 'due'])) {
    for (const isClosedBy of ['the shop', 'another method']) {
      test(`${version}: money (${amount}) that comes just before the mark of ${isClosedBy} is shown to the merchant`, async (t) => {
        const shop = await open(t);
        const invoice = await shop.place('order');
        await shop.sim.idle();
        if (isClosedBy === 'another method') payOtherwise(shop, 'order');
        justBeforeTheMark(shop, () => void shop.sim.pay(invoice, { method: 'onchain', amount }));
        if (isClosedBy === 'the shop') await shop.kessai.btcpay.closeInvoice({ orderId: 'order' }).catch(() => {});
        else await shop.kessai.order.apply({ orderId: 'order', check: true });
        assert.equal(stateOf(shop, invoice), 'Invalid/Marked');
        shop.sim.mine();
        await shop.sim.idle();
        await shop.kessai.order.apply({ orderId: 'order', check: true });
        assert.notDeepEqual(
          alerts(shop, 'order').filter((alert) => alert !== 'alert handsOff'),
          [],
        );
      });
    }
  }
}
