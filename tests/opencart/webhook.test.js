/** What the server tells, in any order, twice, at once and malformed: the order has one right status, and the server one right answer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MAJORS, openShop, startDatabase } from './shop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

/** An order of two cups that is paid: Processing, and told about once. */
const PAID = { status: 2, stock: 8, alerts: 0, left: 0 };
/** That the order was placed, which is OpenCart's, and that its payment has come. */
const MAILS = 2;
const PENDING = 1;
const PROCESSING = 2;
const COMPLETE = 5;
const FAILED = 10;
const EXPIRED = 14;

/** @typedef {Awaited<ReturnType<typeof openShop>>} Shop */

/** @param {Awaited<ReturnType<Shop['look']>>} seen */
const essence = ({ status, stock, alerts, left }) => ({ status, stock, alerts, left });

/** Where the server is told to send messages: to a file that answers before OpenCart starts, or to a page of OpenCart's. */
const ADDRESSES = /** @type {const} */ (['quick', 'route']);

for (const [major, address] of MAJORS.flatMap((major) =>
  ADDRESSES.map((address) => /** @type {const} */ ([major, address])),
)) {
  test(`OpenCart ${major}, ${address}`, async (t) => {
    const shop = await openShop(t, major, database.socket, { address });

    /** A paid order, and what the server has sent about it; the order as it then is, where that is delivered. */
    async function paid({ isDelivered = true } = {}) {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId);
      const messages = await shop.sent(order.invoiceId);
      if (isDelivered) await shop.deliverAll(messages);
      return { order, messages };
    }

    /** Of a message, another event with a delivery of its own. @param {{ body: string }} message @param {Record<string, unknown>} [changes] */
    const changed = ({ body }, changes = {}) =>
      shop.signed({ ...JSON.parse(body), deliveryId: `d${Math.random()}`, ...changes });

    await t.test('in order: Processing, stock taken once, the customer told once', async () => {
      const { order } = await paid();
      const seen = await shop.look(order);
      assert.deepEqual(essence(seen), PAID);
      assert.deepEqual(
        seen.moves.filter((status) => status !== 0),
        [PENDING, PROCESSING],
      );
      assert.equal((await shop.mailsOf(order)).length, MAILS);
      assert.equal(seen.cart, 1, 'the cart is emptied when the customer is back, not before');
    });

    await t.test('the same three times, and once more as a redelivery: as if once', async () => {
      const { order } = await paid();
      const settled = await shop.message(order.invoiceId, 'InvoiceSettled');
      const before = await shop.look(order);
      await shop.deliverAll([settled, settled, settled]);
      await shop.deliverAll([changed(settled, { isRedelivery: true, originalDeliveryId: settled.event.deliveryId })]);
      assert.deepEqual(await shop.look(order), before);
      assert.equal((await shop.mailsOf(order)).length, MAILS);
    });

    await t.test('every order in which messages can come ends the same', async () => {
      /** @typedef {Awaited<ReturnType<Shop['sent']>>} Sent */
      const arrangements = {
        backwards: (/** @type {Sent} */ sent) => sent.toReversed(),
        'the last one first': (/** @type {Sent} */ sent) => [...sent.slice(-1), ...sent],
        'there and back': (/** @type {Sent} */ sent) => [...sent, ...sent.toReversed()],
      };
      for (const [name, arranged] of Object.entries(arrangements)) {
        const { order, messages } = await paid({ isDelivered: false });
        await shop.deliverAll(arranged(messages));
        assert.deepEqual(essence(await shop.look(order)), PAID, name);
        assert.equal((await shop.mailsOf(order)).length, MAILS);
      }
    });

    for (const type of [
      'InvoiceProcessing',
      'InvoiceReceivedPayment',
      'InvoicePaymentSettled',
      'InvoiceExpired',
      'InvoiceInvalid',
    ]) {
      await t.test(`${type} that comes late does not move a paid order`, async () => {
        const { order } = await paid();
        const settled = await shop.message(order.invoiceId, 'InvoiceSettled');
        const before = await shop.look(order);
        await shop.deliver(changed(settled, { type }));
        const seen = await shop.look(order);
        assert.deepEqual([seen.status, seen.stock, seen.moves], [before.status, before.stock, before.moves]);
      });
    }

    await t.test('what the merchant has moved on stays there', async () => {
      const { order } = await paid();
      await shop.table('UPDATE oc_order SET order_status_id = ? WHERE order_id = ?', [COMPLETE, order.id]);
      await shop.deliverAll([changed(await shop.message(order.invoiceId, 'InvoiceSettled'), { isRedelivery: true })]);
      assert.equal((await shop.look(order)).status, COMPLETE);
    });

    await t.test('eight identical messages at once are one', async () => {
      const { order, messages } = await paid({ isDelivered: false });
      const [settled] = messages.slice(-1);
      assert.ok(settled);
      const answers = await Promise.all(Array.from({ length: 8 }, () => shop.deliver(settled)));
      assert.ok(answers.some(({ status }) => status === 200));
      assert.ok(answers.every(({ status, seconds }) => [200, 503].includes(status) && seconds < 10));
      const seen = await shop.look(order);
      assert.deepEqual(essence(seen), PAID);
      assert.equal(seen.moves.filter((status) => status === PROCESSING).length, 1);
      assert.equal((await shop.mailsOf(order)).length, MAILS);
    });

    await t.test('Processing and Settled at the same moment end Processing, ten times of ten', async () => {
      for (let count = 0; count < 10; count++) {
        const { order, messages } = await paid({ isDelivered: false });
        const [processing, settled] = messages.slice(-2);
        assert.ok(processing && settled);
        await Promise.all([shop.deliver(processing), shop.deliver(settled)]);
        assert.deepEqual(essence(await shop.look(order)), PAID);
      }
    });

    await t.test('paid with too much: Processing', async () => {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId, { amount: 'over' });
      await shop.deliverAll(await shop.sent(order.invoiceId));
      const { status, stock } = await shop.look(order);
      assert.deepEqual([status, stock], [PROCESSING, 8]);
    });

    await t.test(
      'half of it and then nothing: the stock is kept and the merchant is told; the rest late, and it is paid',
      async () => {
        const order = await shop.sell();
        shop.sim.pay(order.invoiceId, { amount: 'half' });
        await shop.sim.expire(order.invoiceId);
        await shop.deliverAll(await shop.sent(order.invoiceId));
        const half = await shop.look(order);
        assert.deepEqual([half.status, half.stock, half.alerts], [PENDING, 8, 1]);
        shop.sim.pay(order.invoiceId);
        shop.sim.mine(6);
        shop.sim.mark(order.invoiceId, 'Settled');
        await shop.deliverAll(await shop.sent(order.invoiceId));
        const { status, stock } = await shop.look(order);
        assert.deepEqual([status, stock], [PROCESSING, 8]);
      },
    );

    await t.test('expired, and paid after that: Processing, its stock taken once', async () => {
      const order = await shop.sell();
      await shop.sim.expire(order.invoiceId);
      await shop.deliverAll(await shop.sent(order.invoiceId));
      const expired = await shop.look(order);
      assert.deepEqual([expired.status, expired.stock], [EXPIRED, 10]);
      shop.sim.pay(order.invoiceId);
      shop.sim.mine(6);
      await shop.deliverAll(await shop.sent(order.invoiceId));
      const { status, stock } = await shop.look(order);
      assert.deepEqual([status, stock], [PROCESSING, 8]);
    });

    await t.test('marked as invalid: Failed, and the stock is back', async () => {
      const order = await shop.sell();
      shop.sim.mark(order.invoiceId, 'Invalid');
      await shop.deliverAll(await shop.sent(order.invoiceId));
      const { status, stock } = await shop.look(order);
      assert.deepEqual([status, stock], [FAILED, 10]);
    });

    await t.test('a message of another store moves nothing', async () => {
      const { order, messages } = await paid({ isDelivered: false });
      const [settled] = messages.slice(-1);
      assert.ok(settled);
      const { status } = await shop.deliver(
        changed(settled, { storeId: 'AnotherStore00000000000000000000000000000000' }),
      );
      assert.ok(status < 500);
      assert.notEqual((await shop.look(order)).status, PROCESSING);
    });

    await t.test('a message that is a year old is taken: the server signs no time', async () => {
      const { order, messages } = await paid({ isDelivered: false });
      const [settled] = messages.slice(-1);
      assert.ok(settled);
      await shop.deliverAll([changed(settled, { timestamp: settled.event.timestamp - 365 * 86400 })]);
      assert.equal((await shop.look(order)).status, PROCESSING);
    });

    await t.test('what is not signed with the secret is refused', async () => {
      const { order, messages } = await paid({ isDelivered: false });
      const [settled] = messages.slice(-1);
      assert.ok(settled);
      const good = shop.signed(settled.event);
      const signature = good.headers['btcpay-sig'];
      const bad = {
        'another secret': shop.signed(settled.event, 'another secret').headers['btcpay-sig'],
        'another body': shop.signed({ ...settled.event, a: 1 }).headers['btcpay-sig'],
        'upper case': signature.toUpperCase(),
        'no prefix': signature.replace('sha256=', ''),
        missing: '',
      };
      const before = await shop.look(order);
      for (const [name, header] of Object.entries(bad)) {
        const { status, text } = await shop.page('callback', {
          headers: header ? { 'btcpay-sig': header } : {},
          body: good.body,
        });
        assert.ok(status >= 400 && status < 500, `${name}: ${status} ${text}`);
        assert.doesNotMatch(text, /warning|\.php/i, name);
      }
      const empty = await shop.page('callback', { headers: good.headers, body: '' });
      assert.ok(empty.status >= 400 && empty.status < 500);
      const asked = await shop.page('callback');
      assert.ok(asked.status >= 400 && asked.status < 500);
      assert.deepEqual(await shop.look(order), before);
    });

    await t.test('signed nonsense is told so, and no PHP warning goes out', async () => {
      for (const body of [
        '{',
        'null',
        '[]',
        '"text"',
        '{}',
        '{"type":"InvoiceSettled"}',
        JSON.stringify({ type: 1, invoiceId: 2 }),
      ]) {
        const { status, text } = await shop.deliver(shop.signed(body));
        assert.ok(status >= 400 && status < 500, `${body}: ${status} ${text}`);
        assert.doesNotMatch(text, /warning|\.php/i);
      }
    });

    await t.test('signed messages about nothing of this shop are acknowledged, and do nothing', async () => {
      const { order, messages } = await paid({ isDelivered: false });
      const [settled] = messages.slice(-1);
      assert.ok(settled);
      const before = await shop.look(order);
      for (const changes of [
        { invoiceId: 'NoSuchInvoice1234567890', metadata: {} },
        { invoiceId: '__test__1234', metadata: {} },
        { invoiceId: "x' OR '1'='1", metadata: {} },
        { invoiceId: 'x', metadata: { orderId: `${order.id}' OR '1'='1` } },
      ]) {
        const { status, text } = await shop.deliver(changed(settled, changes));
        assert.ok(status < 500, `${JSON.stringify(changes)}: ${status} ${text}`);
      }
      await shop.deliverAll([changed(settled, { type: 'InvoiceSomethingNew' })]);
      assert.deepEqual(await shop.look(order), before);
    });
  });
}
