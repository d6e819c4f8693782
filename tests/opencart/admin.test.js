/** The admin of the extension: installing, connecting, and a save that says exactly what is wrong. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { SHOP_PERMISSIONS } from '../../js/sim/btcpay/permissions.js';
import { startMariadb } from '../js/hosts/servers.js';
import { openAdmin } from './adminShop.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startMariadb();
});
after(() => database?.stop());

const VERSIONS = /** @type {const} */ ([
  [4, '4.1.0.4'],
  [4, '4.0.2.3'],
  [3, '3.0.5.1'],
]);

for (const [major, version] of VERSIONS) {
  test(`OpenCart ${version}: installed and uninstalled, nothing of it is left but the records`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install'], ['install']]);
    const events = await shop.rows(
      "SELECT `trigger`, action FROM oc_event WHERE code = 'kessai_btcpay' ORDER BY event_id",
    );
    const order = version === '4.1.0.4' ? 'catalog/model/checkout/order.' : 'catalog/model/checkout/order/';
    const add = major === 4 ? 'addHistory' : 'addOrderHistory';
    const triggers = events.map(({ trigger }) => trigger);
    for (const wanted of [`${order}${add}/after`, `${order}editOrder/after`, 'admin/view/common/column_left/before']) {
      assert.equal(triggers.filter((trigger) => trigger === wanted).length, 1, `${wanted} in ${triggers.join(' ')}`);
    }
    assert.ok(
      events.every(({ action }) =>
        action.startsWith(major === 4 ? 'extension/kessai_btcpay/event/' : 'extension/event/'),
      ),
    );
    assert.equal((await shop.rows('SELECT * FROM oc_cron')).length, major === 4 ? 1 : 0);
    const startups = await shop.rows('SELECT action FROM oc_startup');
    const opener = { action: 'catalog/extension/kessai_btcpay/startup/kessai_btcpay' };
    assert.deepEqual(startups, major === 4 ? [opener] : []);
    const keys = await shop.rows("SELECT `key`, value FROM oc_setting WHERE code = 'payment_kessai_btcpay'");
    assert.deepEqual(keys.find(({ key }) => key.endsWith('_status'))?.value, '0');
    const { shopId, shopKey, jobKey } = await shop.stored();

    await shop.run([['uninstall']]);
    assert.deepEqual(await shop.rows("SELECT * FROM oc_event WHERE code = 'kessai_btcpay'"), []);
    assert.deepEqual(await shop.rows('SELECT * FROM oc_cron'), []);
    assert.deepEqual(await shop.rows('SELECT * FROM oc_startup'), []);
    const [{ permission }] = await shop.rows('SELECT permission FROM oc_user_group');
    assert.deepEqual(JSON.parse(permission), { access: ['common/dashboard', 'sale/order'], modify: ['sale/order'] });
    const again = await shop.stored();
    assert.deepEqual([again.shopId, again.shopKey, again.jobKey], [shopId, shopKey, jobKey]);
  });
}

for (const major of /** @type {(3 | 4)[]} */ ([4, 3])) {
  const version = major === 4 ? '4.1.0.4' : '3.0.5.1';

  test(`OpenCart ${major}: whoever may only look changes nothing`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install'], ['save', shop.form(shop.byHand)]]);
    const before = [await shop.stored(), await shop.webhooks(), await shop.rows('SELECT * FROM oc_event')];
    const actions = ['ping', 'guide', 'connect', 'review', 'discard', 'repair', 'moved', 'separate', 'deleteWebhook'];
    const steps = [...actions, 'disconnect', 'doctor', 'erase', 'guarded'].map((action) => [
      'act',
      action,
      { ...shop.form(shop.byHand), erase: 'DELETE' },
    ]);
    const answers = await shop.run([...steps, ['save', shop.form({ minimum: '5' })]], { permissions: ['sale/order'] });
    for (const answer of answers) assert.match(answer.error, /permission/);
    await shop.run([['uninstall'], ['install']], { permissions: [shop.own] });
    assert.deepEqual([await shop.stored(), await shop.webhooks(), await shop.rows('SELECT * FROM oc_event')], before);
    const [page] = await shop.run([['page']], { permissions: [] });
    assert.ok(!page.includes(before[0].jobKey));
  });

  test(`OpenCart ${major}: what is switched on has to work, what is off is saved`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    const absent = { socketPath: '/nowhere/kessai.sock' };
    const [, early, refused, off, ill, typed] = await shop.run([
      ['install'],
      ['save', shop.form({ enabled: '1' })],
      ['save', shop.form({ ...absent, enabled: '1' })],
      ['save', shop.form({ ...absent, minimum: '10.50' })],
      ['act', 'doctor', {}],
      [
        'save',
        shop.form({
          minimum: '10,50',
          sortOrder: 'first',
          otherMethods: 'LTC-CHAIN, <b>',
          transport: 'tcp',
          tcpOrigin: 'http://elsewhere.example',
          statuses: { settled: '99' },
        }),
      ],
    ]);
    assert.deepEqual(Object.keys(early.fields), ['enabled']);
    assert.deepEqual(Object.keys(refused.fields), ['transport']);
    assert.match(off.said, /Saved/);
    assert.match(off.warnings.join(), /\/nowhere\/kessai\.sock/);
    assert.match(
      JSON.parse(ill.parts.doctor)['settings_doctor.twig'].report,
      /^failed {3}host\.kessai {2}sidecar\.absent$/m,
    );
    const wrong = ['minimum', 'otherMethods', 'sortOrder', 'statuses[settled]', 'tcpOrigin', 'tcpToken'];
    assert.deepEqual(Object.keys(typed.fields).sort(), wrong);
    assert.equal((await shop.stored()).minimum, '10.50');
  });

  test(`OpenCart ${major}: connected by hand, and what is wrong with a key stands beside its field`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    const [, key, store, server, saved] = await shop.run([
      ['install'],
      ['save', shop.form({ ...shop.byHand, apiKey: 'f'.repeat(40) })],
      ['save', shop.form({ ...shop.byHand, storeId: 'another' })],
      ['save', shop.form({ ...shop.byHand, serverUrl: 'http://btcpay.example' })],
      [
        'save',
        shop.form({
          ...shop.byHand,
          enabled: '1',
          statuses: { settled: '5', invalid: 'none', new: '' },
          refunded: '11',
        }),
      ],
    ]);
    assert.deepEqual(Object.keys(key.fields), ['apiKey']);
    assert.deepEqual(Object.keys(store.fields), ['storeId']);
    assert.deepEqual(Object.keys(server.fields), ['serverUrl']);
    assert.deepEqual([saved.said, saved.warnings], ['Saved.', []]);
    const settings = await shop.stored();
    assert.deepEqual([settings.statuses, settings.refunded], [{ settled: 5, invalid: null }, 11]);
    const [webhook] = await shop.webhooks();
    assert.equal(webhook.id, settings.webhookId);
    const [status] = await shop.rows("SELECT value FROM oc_setting WHERE `key` = 'payment_kessai_btcpay_status'");
    assert.equal(status.value, '1');

    await shop.run([['save', shop.form({ ...shop.byHand, enabled: '1' })]]);
    const [main, former, ...rest] = (await shop.stored()).webhookSecrets;
    assert.deepEqual([main.name, former.name, rest], ['main', 'former', []]);
    assert.equal(former.secret, settings.webhookSecrets[0].secret);
    assert.ok(former.until > Date.now() / 1000);

    const answers = await shop.run([
      ['page'],
      ['act', 'ping', shop.form()],
      ['act', 'doctor', shop.form()],
      ['act', 'repair', {}],
    ]);
    const { apiKey, shopKey } = settings;
    const text = JSON.stringify(answers);
    for (const secret of [apiKey, shopKey, main.secret, former.secret]) assert.ok(!text.includes(secret));
    const { report } = JSON.parse(answers[2].parts.doctor)['settings_doctor.twig'];
    assert.match(report, /^```\nkessai \S+ \(socket\), OpenCart \S+, PHP \S+, BTCPay Server 2\.\S+\nverdict: /);
    for (const told of [shop.sim.url, 'localhost', shop.sim.storeId]) assert.ok(!report.includes(told), report);
  });

  test(`OpenCart ${major}: connected through the server's own page, once, by whoever began`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    const [, nobody, { goto }] = await shop.run([
      ['install'],
      ['act', 'connect', shop.form({ serverUrl: 'http://127.0.0.1:1', enabled: '1', minimum: '3' })],
      ['act', 'connect', shop.form({ serverUrl: shop.sim.url, minimum: '7' })],
    ]);
    assert.deepEqual(Object.keys(nobody.fields), ['serverUrl']);
    assert.equal((await shop.stored()).minimum, '7');
    const { state, fields } = await shop.consent(goto);
    const [forged, parked, again] = await shop.run([
      ['authorized', 'another state', fields],
      ['authorized', state, fields],
      ['authorized', state, fields],
    ]);
    assert.equal(forged.url, '');
    assert.match(parked.url, /^http:\/\/localhost\/admin\/index\.php\?route=.*kessai_btcpay/);
    assert.equal(parked.message, undefined);
    assert.ok(again.message);
    assert.equal((await shop.stored()).apiKey, undefined);

    const [foreign] = await shop.run([['act', 'review', {}]], { session: 'of another admin' });
    assert.equal(JSON.parse(foreign.parts.connection)['settings_connection.twig'].waiting, null);
    const [review] = await shop.run([['act', 'review', {}]]);
    const { waiting } = JSON.parse(review.parts.connection)['settings_connection.twig'];
    assert.deepEqual([waiting.serverUrl, waiting.storeId, waiting.apiKey], [shop.sim.url, shop.sim.storeId, undefined]);

    const click = shop.form({ seenServerUrl: shop.sim.url, seenStoreId: shop.sim.storeId, enableToo: '1' });
    const [other] = await shop.run([['save', { ...click, seenStoreId: 'another' }]]);
    assert.deepEqual(Object.keys(other.fields), ['waiting']);
    const clicks = await Promise.all([shop.run([['save', click]]), shop.run([['save', click]])]);
    assert.ok(
      clicks.some(([answer]) => answer.said === 'Saved.'),
      JSON.stringify(clicks),
    );
    const settings = await shop.stored();
    assert.deepEqual([settings.enabled, settings.webhookSecrets.length], [true, 1]);
    const hooks = await shop.webhooks();
    assert.deepEqual(
      hooks.map((/** @type {any} */ hook) => hook.id),
      [settings.webhookId],
    );
    assert.deepEqual(await shop.stored('connect'), []);
    const [late] = await shop.run([['save', click]]);
    assert.deepEqual(Object.keys(late.fields), ['waiting']);
  });

  test(`OpenCart ${major}: the webhook is mended, follows a shop that moved, and goes`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install'], ['save', shop.form(shop.byHand)]]);
    const [hook] = await shop.webhooks();
    await shop.call('PUT', `/stores/${shop.sim.storeId}/webhooks/${hook.id}`, {
      ...hook,
      url: 'http://localhost:9/hook',
    });
    const [elsewhere] = await shop.run([['act', 'repair', {}]]);
    assert.equal(JSON.parse(elsewhere.parts.connection)['settings_connection.twig'].isElsewhere, true);
    const { shopId } = await shop.stored();
    await shop.run([['act', 'separate', {}]]);
    const separate = await shop.stored();
    assert.notEqual(separate.shopId, shopId);
    assert.equal((await shop.webhooks()).length, 2);

    const [moved] = await shop.run([['act', 'moved', {}]]);
    assert.ok(moved.said);
    await shop.run([['act', 'deleteWebhook', {}]]);
    assert.deepEqual(
      (await shop.webhooks()).map((/** @type {any} */ { url }) => url),
      ['http://localhost:9/hook'],
    );
    const [gone] = await shop.run([['act', 'disconnect', {}]]);
    assert.ok(gone.said);
    const { apiKey, enabled } = await shop.stored();
    assert.deepEqual([apiKey, enabled], [undefined, false]);
  });

  test(`OpenCart ${major}: everything is deleted at the explicit word alone`, async (t) => {
    const shop = await openAdmin(t, major, version, database.socket);
    await shop.run([['install'], ['save', shop.form({ ...shop.byHand, enabled: '1' })]]);
    const before = await shop.stored();
    const [unsure] = await shop.run([['act', 'erase', { erase: 'delete' }]]);
    assert.deepEqual([Object.keys(unsure.fields), await shop.stored()], [['erase'], before]);
    const [sure] = await shop.run([['act', 'erase', { erase: 'DELETE' }]]);
    assert.ok(sure.goto);
    const { shopKey, apiKey } = await shop.stored();
    assert.notEqual(shopKey, before.shopKey);
    assert.equal(apiKey, undefined);
    assert.deepEqual(await shop.webhooks(), []);
  });
}

test('what is wrong with a key, a server or a store is told where it was typed, in the language of the admin', async (t) => {
  const shop = await openAdmin(t, 4, '4.1.0.4', database.socket);
  const { sim } = shop;
  await shop.run([['install']]);
  const few = sim.addKey([`btcpay.store.canviewinvoices:${sim.storeId}`]);
  const every = sim.addKey(SHOP_PERMISSIONS);
  const cases = /** @type {const} */ ([
    ['a key that may too little', { apiKey: few }, 'apiKey'],
    ['a key for every store, and none named', { apiKey: every, storeId: '' }, 'storeId'],
    ['no server there', { serverUrl: 'http://127.0.0.1:1' }, 'serverUrl'],
    ['no address', { serverUrl: 'btcpay' }, 'serverUrl'],
  ]);
  for (const [name, typed, field] of cases) {
    for (const language of ['en-gb', 'ja-jp']) {
      const [{ fields }] = await shop.run([['save', shop.form({ ...shop.byHand, ...typed })]], { language });
      assert.deepEqual(Object.keys(fields), [field], `${name}: ${JSON.stringify(fields)}`);
      assert.equal(/[ぁ-ん]/.test(fields[field]), language === 'ja-jp', fields[field]);
    }
  }
  assert.equal((await shop.stored()).apiKey, undefined);

  sim.fault({ on: 'api', kind: '5xx', times: 'always', match: 'POST *webhooks' });
  const [deaf] = await shop.run([['save', shop.form(shop.byHand)]]);
  assert.equal(deaf.warnings.length, 1, JSON.stringify(deaf));
  assert.ok((await shop.stored()).apiKey, 'saved without its webhook, which is registered later');
});

test('an address without a key connects nothing, and the key that is stored goes to no other server', async (t) => {
  const shop = await openAdmin(t, 4, '4.1.0.4', database.socket);
  const address = { serverUrl: 'https://btcpay.example' };
  const [, kept, odd] = await shop.run([
    ['install'],
    ['save', shop.form(address)],
    ['save', shop.form({ serverUrl: 'https://btcpay.example; rm' })],
  ]);
  assert.equal(kept.warnings.length, 1);
  assert.deepEqual(Object.keys(odd.fields), ['serverUrl']);
  assert.equal((await shop.stored()).serverUrl, address.serverUrl);

  const { storeId, serverUrl } = shop.byHand;
  const [, other, another, same, gone] = await shop.run([
    ['save', shop.form(shop.byHand)],
    ['save', shop.form(address)],
    ['save', shop.form({ serverUrl, storeId: 'another' })],
    ['save', shop.form({ serverUrl: `${serverUrl}/`, storeId })],
    ['save', shop.form({ ...shop.byHand, socketPath: '/nowhere/kessai.sock' })],
  ]);
  assert.deepEqual([Object.keys(other.fields), Object.keys(another.fields)], [['serverUrl'], ['storeId']]);
  assert.deepEqual([same.said, same.warnings], ['Saved.', []]);
  assert.deepEqual(Object.keys(gone.fields), ['transport'], 'a key is not lost because kessai does not answer');
});

test('a store without a wallet is connected, and offered to nobody', async (t) => {
  const shop = await openAdmin(t, 4, '4.1.0.4', database.socket);
  Object.assign(/** @type {any} */ (shop.sim).store, { paymentMethods: [] });
  const [, refused, saved] = await shop.run([
    ['install'],
    ['save', shop.form({ ...shop.byHand, enabled: '1' })],
    ['save', shop.form(shop.byHand)],
  ]);
  assert.match(refused.fields.enabled, /wallet/);
  assert.match(saved.warnings.join(), /wallet/);
  assert.deepEqual([(await shop.stored()).enabled, (await shop.stored()).storeId], [false, shop.sim.storeId]);
});

test('an upgrade takes the webhook away and brings it back with the settings; a server that hangs delays it by seconds', async (t) => {
  const shop = await openAdmin(t, 4, '4.1.0.4', database.socket);
  await shop.run([['install'], ['save', shop.form({ ...shop.byHand, enabled: '1', sortOrder: '7' })]]);
  await shop.run([['uninstall']]);
  assert.deepEqual(await shop.webhooks(), []);
  await shop.db.query("DELETE FROM oc_setting WHERE code = 'payment_kessai_btcpay'");
  await shop.run([['install']]);
  const keys = await shop.rows(
    "SELECT `key`, value FROM oc_setting WHERE code = 'payment_kessai_btcpay' ORDER BY `key`",
  );
  assert.deepEqual(
    keys.map(({ key, value }) => `${key.slice(22)}=${value}`),
    ['geo_zone_id=0', 'sort_order=7', 'status=1'],
  );
  assert.equal((await shop.webhooks())[0].id, (await shop.stored()).webhookId);

  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  t.after(() => silent.close());
  await once(silent, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
  const settings = { ...(await shop.stored()), serverUrl: `http://127.0.0.1:${port}` };
  await shop.db.query("UPDATE oc_kessai_document SET value = ? WHERE name = 'settings'", [JSON.stringify(settings)]);
  const began = performance.now();
  await shop.run([['uninstall']]);
  assert.ok(performance.now() - began < 9000);
  assert.deepEqual(await shop.rows("SELECT * FROM oc_event WHERE code = 'kessai_btcpay'"), []);
});
