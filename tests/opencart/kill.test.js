/** A process of the shop ends at any statement: the next message, or the job, brings the order to where it belongs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { MAJORS, openShop, startDatabase } from './shop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

/** Where a process ends: at the extension's own statements, and at those of OpenCart's order API. */
const POINTS = {
  'the record': /^own: UPDATE `oc_kessai_order` SET record/,
  'the plan': /^own: INSERT INTO `oc_kessai_effect`/,
  'the commit of the plan': /^own: COMMIT/,
  'the status': /^shop: UPDATE `?oc_order`? SET `?order_status_id/,
  'the history': /^shop: INSERT INTO `?oc_order_history/,
  'the end of the plan': /^own: DELETE FROM `oc_kessai_effect`/,
  'the mails': /^own: UPDATE `oc_kessai_mail` SET claim/,
};

/** An order takes its stock when it has an invoice, and gives it back when that is invalid. */
const STOCK = /^shop: UPDATE `?oc_product`? SET/;

/** Seconds. */
const HOUR = 3600;

/** Seconds for which a process keeps what it has taken, and more; but less than an invoice is open. */
const A_WHILE = 150;

/** Only where the tables know transactions. */
const TRANSACTION = { 'the commit of the move': /^shop: COMMIT/ };

for (const major of MAJORS) {
  test(`OpenCart ${major}, killed`, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const points = major === 4 ? { ...POINTS, ...TRANSACTION } : POINTS;

    /** Messages until a process has ended. @param {Awaited<ReturnType<typeof shop.sent>>} messages */
    async function deliverUntilKilled(messages) {
      for (const message of messages) {
        await shop.deliver(message);
        if (shop.hasFailed()) break;
      }
      assert.ok(shop.hasFailed(), 'no process came there');
      // Its connections are gone when the database has seen them go.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }

    const healers = {
      'the next message': async (/** @type {Awaited<ReturnType<typeof shop.sent>>} */ messages) => {
        await shop.deliverAll(messages);
      },
      'the job': async () => {
        const { status, text } = await shop.job();
        assert.equal(status, 200, text);
      },
    };

    for (const [name, at] of Object.entries(points)) {
      for (const when of /** @type {const} */ (['before', 'after'])) {
        for (const [healer, heal] of Object.entries(healers)) {
          await t.test(`paid, killed ${when} ${name}: ${healer} heals it`, async () => {
            shop.wait(0);
            const order = await shop.sell();
            shop.sim.pay(order.invoiceId);
            const messages = await shop.sent(order.invoiceId);
            shop.fail({ at, when });
            await deliverUntilKilled(messages);
            // What a process had taken for itself is free again, and the order is to be looked at.
            shop.wait(HOUR);
            await heal(messages);
            const { status, stock, alerts, left, moves } = await shop.look(order);
            assert.deepEqual({ status, stock, alerts, left }, { status: 2, stock: 8, alerts: 0, left: 0 });
            assert.equal(new Set(moves).size, moves.length, `each status once: ${moves}`);
            assert.equal((await shop.mailsOf(order)).length, 2);
          });
        }
      }
    }

    for (const [name, at] of Object.entries({ ...points, 'the stock': STOCK })) {
      for (const when of /** @type {const} */ (['before', 'after'])) {
        await t.test(`confirmed, killed ${when} ${name}: the customer presses again`, async () => {
          shop.wait(0);
          const order = await shop.order();
          shop.fail({ at, when });
          await shop.confirm(order);
          for (let wait = 0; wait < 30 && !shop.hasFailed(); wait++)
            await new Promise((resolve) => setTimeout(resolve, 50));
          assert.ok(shop.hasFailed(), 'no process came there');
          await new Promise((resolve) => setTimeout(resolve, 100));
          shop.wait(A_WHILE);
          const { json, text } = await shop.confirm(order);
          assert.ok(json?.redirect, text);
          const { status, stock, left, cart } = await shop.look(order);
          assert.deepEqual({ status, stock, left, cart }, { status: 1, stock: 8, left: 0, cart: 1 });
          const made = await shop.table('SELECT invoice_id FROM oc_kessai_invoice WHERE order_id = ?', [
            String(order.id),
          ]);
          assert.equal(made.length, 1);
          assert.equal((await shop.mailsOf(order)).length, 1);
        });
      }
    }

    for (const [name, at] of Object.entries({
      'the stock': STOCK,
      'the status': points['the status'],
      'the history': points['the history'],
    })) {
      for (const when of /** @type {const} */ (['before', 'after'])) {
        await t.test(`marked as invalid, killed ${when} ${name}: the stock is given back once`, async () => {
          shop.wait(0);
          const order = await shop.sell();
          // On its way in, and replaced.
          shop.sim.pay(order.invoiceId, { method: 'onchain', replaceable: true });
          await shop.deliverAll(await shop.sent(order.invoiceId));
          assert.equal((await shop.look(order)).stock, 8);
          shop.sim.replace(order.invoiceId);
          shop.sim.mark(order.invoiceId, 'Invalid');
          const messages = await shop.sent(order.invoiceId);
          const invalid = messages.slice(-1);
          shop.fail({ at, when });
          await deliverUntilKilled(invalid);
          await shop.deliverAll(invalid);
          const { status, stock, left } = await shop.look(order);
          assert.deepEqual({ status, stock, left }, { status: 10, stock: 10, left: 0 });
        });
      }
    }
  });
}
