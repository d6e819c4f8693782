/** Several stores and currencies in one OpenCart, and a cart that is changed on the way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IS_REAL, MAJORS, openShop, startDatabase } from './shop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

for (const major of MAJORS) {
  test(`OpenCart ${major}, its stores and currencies`, async (t) => {
    const shop = await openShop(t, major, database.socket);

    /** What an invoice asks for. @param {string} invoiceId */
    const asked = (invoiceId) => {
      const { amount, currency } = shop.sim.invoice(invoiceId);
      return `${amount} ${currency}`;
    };

    /** @param {string} code @param {string} digits that the shop shows */
    const sellsIn = (code, digits) =>
      shop.table(
        "INSERT INTO oc_currency (title, code, symbol_left, symbol_right, decimal_place, value, status) VALUES (?, ?, '', '', ?, 1, 1)",
        [code, code, digits],
      );

    await t.test('an order of another store comes back to that store', async () => {
      const { invoiceId } = await shop.sell({ storeUrl: 'http://second.example/shop/' });
      const { checkout } = /** @type {any} */ (shop.sim.invoice(invoiceId));
      assert.match(checkout.redirectURL, /^http:\/\/second\.example\/shop\/index\.php\?route=extension\/.*back&t=/);
    });

    await t.test('prices in sats are asked for in sats, whole', async () => {
      await sellsIn('SAT', '0');
      const { invoiceId } = await shop.sell({ total: '10.0050', currency: 'SAT', rate: '1520.25000000' });
      assert.equal(asked(invoiceId), '15210 SATS');
    });

    await t.test('what the customer saw is asked for: the digits are those of the shop', async () => {
      Object.assign(shop.sim.prices, { TWD: '2000000', KWD: '20000' });
      await sellsIn('TWD', '0');
      await sellsIn('KWD', '3');
      const whole = await shop.sell({ total: '10.0000', currency: 'TWD', rate: '31.25500000' });
      assert.match(asked(whole.invoiceId), /^313(\.00)? TWD$/);
      const thousandths = await shop.sell({ total: '10.0000', currency: 'KWD', rate: '0.30755000' });
      assert.equal(asked(thousandths.invoiceId), '3.076 KWD');
    });

    await t.test(
      'a cart that was changed after the payment began gets an order of its own',
      { skip: IS_REAL },
      async () => {
        const order = await shop.sell();
        const draw = () => shop.request(`${shop.origin}index.php?route=checkout/confirm`, { session: order.session });
        const isOrder = async () => {
          const [row] = await shop.table('SELECT data FROM oc_session WHERE session_id = ?', [order.session]);
          return JSON.parse(row.data).order_id === order.id;
        };
        await draw();
        assert.equal(await isOrder(), true, 'the same cart keeps its order');
        await shop.table('UPDATE oc_cart SET quantity = 3 WHERE session_id = ?', [order.session]);
        await draw();
        assert.equal(await isOrder(), false);
        for (let wait = 0; wait < 50 && shop.sim.invoice(order.invoiceId).status !== 'Invalid'; wait++)
          await new Promise((resolve) => setTimeout(resolve, 100));
        assert.equal(shop.sim.invoice(order.invoiceId).status, 'Invalid', 'nobody pays for the first by mistake');
      },
    );

    await t.test('a cart that was changed while kessai is down as well', { skip: IS_REAL }, async () => {
      const order = await shop.sell();
      await shop.change({ socketPath: '/nowhere/kessai.sock' });
      await shop.table('UPDATE oc_cart SET quantity = 3 WHERE session_id = ?', [order.session]);
      await shop.request(`${shop.origin}index.php?route=checkout/confirm`, { session: order.session });
      await shop.change({});
      const [row] = await shop.table('SELECT data FROM oc_session WHERE session_id = ?', [order.session]);
      assert.notEqual(JSON.parse(row.data).order_id, order.id);
    });
  });
}
