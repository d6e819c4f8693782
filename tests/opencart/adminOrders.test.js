/** What the admin shows of orders' payments, and what it signs for whom. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { startMariadb } from '../js/hosts/servers.js';
import { openAdmin } from './adminShop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startMariadb();
});
after(() => database?.stop());

/** A record as kessai wrote it; all of them are of order 1001. @param {string} name */
const record = (name) => readFileSync(new URL(`../golden/records/1/${name}.json`, import.meta.url), 'utf8');

for (const major of /** @type {(3 | 4)[]} */ ([4, 3])) {
  const version = major === 4 ? '4.1.0.4' : '3.0.5.1';

  test(`OpenCart ${major}: what is to be done is signed for those who may`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install']]);
    const { shopKey } = await shop.stored();
    const asked = (/** @type {unknown} */ action, given = {}, orderId = '1001') =>
      JSON.stringify({ action, orderId, arguments: given });
    const days = { from: '2026-01-01', to: '2026-01-31', after: '' };
    const reading = [asked('statement'), asked('csv'), asked('piece', days)];
    const changing = [asked('check'), asked('takeBack'), asked('close'), asked('acknowledge', { keys: ['a'] })];
    const refund = asked('refund', { key: 'k', kind: 'fiat' });
    const all = [...reading, ...changing, refund].map((body) => ['sheet', body]);

    for (const { url, sheet } of await shop.run(all)) {
      assert.match(url, /^http:\/\/localhost\/index\.php\?route=extension.+[./]desk$/);
      const [text, mac] = sheet.split('.');
      const own = createHmac('sha256', shopKey).update('desk').digest();
      assert.equal(mac, createHmac('sha256', own).update(text).digest('base64url'));
      const { until } = JSON.parse(Buffer.from(text, 'base64url').toString());
      assert.ok(until <= Date.now() / 1000 + 61, 'for a minute');
    }
    const clerk = await shop.run(all, { permissions: ['sale/order'] });
    assert.ok(clerk.slice(0, reading.length).every(({ sheet }) => sheet));
    for (const { sheet, error } of clerk.slice(reading.length)) {
      assert.equal(sheet, undefined);
      assert.match(error, /no permission/);
    }

    const nonsense = [
      '',
      '[]',
      'null',
      '"check"',
      asked('erase'),
      asked(['check']),
      asked('acknowledge', { keys: [] }),
      asked('acknowledge', { keys: [['a']] }),
      asked('piece', { ...days, to: "2026-01-31' OR 1" }),
      asked('refund', { key: ['k'] }),
    ];
    for (const { sheet, error } of await shop.run(nonsense.map((body) => ['sheet', body]))) {
      assert.equal(sheet, undefined);
      assert.ok(error);
    }
  });

  test(`OpenCart ${major}: an order's tab offers what its payment allows`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install'], ['save', shop.form(shop.byHand)]]);
    const keep = (/** @type {string} */ text) =>
      shop.db.query("REPLACE INTO oc_kessai_order (order_id, record) VALUES ('1001', ?)", [text]);
    /** @param {Parameters<typeof shop.run>[1]} [user] */
    const tab = async (user) => (await shop.run([['order', '1001']], user))[0];

    assert.ok('order_none.twig' in (await tab()));

    await keep(record('overpaid'));
    const { 'order_content.twig': paid } = await tab();
    assert.equal(paid.alerts[0].code, 'overpaid');
    assert.match(paid.invoices[0].url, new RegExp(`^${shop.sim.url}/invoices/\\w+$`));
    assert.deepEqual([paid.isRefundable, paid.isPayable, paid.handsOff], [true, false, null]);

    const { 'order_content.twig': other } = await tab({ session: 'of the second admin', language: 'ja-jp' });
    assert.equal(other.refundKey, paid.refundKey, 'two admins who see the same make the same refund');
    assert.match(other.entries[0].text, /[\u3040-\u30ff]/);

    await keep(record('refunded'));
    const { 'order_content.twig': refunded } = await tab();
    assert.notEqual(refunded.refundKey, paid.refundKey, 'who has seen a refund can make another');

    await keep(record('created'));
    const { 'order_content.twig': open } = await tab();
    assert.deepEqual([open.isRefundable, open.isPayable], [false, true]);

    await keep(record('hands-off'));
    assert.match((await tab())['order_content.twig'].handsOff, /by hand/);
    const { 'order_content.twig': clerks } = await tab({ permissions: [] });
    assert.equal(clerks.mayChange, false);

    await keep('{"v":1,');
    const { 'problem.twig': broken } = await tab();
    assert.ok(broken.error && broken.remedy, 'the rest of the page is shown all the same');
  });

  test(`OpenCart ${major}: the menu has the number of alerts, the page their orders`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install']]);
    const menus = [{ id: 'menu-dashboard' }, { id: 'menu-sale' }, { id: 'menu-system' }];
    const shown = async () => {
      const [badge, page] = await shop.run([['badge', menus], ['alerts']]);
      assert.deepEqual(
        badge.map((/** @type {{ id: string }} */ { id }) => id),
        ['menu-dashboard', 'menu-sale', 'menu-kessai', 'menu-system'],
      );
      return [JSON.parse(badge[2].name)['badge.twig'].open, page['alerts_content.twig'].alerts];
    };
    assert.deepEqual(await shown(), [0, []]);
    await shop.db.query("INSERT INTO oc_kessai_alert VALUES ('7', 'alert/x', 'overpaid', 'Too <much>', 1800000000)");
    const [open, [alert]] = await shown();
    assert.equal(open, 1);
    assert.match(alert.url, /sale\/order[./]info&user_token=token&order_id=7$/);
    assert.match(alert.payment, /kessai_btcpay[./]payment&user_token=token&order_id=7$/);
    const [payment] = await shop.run([['payment', '7']]);
    assert.equal(payment['order_page.twig'].order, alert.url);

    await shop.db.query('DROP TABLE oc_kessai_alert');
    const [untouched] = await shop.run([['badge', menus]]);
    assert.deepEqual(untouched, menus, 'no page of the admin fails because of it');
  });
}
