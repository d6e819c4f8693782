/** What else breaks: the server, kessai, the mail server, the shop itself. Every answer comes in time, and nothing is lost. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CHILDREN, IS_REAL, MAJORS, openShop, startDatabase } from './shop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

/** Seconds: a delivery that is not answered in ten holds up all later ones. */
const IN_TIME = 10;
/** Seconds: customers go on shopping meanwhile. */
const FREE = 5;

for (const major of MAJORS) {
  test(`OpenCart ${major}, the server`, async (t) => {
    const shop = await openShop(t, major, database.socket);

    /** A paid order of which only the last message is to come. */
    async function paid() {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId);
      const settled = await shop.message(order.invoiceId, 'InvoiceSettled');
      return { order, settled };
    }

    for (const kind of ['5xx', 'garbage', 'reset']) {
      await t.test(`answers ${kind}: to be told again, and then it is paid`, async () => {
        const { order, settled } = await paid();
        shop.sim.fault({ on: 'api', kind, times: 'always' });
        const answer = await shop.deliver(settled);
        shop.sim.clearFaults();
        // A message that says all that is needed may be taken without asking.
        if (answer.status !== 200) {
          assert.ok(answer.status >= 500, `${answer.status} ${answer.text}`);
          assert.equal((await shop.look(order)).status, 0);
        }
        assert.ok(answer.seconds < IN_TIME, `${answer.seconds} s`);
        assert.doesNotMatch(answer.text, /warning|\.php|http/i);
        await shop.deliverAll([settled]);
        const { status, stock } = await shop.look(order);
        assert.deepEqual([status, stock], [2, 8]);
      });
    }

    await t.test('hangs: each answer is in time, and the shop sells on', async () => {
      const { order, settled } = await paid();
      shop.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
      const answers = Promise.all(Array.from({ length: CHILDREN }, () => shop.deliver(settled)));
      const front = await shop.request(`${shop.origin}index.php?route=common/home`);
      assert.ok(front.seconds < IN_TIME, `${front.seconds} s until the shop answered`);
      for (const { status, seconds } of await answers) {
        assert.ok(seconds < IN_TIME, `${seconds} s`);
        assert.ok(status === 200 || status >= 500, String(status));
      }
      shop.sim.clearFaults();
      await shop.deliverAll([settled]);
      assert.equal((await shop.look(order)).status, 2);
    });

    await t.test(
      'refuses connections: what was paid in time is known all the same, and what came late is told again',
      async () => {
        const { order, settled } = await paid();
        const late = await shop.sell();
        await shop.sim.expire(late.invoiceId);
        shop.sim.pay(late.invoiceId, { method: 'onchain' });
        const message = await shop.message(late.invoiceId, 'InvoiceReceivedPayment');
        await shop.change({ serverUrl: 'http://127.0.0.1:1' });
        const [told, asked] = [await shop.deliver(settled), await shop.deliver(message)];
        await shop.change({});
        assert.deepEqual([told.status, asked.status], [200, 503], asked.text);
        assert.equal((await shop.look(order)).status, 2);
        await shop.deliverAll([message]);
        assert.equal((await shop.look(late)).left, 0);
      },
    );

    await t.test('hangs while it has to be asked: each answer is in time, and most of PHP stays free', async () => {
      // What came after the time was over has to be asked about.
      const late = await Promise.all(Array.from({ length: CHILDREN * 2 }, () => shop.sell()));
      const messages = [];
      for (const { invoiceId } of late) {
        await shop.sim.expire(invoiceId);
        shop.sim.pay(invoiceId, { method: 'onchain' });
        messages.push(await shop.message(invoiceId, 'InvoiceReceivedPayment'));
      }
      shop.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
      const answers = Promise.all(messages.map((message) => shop.deliver(message)));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const front = await shop.request(`${shop.origin}index.php?route=common/home`);
      assert.ok(front.seconds < FREE, `${front.seconds} s until the shop answered`);
      for (const { status, seconds, text } of await answers) {
        assert.ok(seconds < IN_TIME, `${seconds} s`);
        assert.equal(status, 503, text);
      }
      shop.sim.clearFaults();
      await shop.deliverAll(messages);
      for (const order of late) assert.equal((await shop.look(order)).left, 0);
    });

    await t.test('no message comes at all: the job finds what was paid', async () => {
      const { order } = await paid();
      shop.wait(3600);
      const { status, text } = await shop.job();
      assert.equal(status, 200, text);
      const seen = await shop.look(order);
      assert.deepEqual([seen.status, seen.stock], [2, 8]);
      shop.wait(0);
    });

    await t.test('the same by the command line', async () => {
      const { order } = await paid();
      shop.wait(3600);
      const { failed, busy } = await shop.jobByCommand();
      shop.wait(0);
      // A real shop has orders of earlier tests, whose server is gone.
      assert.deepEqual([IS_REAL ? 0 : failed, busy], [0, false]);
      assert.equal((await shop.look(order)).status, 2);
    });

    await t.test('the job is only for who has its key', async () => {
      const { status } = await shop.page('job', { query: { key: 'guessed' } });
      assert.equal(status, 403);
    });
  });

  test(`OpenCart ${major}, kessai is down: to be told again, and then it is paid`, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const order = await shop.sell();
    shop.sim.pay(order.invoiceId);
    const messages = await shop.sent(order.invoiceId);
    for (const [name, path] of Object.entries({ down: '/nowhere/kessai.sock' })) {
      await shop.change({ socketPath: path });
      for (const message of messages) {
        const { status, text, seconds } = await shop.deliver(message);
        assert.equal(status, 503, `${name}: ${text}`);
        assert.ok(seconds < IN_TIME);
        assert.doesNotMatch(text, /warning|\.php|\.sock/i);
      }
    }
    await shop.change({ socketPath: shop.sidecar.path });
    await shop.deliverAll(messages);
    assert.equal((await shop.look(order)).status, 2);
  });

  test(`OpenCart ${major}, kessai hangs: an answer in time`, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const order = await shop.sell();
    shop.sim.pay(order.invoiceId);
    const [settled] = (await shop.sent(order.invoiceId)).slice(-1);
    assert.ok(settled);
    await shop.change({ socketPath: await shop.silence() });
    const { status, seconds } = await shop.deliver(settled);
    assert.equal(status, 503);
    assert.ok(seconds < IN_TIME, `${seconds} s`);
    const front = await shop.request(`${shop.origin}index.php?route=common/home`);
    assert.equal(front.status, 200);
  });

  test(`OpenCart ${major}, the mail server refuses: the order moves all the same, and its mails come later`, async (t) => {
    const shop = await openShop(t, major, database.socket, {
      shopSettings: { config_mail_engine: 'smtp', config_mail_smtp_hostname: '127.0.0.1', config_mail_smtp_port: '1' },
    });
    const order = await shop.sell();
    shop.sim.pay(order.invoiceId);
    await shop.deliverAll(await shop.sent(order.invoiceId));
    const { status, stock } = await shop.look(order);
    assert.deepEqual([status, stock], [2, 8]);
    assert.equal((await shop.mailsOf(order)).length, 0);
    await shop.table("UPDATE oc_setting SET value = 'mail' WHERE `key` = 'config_mail_engine'");
    shop.wait(7200);
    assert.equal((await shop.job()).status, 200);
    assert.equal((await shop.mailsOf(order)).length, 2);
  });

  for (const shown of ['1', '0']) {
    test(`OpenCart ${major}, its order API fails (errors shown: ${shown}): 503, and the next message does it`, async (t) => {
      const shop = await openShop(t, major, database.socket, { shopSettings: { config_error_display: shown } });
      for (const how of /** @type {const} */ (['throw', 'exit'])) {
        const order = await shop.sell();
        shop.sim.pay(order.invoiceId);
        const messages = await shop.sent(order.invoiceId);
        shop.fail({ at: /^shop: UPDATE `?oc_order`? SET `?order_status_id/, how });
        const answers = [];
        for (const message of messages) answers.push(await shop.deliver(message));
        assert.ok(shop.hasFailed());
        assert.ok(
          answers.some(({ status }) => status === 503),
          JSON.stringify(answers.map(({ status, text }) => [status, text])),
        );
        await shop.deliverAll(messages);
        const { status, stock, left } = await shop.look(order);
        assert.deepEqual([status, stock, left], [2, 8, 0], how);
      }
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId);
      shop.fail({ at: /^shop: UPDATE `?oc_order`? SET `?order_status_id/, how: 'warn' });
      await shop.deliverAll(await shop.sent(order.invoiceId));
      assert.equal((await shop.look(order)).status, 2, 'a warning of an extension is no failure');
    });
  }

  test(`OpenCart ${major}, an order is deleted: its invoice is closed, or the merchant told to`, {
    skip: IS_REAL,
  }, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const [closed, open] = [await shop.sell(), await shop.sell()];
    const alerts = (/** @type {{ id: number }} */ { id }) =>
      shop.table('SELECT text FROM oc_kessai_alert WHERE order_id = ?', [String(id)]);
    await shop.merchant('delete', { order_id: String(closed.id) });
    assert.equal(shop.sim.invoice(closed.invoiceId).status, 'Invalid');
    assert.deepEqual(await alerts(closed), []);
    shop.sim.fault({ on: 'api', kind: '5xx', times: 'always' });
    await shop.merchant('delete', { order_id: String(open.id) });
    shop.sim.clearFaults();
    assert.deepEqual(await shop.table('SELECT order_id FROM oc_order WHERE order_id = ?', [open.id]), []);
    const [alert] = await alerts(open);
    assert.match(String(alert?.text), /deleted/);
  });

  test(`OpenCart ${major}, one order cannot be closed: the job goes on with the others`, {
    skip: IS_REAL,
  }, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const orders = [await shop.sell(), await shop.sell()];
    const isClosed = () => orders.map(({ invoiceId }) => shop.sim.invoice(invoiceId).status === 'Invalid');
    for (const { id } of orders) await shop.table('INSERT INTO oc_kessai_closing (order_id, due) VALUES (?, 0)', [id]);
    shop.fail({ at: /oc_kessai_order. SET record/, how: 'throw' });
    const { status, text } = await shop.job();
    assert.ok(shop.hasFailed());
    assert.equal(status, 200, text);
    assert.deepEqual(isClosed(), [false, true]);
    shop.wait(120);
    await shop.job();
    shop.wait(0);
    assert.deepEqual(isClosed(), [true, true]);
  });

  test(`OpenCart ${major}, all that the extension had stored was deleted: the server need not try again`, {
    skip: IS_REAL,
  }, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const order = await shop.sell();
    shop.sim.pay(order.invoiceId);
    const messages = await shop.sent(order.invoiceId);
    const tables = ['order', 'invoice', 'effect', 'move', 'mail', 'alert', 'closing', 'document'];
    await shop.table(`DROP TABLE ${tables.map((name) => `oc_kessai_${name}`).join(', ')}`);
    for (const message of messages) {
      const { status, text } = await shop.deliver(message);
      assert.deepEqual([status, text], [410, '{"code":"host.erased"}']);
    }
  });

  test(`OpenCart ${major}, the database is away, and OpenCart does not even start: 503`, {
    skip: IS_REAL,
  }, async (t) => {
    const shop = await openShop(t, major, database.socket);
    const order = await shop.sell();
    shop.sim.pay(order.invoiceId);
    const messages = await shop.sent(order.invoiceId);
    const restore = shop.configure("define('DB_PASSWORD', 'changed by the hosting');");
    for (const message of messages) {
      const { status, text, location } = await shop.deliver(message);
      assert.deepEqual([status, text, location], [503, '{"code":"host.failed"}', '']);
    }
    restore();
    await shop.deliverAll(messages);
    assert.equal((await shop.look(order)).status, 2);
  });
}
