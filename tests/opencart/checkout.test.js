/** From the button to the page of the order: one invoice, the right amount, a cart that is emptied when it should be. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IS_REAL, MAJORS, openShop, startDatabase } from './shop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

const VOIDED = 16;
const CANCELED = 7;

for (const major of MAJORS) {
  test(`OpenCart ${major}, the checkout`, async (t) => {
    const shop = await openShop(t, major, database.socket);

    /** Where the customer comes back to. @param {string} invoiceId */
    const backOf = (invoiceId) => String(/** @type {any} */ (shop.sim.invoice(invoiceId)).checkout?.redirectURL ?? '');

    /** The order's own page, by its return link. @param {string} back @param {string} [session] */
    async function orderPage(back, session) {
      const first = await shop.request(back, session ? { session } : {});
      assert.equal(first.status, 200);
      const next = /content="0;url=([^"]+)"/.exec(first.text)?.[1];
      assert.ok(next, first.text);
      return { first, page: await shop.request(next.replaceAll('&amp;', '&'), session ? { session } : {}) };
    }

    await t.test('one invoice of the exact total, and the way to it', async () => {
      const order = await shop.sell({ total: '1234.5600' });
      assert.equal(order.answer.json?.redirect, `${shop.sim.url}/i/${order.invoiceId}`, order.answer.text);
      const { amount, currency, metadata } = shop.sim.invoice(order.invoiceId);
      assert.deepEqual([amount, currency, metadata.orderId], ['1234.56', 'USD', String(order.id)]);
    });

    await t.test('in the currency of the order, at the rate it was placed with, in whole yen', async () => {
      const order = await shop.sell({ total: '10.1000', currency: 'JPY', rate: '150.30000000' });
      const { amount, currency } = shop.sim.invoice(order.invoiceId);
      assert.deepEqual([amount, currency], ['1518', 'JPY']);
    });

    await t.test("the server's page is in the language of the order, wherever the shop keeps it", async () => {
      for (const [language, asked] of [
        ['ja-jp', 'ja-JP'],
        ['en-gb', 'en'],
      ]) {
        const { invoiceId } = await shop.sell({ language: String(language) });
        assert.equal(/** @type {any} */ (shop.sim.invoice(invoiceId).checkout)?.defaultLanguage, asked);
      }
    });

    await t.test('pressed again, and three times at once: still one invoice', async () => {
      for (let count = 0; count < 5; count++) {
        const order = await shop.order();
        const answers = await Promise.all([1, 2, 3].map(() => shop.confirm(order)));
        const again = await shop.confirm(order);
        const links = new Set([...answers, again].map(({ json, text }) => json?.redirect ?? text));
        assert.equal(links.size, 1, [...links].join('\n'));
        const made = await shop.table('SELECT invoice_id FROM oc_kessai_invoice WHERE order_id = ?', [
          String(order.id),
        ]);
        assert.equal(made.length, 1);
      }
    });

    for (const kind of ['5xx', 'garbage', 'reset']) {
      await t.test(
        `the server answers ${kind}: the customer is told, cart and order are as before, and in a minute it works`,
        async () => {
          const order = await shop.order();
          const before = await shop.look(order);
          shop.sim.fault({ on: 'api', kind, times: 'always' });
          const answer = await shop.confirm(order);
          shop.sim.clearFaults();
          assert.equal(answer.status, 200);
          assert.ok(answer.json?.error, answer.text);
          assert.doesNotMatch(answer.text, /127\.0\.0\.1|\.php|exception/i);
          assert.deepEqual(await shop.look(order), before);
          // The server may have made an invoice before it failed: that one is looked for, once it must be there.
          shop.wait(120);
          const next = await shop.confirm(order);
          assert.ok(next.json?.redirect, next.text);
          shop.wait(0);
        },
      );
    }

    await t.test('an order that has an invoice, and the server is down: told, and nothing lost', async () => {
      const order = await shop.sell();
      shop.sim.fault({ on: 'api', kind: '5xx', times: 'always' });
      const { status, json, text } = await shop.confirm(order);
      shop.sim.clearFaults();
      assert.equal(status, 200);
      assert.ok(json?.error || json?.redirect, text);
      assert.ok((await shop.confirm(order)).json?.redirect);
      assert.equal((await shop.look(order)).cart, 1);
    });

    await t.test('the server hangs: the customer is told in twenty seconds', async () => {
      const order = await shop.order();
      shop.sim.fault({ on: 'api', kind: 'hang', times: 'always' });
      const { json, text, seconds } = await shop.confirm(order);
      shop.sim.clearFaults();
      assert.ok(json?.error, text);
      assert.ok(seconds < 20, `${seconds} s`);
    });

    await t.test('without an order in the session, or with that of another method: told', async () => {
      const none = await shop.page('confirm', { method: 'POST' });
      assert.ok(none.json?.error, none.text);
    });

    await t.test('back without having paid: not placed, and the cart is kept', async () => {
      const order = await shop.sell();
      const { page } = await orderPage(backOf(order.invoiceId), order.session);
      assert.equal(page.status, 200);
      assert.doesNotMatch(page.text, /has been placed|thank you/i);
      const { status, cart } = await shop.look(order);
      assert.deepEqual([status <= 1, cart], [true, 1]);
    });

    await t.test('back in the language of the order, and so is what the page asks again and again', async () => {
      const order = await shop.sell({ language: 'ja-jp' });
      const { page } = await orderPage(backOf(order.invoiceId), order.session);
      assert.match(
        page.text.replace(/\\u([0-9a-f]{4})/g, (_, code) => String.fromCharCode(parseInt(code, 16))),
        /お支払い/,
      );
      const { text, status_url: address } = IS_REAL
        ? { text: page.text, status_url: /data-kessai-order="([^"]+)"/.exec(page.text)?.[1] ?? '' }
        : JSON.parse(page.text).data;
      const asked = await shop.request(address, { session: order.session });
      assert.ok(asked.json?.text, asked.text);
      assert.ok(text.includes(asked.json.text), `${text}: ${asked.json.text}`);
    });

    await t.test('back after the payment: paid, and the cart is empty, though no message has come', async () => {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId);
      const { page } = await orderPage(backOf(order.invoiceId), order.session);
      assert.equal(page.status, 200);
      const { status, cart } = await shop.look(order);
      assert.deepEqual([status, cart], [2, 0]);
    });

    await t.test('back across sites, where the cookie stays at home: no new session takes its place', async () => {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId);
      const { first, page } = await orderPage(backOf(order.invoiceId));
      assert.equal(first.cookie, null);
      assert.equal(page.status, 200);
      assert.equal((await shop.look(order)).cart, 1, 'another browser empties nobody’s cart');
      const later = await orderPage(backOf(order.invoiceId), order.session);
      assert.equal(later.page.status, 200);
      assert.equal((await shop.look(order)).cart, 0);
    });

    await t.test('a link that was changed shows nothing', async () => {
      const order = await shop.sell();
      const url = new URL(backOf(order.invoiceId));
      url.searchParams.set('t', `${url.searchParams.get('t')?.slice(0, -2)}xx`);
      const { page } = await orderPage(url.href, order.session);
      assert.ok(page.status >= 400 && page.status < 500, String(page.status));
    });

    await t.test('expired and back: told so, and the cart is kept', async () => {
      const order = await shop.sell();
      await shop.sim.expire(order.invoiceId);
      await shop.deliverAll(await shop.sent(order.invoiceId));
      const { page } = await orderPage(backOf(order.invoiceId), order.session);
      assert.equal(page.status, 200);
      assert.equal((await shop.look(order)).cart, 1);
    });

    await t.test('paid, and pressed once more: on to the order, not to another payment', async () => {
      const order = await shop.sell();
      shop.sim.pay(order.invoiceId);
      await shop.deliverAll(await shop.sent(order.invoiceId));
      const { json, text } = await shop.confirm(order);
      assert.match(json?.redirect ?? text, /back/);
    });

    await t.test('in the modal: all that it takes to open it', async () => {
      await shop.change({ mode: 'modal' });
      const order = await shop.order();
      const { json, text } = await shop.confirm(order);
      await shop.change({});
      assert.ok(json?.modal, text);
      const { invoiceId, serverUrl, statusUrl, returnUrl } = json.modal;
      assert.equal(serverUrl, shop.sim.url);
      shop.sim.pay(invoiceId);
      await shop.deliverAll(await shop.sent(invoiceId));
      const told = await shop.request(statusUrl);
      assert.equal(told.status, 200, told.text);
      assert.equal(told.json?.page, 'paid', told.text);
      await orderPage(returnUrl, order.session);
      assert.equal((await shop.look(order)).cart, 0);
    });

    await t.test(
      'a new order that OpenCart has voided is given back to its customer',
      { skip: major === 3 },
      async () => {
        const order = await shop.order();
        await shop.table('UPDATE oc_order SET order_status_id = ? WHERE order_id = ?', [VOIDED, order.id]);
        await shop.table(
          "INSERT IGNORE INTO oc_setting (store_id, code, `key`, value, serialized) VALUES (0, 'config', 'config_void_status_id', '16', 0)",
        );
        await shop.page('index', { session: order.session });
        assert.equal((await shop.look(order)).status, 0);
      },
    );

    await t.test('an order that is cancelled, or edited, cannot be paid any more', { skip: IS_REAL }, async () => {
      for (const [what, query] of /** @type {const} */ ([
        ['move', { status: String(CANCELED) }],
        ['edit', { total: '30.0000' }],
      ])) {
        const order = await shop.sell();
        await shop.merchant(what, { order_id: String(order.id), ...query });
        for (let wait = 0; wait < 50 && shop.sim.invoice(order.invoiceId).status !== 'Invalid'; wait++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        assert.equal(shop.sim.invoice(order.invoiceId).status, 'Invalid', what);
      }
    });

    await t.test(
      'an order that was cancelled gets no other invoice either, by whatever link',
      { skip: IS_REAL },
      async () => {
        const order = await shop.sell();
        await shop.merchant('move', { order_id: String(order.id), status: String(CANCELED) });
        for (let wait = 0; wait < 50 && shop.sim.invoice(order.invoiceId).status !== 'Invalid'; wait++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        const { json, text } = await shop.confirm(order);
        const token = new URL(backOf(order.invoiceId)).searchParams.get('t') ?? '';
        const paid = await shop.page('pay', { query: { t: token } });
        assert.ok(json?.error, text);
        assert.doesNotMatch(paid.location, /\/i\//);
        assert.equal((await shop.look(order)).status, CANCELED);
      },
    );
  });

  test(`OpenCart ${major}, kessai is down: the customer is told, and nothing is half-made`, async (t) => {
    const shop = await openShop(t, major, database.socket);
    await shop.change({ socketPath: '/nowhere/kessai.sock' });
    const order = await shop.order();
    const before = await shop.look(order);
    const { json, text, seconds } = await shop.confirm(order);
    assert.ok(json?.error, text);
    assert.ok(seconds < 20);
    assert.deepEqual(await shop.look(order), before);
    await shop.change({});
    assert.ok((await shop.confirm(order)).json?.redirect);
  });
}
