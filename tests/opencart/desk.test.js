/** What an admin does with an order, signed on a sheet and posted to the storefront's side. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { MAJORS, openShop, startDatabase } from './shop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

const now = () => Math.floor(Date.now() / 1000);

/**
 * As the admin's side signs.
 * @param {string} key
 * @param {Record<string, unknown>} said
 */
function signed(key, said) {
  const text = Buffer.from(JSON.stringify({ arguments: {}, language: 'en', until: now() + 60, ...said })).toString(
    'base64url',
  );
  const own = createHmac('sha256', key).update('desk').digest();
  return `${text}.${createHmac('sha256', own).update(text).digest('base64url')}`;
}

for (const major of MAJORS) {
  test(`OpenCart ${major}, the desk`, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const key = String(shop.settings.shopKey);
    const bring = (/** @type {string} */ sheet) => shop.page('desk', { body: new URLSearchParams({ sheet }) });

    /** @param {string} action @param {number | ''} orderId @param {object} [given] */
    const act = async (action, orderId, given = {}) => {
      const { status, json, text, headers } = await bring(
        signed(key, { action, orderId: String(orderId), arguments: given }),
      );
      assert.deepEqual([status, headers.get('content-type')], [200, 'application/json'], text);
      assert.ok(json, text);
      return json;
    };

    /** An order that was paid, and the messages about it lost. @param {string} [amount] in coins */
    async function paid(amount) {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId, amount === undefined ? {} : { amount });
      await shop.sent(order.invoiceId);
      return order;
    }

    const refundsOf = async (/** @type {number} */ id) => {
      const { ok } = await act('statement', id);
      return ok.lines.filter((/** @type {{ isRefund: string }} */ { isRefund }) => isRefund);
    };

    await t.test('takes no sheet but its own, whole and of this minute', async () => {
      const order = await paid();
      const said = { action: 'check', orderId: String(order.id) };
      const good = signed(key, said);
      const [text, mac] = good.split('.');
      const other = Buffer.from(String(text), 'base64url').toString().replace('check', 'close');
      const sheets = [
        '',
        'x',
        `${text}.`,
        `.${mac}`,
        `${Buffer.from(other).toString('base64url')}.${mac}`,
        signed('another key of another shop', said),
        signed('', said),
        signed(key, { ...said, until: now() - 1 }),
        signed(key, { ...said, until: now() + 3600 }),
      ];
      for (const sheet of sheets) {
        const { status, json } = await bring(sheet);
        assert.equal(status, 200);
        assert.match(json.error, /permission has run out/, sheet);
        assert.ok(json.remedy);
      }
      assert.equal((await shop.look(order)).status, 1, 'nothing was done');
    });

    await t.test('finds the payment of which the message was lost', async () => {
      const order = await paid();
      const { ok } = await act('check', order.id);
      assert.match(ok.said, /order is paid/);
      assert.equal((await shop.look(order)).status, 2);
    });

    await t.test('answers in the language of the admin, and writes in that of the shop', async () => {
      const order = await paid();
      const { json } = await bring(signed(key, { action: 'check', orderId: String(order.id), language: 'ja' }));
      assert.match(json.ok.said, /入金状況/);
      const lines = await shop.table('SELECT comment FROM oc_order_history WHERE order_id = ?', [order.id]);
      const said = lines.map(({ comment }) => comment).join(' ');
      assert.match(said, /paid and confirmed/);
      assert.doesNotMatch(said, /[\u3040-\u30ff]/);
    });

    await t.test('answers JSON and nothing else where the shop complains in between, and all is done', async () => {
      const order = await paid();
      shop.fail({ at: /^shop: UPDATE `?oc_order`? SET `?order_status_id/, how: 'warn' });
      assert.match((await act('check', order.id)).ok.said, /order is paid/);
      assert.ok(shop.hasFailed());
      assert.equal((await shop.look(order)).status, 2);
    });

    await t.test('tells what failed and what to do, and a process that ends tells it too', async () => {
      const order = await paid();
      shop.sim.fault({ on: 'api', kind: '5xx', times: 'always' });
      const { error, remedy } = await act('check', order.id);
      shop.sim.clearFaults();
      assert.ok(error && remedy, `${error} ${remedy}`);
      shop.fail({ at: /^shop: UPDATE `?oc_order`? SET `?order_status_id/, how: 'exit' });
      assert.match((await act('check', order.id)).error, /could not be done/);
      assert.match((await act('check', order.id)).ok.said, /order is paid/);
      assert.equal((await shop.look(order)).status, 2);
    });

    await t.test('two admins refund at once by the same page: one refund, and both have its link', async () => {
      const order = await paid();
      await act('check', order.id);
      const forms = [
        { key: 'the page of both', kind: 'rateThen', mail: '1' },
        { key: 'the page of both', kind: 'custom', amount: '5' },
      ];
      const [one, two] = await Promise.all(forms.map((form) => act('refund', order.id, form)));
      assert.equal(one.ok.claimLink, two.ok.claimLink);
      assert.equal([one, two].filter(({ ok }) => /already/.test(ok.said)).length, 1);
      assert.equal((await refundsOf(order.id)).length, 1);
    });

    await t.test('two admins refund all of it at once by pages of their own: one refund, and a refusal', async () => {
      const order = await paid();
      await act('check', order.id);
      const answers = await Promise.all(['a', 'b'].map((own) => act('refund', order.id, { key: own, kind: 'fiat' })));
      assert.equal(answers.filter(({ ok }) => ok).length, 1);
      assert.match(answers.find(({ error }) => error).error, /exceed what was paid/);
      assert.equal((await refundsOf(order.id)).length, 1);
    });

    await t.test('a refund is mailed where that is wanted', async () => {
      const [wanted, quiet] = [await paid(), await paid()];
      for (const { id } of [wanted, quiet]) await act('check', id);
      const before = [(await shop.mailsOf(wanted)).length, (await shop.mailsOf(quiet)).length];
      await act('refund', wanted.id, { key: 'w', kind: 'fiat', mail: '1' });
      await act('refund', quiet.id, { key: 'q', kind: 'fiat' });
      const mails = [(await shop.mailsOf(wanted)).length, (await shop.mailsOf(quiet)).length];
      assert.deepEqual(mails, [Number(before[0]) + 1, before[1]]);
    });

    await t.test('an alert that is acknowledged leaves the list, the others stay', async () => {
      const [over, other] = [await paid('0.01'), await paid('0.01')];
      for (const { id } of [over, other]) await act('check', id);
      const [alert] = await shop.table('SELECT * FROM oc_kessai_alert WHERE order_id = ?', [String(over.id)]);
      assert.equal(String(alert.code), 'overpaid');
      assert.ok((await act('acknowledge', over.id, { keys: ['none of this'] })).ok);
      assert.equal((await shop.look(over)).alerts, 1);
      assert.ok((await act('acknowledge', over.id, { keys: [String(alert.alert_key)] })).ok);
      assert.deepEqual([(await shop.look(over)).alerts, (await shop.look(other)).alerts], [0, 1]);
    });

    await t.test('the alert of an order that was deleted can be acknowledged', async () => {
      const order = await paid('0.01');
      await act('check', order.id);
      const [alert] = await shop.table('SELECT * FROM oc_kessai_alert WHERE order_id = ?', [String(order.id)]);
      await shop.table('DELETE FROM oc_order WHERE order_id = ?', [order.id]);
      assert.ok((await act('acknowledge', order.id, { keys: [String(alert.alert_key)] })).ok);
      const left = await shop.table('SELECT * FROM oc_kessai_alert WHERE order_id = ?', [String(order.id)]);
      assert.equal(left.length, 0);
    });

    await t.test('an invoice that is closed is so at the server, and the order shows it', async () => {
      const order = await shop.sell();
      assert.match((await act('close', order.id)).ok.said, /closed/);
      assert.equal(shop.sim.invoices.find(order.invoiceId)?.status, 'Invalid');
      await shop.deliverAll(await shop.sent(order.invoiceId));
      assert.equal((await shop.look(order)).status, 10);
      assert.match((await act('close', order.id)).ok.said, /no invoice left/);
    });

    await t.test('an order that was moved by hand is moved again once it is taken back', async () => {
      const order = await shop.sell();
      await shop.table('UPDATE oc_order SET order_status_id = 10 WHERE order_id = ?', [order.id]);
      shop.sim.pay(order.invoiceId);
      await shop.deliverAll(await shop.sent(order.invoiceId));
      assert.equal((await shop.look(order)).status, 10);
      assert.match((await act('takeBack', order.id)).ok.said, /moves this order again/);
      assert.equal((await shop.look(order)).status, 2);
    });

    await t.test('the books: a line for each payment and refund, and no cell is a formula', async () => {
      const order = await paid();
      await act('check', order.id);
      await act('refund', order.id, { key: 'b', kind: 'custom', amount: '5' });
      await shop.table("UPDATE oc_order SET firstname = '=HYPERLINK(\"x\")', lastname = 'A, B' WHERE order_id = ?", [
        order.id,
      ]);
      const { csv } = (await act('csv', order.id)).ok;
      const [head, ...lines] = csv.split('\r\n');
      assert.ok(head.startsWith('\uFEFFOrder,Placed,'), head);
      assert.equal(lines.length, 3);
      assert.equal(lines[2], '');
      assert.ok(lines.slice(0, 2).every((/** @type {string} */ line) => line.includes(`"'=HYPERLINK(""x"") A, B"`)));
      assert.match(lines[0], /,20\.00,USD,Payment,[^,]+,confirmed,[\d.]+,BTC,65000,20\.00,USD,BTC-LN,/);
      assert.match(lines[1], /,Refund,[^,]+,not claimed or not paid out yet,5,USD,/);
    });

    await t.test('the books of all orders come in pieces, each order once', async () => {
      const day = new Date().toISOString().slice(0, 10);
      const orders = await shop.table('SELECT order_id FROM oc_order ORDER BY order_id');
      const seen = [];
      for (let after = '', pieces = 0; after !== null; pieces++) {
        assert.ok(pieces <= orders.length);
        const { ok } = await act('piece', '', { from: day, to: day, after });
        assert.equal(ok.csv.startsWith('\uFEFF'), pieces === 0);
        seen.push(...ok.csv.split('\r\n').slice(pieces === 0 ? 1 : 0, -1));
        after = ok.after;
      }
      assert.equal(new Set(seen).size, seen.length);
      const { ok: none } = await act('piece', '', { from: '2001-01-01', to: '2001-01-31', after: '' });
      assert.deepEqual([none.csv.split('\r\n').length, none.after], [2, null]);
    });

    await t.test('what is no action, and an order that is none, is told', async () => {
      const order = await shop.sell();
      assert.match((await act('erase', order.id)).error, /could not be done/);
      assert.ok((await act('check', 999999)).error);
    });
  });
}
