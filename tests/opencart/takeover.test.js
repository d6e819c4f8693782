/** Taking over from BTCPay Server's own extension, whose settings and table are as it leaves them in a shop. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMariadb } from '../js/hosts/servers.js';
import { openAdmin } from './adminShop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startMariadb();
});
after(() => database?.stop());

const OLD = 'http://localhost/index.php?route=extension/btcpay/payment/btcpay|callback';

for (const major of /** @type {(3 | 4)[]} */ ([4, 3])) {
  const version = major === 4 ? '4.1.0.4' : '3.0.5.1';

  /** @param {import('node:test').TestContext} t @param {Record<string, string>} [settings] instead of the usual */
  async function withOfficial(t, settings = {}) {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install'], ['save', shop.form()]]);
    const { json: made } = await shop.call('POST', `/stores/${shop.sim.storeId}/webhooks`, { url: OLD });
    const { id, secret, url } = /** @type {any} */ (made);
    const { json: invoice } = await shop.call('POST', `/stores/${shop.sim.storeId}/invoices`, {
      amount: '5',
      currency: 'USD',
    });
    const kept = {
      status: '1',
      url: `${shop.sim.url}/`,
      api_auth_token: shop.sim.apiKey,
      btcpay_storeid: shop.sim.storeId,
      webhook: JSON.stringify({ id, secret, url }),
      modal_mode: '1',
      total: '7.50',
      geo_zone_id: '3',
      sort_order: '2',
      debug_mode: '1',
      new_status_id: '1',
      paid_status_id: '1',
      settled_status_id: '5',
      settled_paidover_status_id: '2',
      invalid_status_id: '10',
      expired_status_id: '14',
      expired_partialpayment_status_id: '10',
      expired_paidlate_status_id: '2',
      // A status that was deleted since.
      refunded_status_id: '99',
      ...settings,
    };
    for (const [name, value] of Object.entries(kept)) {
      await shop.db.query('INSERT INTO oc_setting SET ?', [
        { store_id: 0, code: 'payment_btcpay', key: `payment_btcpay_${name}`, value, serialized: 0 },
      ]);
    }
    await shop.db.query(
      'CREATE TABLE oc_btcpay_order (btcpay_order_id INT AUTO_INCREMENT PRIMARY KEY, order_id INT, invoice_id VARCHAR(120), token VARCHAR(100))',
    );
    const invoiceId = String(/** @type {any} */ (invoice).id);
    await shop.db.query(
      "INSERT INTO oc_btcpay_order (order_id, invoice_id, token) VALUES (12, ?, 't'), (3, 'gone', 't')",
      [invoiceId],
    );
    const page = async (what = '', /** @type {Parameters<typeof shop.run>[1]} */ user = undefined) =>
      (await shop.run([['takeover', what]], user))[0]['takeover.twig'];
    const isOn = async () =>
      (await shop.rows("SELECT value FROM oc_setting WHERE `key` = 'payment_btcpay_status'"))[0]?.value === '1';
    return { ...shop, page, isOn, invoiceId };
  }

  test(`OpenCart ${major}: there is nothing to take over where it is not set up`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install']]);
    const [answer] = await shop.run([['takeover', 'take']]);
    assert.equal(answer['takeover.twig'].isThere, false);
    assert.equal((await shop.stored()).serverUrl, undefined);
  });

  test(`OpenCart ${major}: shows what would be taken over, and takes it`, async (t) => {
    const shop = await withOfficial(t);
    const before = await shop.stored();
    const seen = await shop.page();
    assert.deepEqual([seen.isThere, seen.isOn, seen.isTaken, seen.obstacle], [true, true, false, null]);
    assert.deepEqual(seen.open, [{ orderId: '12', invoiceId: shop.invoiceId }]);
    assert.equal(seen.rows.takeover_zone, 'Japan');
    assert.ok(!JSON.stringify(seen).includes(shop.sim.apiKey), 'the key stays where it is');
    assert.deepEqual(await shop.stored(), before, 'looking changes nothing');

    const taken = await shop.page('take');
    assert.equal(taken.problem, null);
    assert.ok(taken.said && taken.isTaken);
    const settings = await shop.stored();
    assert.deepEqual(
      [settings.enabled, settings.serverUrl, settings.apiKey, settings.storeId],
      [true, shop.sim.url, shop.sim.apiKey, shop.sim.storeId],
    );
    assert.deepEqual(
      [
        settings.mode,
        settings.minimum,
        settings.geoZoneId,
        settings.sortOrder,
        settings.debug,
        settings.refunded ?? null,
      ],
      ['modal', '7.50', 3, 2, 'all', null],
    );
    const { settled, settledOverpaid, expiredPartlyPaid, paidLate, processing } = settings.statuses;
    assert.deepEqual([settled, settledOverpaid, expiredPartlyPaid, paidLate, processing], [5, 2, 10, 2, 1]);
    assert.equal(await shop.isOn(), false);
    const [published] = await shop.rows("SELECT value FROM oc_setting WHERE `key` = 'payment_kessai_btcpay_status'");
    assert.equal(published.value, '1');
    const urls = (await shop.webhooks()).map(({ url }) => url);
    assert.equal(urls.length, 2, 'its own, and that of the invoices that are open');
    assert.ok(urls.includes(OLD));

    shop.sim.pay(shop.invoiceId);
    assert.deepEqual((await shop.page()).open, []);
    assert.ok((await shop.page('finish')).said);
    assert.deepEqual(
      (await shop.webhooks()).map(({ url }) => url),
      urls.filter((url) => url !== OLD),
    );
    assert.equal((await shop.rows('SELECT * FROM oc_btcpay_order')).length, 2, 'its table stays');
  });

  test(`OpenCart ${major}: takes nothing by halves`, async (t) => {
    const shop = await withOfficial(t, { api_auth_token: '0'.repeat(40) });
    const before = await shop.stored();
    assert.ok((await shop.page()).obstacle.remedy);
    const refused = await shop.page('take');
    assert.ok(refused.problem.error);
    assert.deepEqual([await shop.stored(), await shop.isOn()], [before, true]);

    const clerk = await shop.page('take', { permissions: ['sale/order'] });
    assert.match(clerk.problem.error, /no permission/);
    assert.equal(clerk.mayChange, false);
  });

  test(`OpenCart ${major}: one that was switched off stays so, and so does this`, async (t) => {
    const shop = await withOfficial(t, { status: '0' });
    assert.ok((await shop.page('take')).said);
    assert.equal((await shop.stored()).enabled ?? false, false);
  });
}
