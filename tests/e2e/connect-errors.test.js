/**
 * Whoever connects a shop and meets an error is helped by its text alone: it names the mend, and what it names can be done
 * on the page, in the language of the page.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { startBtcpaySim } from '../../js/sim/btcpay/index.js';
import { SHOP_PERMISSIONS } from '../../js/sim/btcpay/permissions.js';
import { openEmptyShop, useBrowser } from './connectWorld.js';

/** @import { TestContext } from 'node:test' */
/** @import { SimOptions } from '../../js/sim/btcpay/index.js' */
/** @import { ConnectWorld, Language } from './connectWorld.js' */

/**
 * @typedef {object} Row
 * @property {string} title
 * @property {(world: ConnectWorld, t: TestContext) => Promise<unknown>} meet leads to the error; what it returns `mend` is given
 * @property {Record<Language, RegExp>} says the mend
 * @property {(world: ConnectWorld, met: any) => Promise<unknown>} mend does that, as far as the review
 * @property {SimOptions} [sim]
 */

useBrowser();

/** @param {ConnectWorld} world @param {string[]} [permissions] @param {string[]} [stores] */
const newKey = ({ sim }, permissions = SHOP_PERMISSIONS, stores = [sim.storeId]) =>
  sim.addKey(stores.flatMap((store) => permissions.map((name) => `${name}:${store}`)));

/** By the button, as far as the review. @param {ConnectWorld} world @param {string} [address] */
async function byButton(world, address) {
  await world.connect(address);
  await world.authorise();
}

/** As far as the key that waits, and not on to the review. @param {ConnectWorld} world @param {(send: (body: string) => Promise<void>) => Promise<void>} answer */
async function answered(world, answer) {
  await world.connect();
  await world.page.waitForURL((url) => url.pathname.endsWith('/api-keys/authorize'));
  const action = new URL(world.page.url()).searchParams.get('redirect') ?? '';
  await answer(async (body) => {
    // As the server's page does it, but for what is in it.
    await world.page.goto('about:blank');
    await world.page.setContent(`<form method="post" action="${action.replace('&', '&amp;')}">
      ${[...new URLSearchParams(body)].map(([name, value]) => `<input name="${name}" value="${value}">`)}<button>Send</button></form>`);
    await world.page.getByRole('button', { name: 'Send' }).click();
    await world.page.waitForURL(`${world.base}/**`);
  });
}

/** @param {ConnectWorld} world @param {import('../../js/sim/btcpay/faults.js').FaultOptions['kind']} kind @param {string} match */
async function failingReview(world, kind, match) {
  await answered(world, (send) => {
    world.sim.fault({ on: 'api', kind, times: 'always', match });
    return send(`apiKey=${world.sim.apiKey}`);
  });
  await world.page.getByRole('alert').waitFor({ timeout: 20_000 });
}

/** @param {ConnectWorld} world */
async function lookAgain(world) {
  world.sim.clearFaults();
  await world.click(world.words.toReview);
}

/** @param {import('node:http').Server} server @returns {Promise<number>} the port on which it listens now */
async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

/** @type {Row[]} */
const rows = [
  {
    title: 'http to another machine',
    meet: (world) => world.connect('http://pay.example.com'),
    says: { en: /unprotected.* Use https.* this machine itself/, ja: /https を使ってください.*このマシン自身/ },
    mend: (world) => byButton(world, world.sim.url),
  },
  {
    title: 'an address without https://',
    meet: (world) => world.connect(new URL(world.sim.url).host),
    says: { en: /serverUrl.*such as https:\/\//, ja: /serverUrl.*https:\/\// },
    mend: (world) => byButton(world, world.sim.url),
  },
  {
    title: 'a server that is not running',
    async meet(world, t) {
      const server = createServer();
      const port = await listen(server);
      await new Promise((resolve) => server.close(resolve));
      await world.connect(`http://127.0.0.1:${port}`);
      return { port, t };
    },
    says: { en: /cannot be reached \(refused\).* that the server runs/, ja: /サーバーが動いていること/ },
    async mend(world, { port, t }) {
      const sim = await startBtcpaySim({ port });
      t.after(() => sim.close());
      await byButton(world);
    },
  },
  {
    title: 'something else than BTCPay Server',
    async meet(world, t) {
      const page = createServer((_, response) => response.end('<!doctype html><title>Welcome</title>'));
      t.after(() => page.close());
      await world.connect(`http://127.0.0.1:${await listen(page)}`);
    },
    says: { en: /Something other.*\(serverUrl\), its sub-path/, ja: /serverUrl.*サブパスまで含めて確認/ },
    mend: (world) => byButton(world, world.sim.url),
  },
  {
    title: 'a server that fails, before the merchant is sent there',
    async meet(world) {
      world.sim.fault({ on: 'api', kind: '5xx', times: 'always' });
      await world.connect();
    },
    says: { en: /failed \(HTTP 503\).* may be repeated/, ja: /もう一度試してもかまいません/ },
    async mend(world) {
      world.sim.clearFaults();
      await byButton(world);
    },
  },
  {
    title: 'a server that is too busy at the review',
    meet: (world) => failingReview(world, '429', '*current'),
    says: { en: /less often.* Wait, then try again/, ja: /しばらく待ってから、もう一度/ },
    mend: lookAgain,
  },
  {
    title: 'a server that does not answer at the review',
    meet: (world) => failingReview(world, 'hang', '*info'),
    says: { en: /in time.* may be repeated/, ja: /もう一度試してもかまいません/ },
    mend: lookAgain,
  },
  {
    title: 'a connection that breaks at the review',
    meet: (world) => failingReview(world, 'reset', '*info'),
    says: { en: /cannot be reached \(reset\).* may be repeated/, ja: /もう一度試してもかまいません/ },
    mend: lookAgain,
  },
  {
    title: 'a page of a proxy at the review',
    meet: (world) => failingReview(world, 'garbage', '*payment-methods*'),
    says: { en: /Something other.* proxy/, ja: /プロキシ/ },
    mend: lookAgain,
  },
  {
    title: 'a key that the server does not know',
    meet: (world) => world.paste({ apiKey: 'a'.repeat(40) }),
    says: {
      en: /refused.* Create one under .*API Keys, limited to this store/,
      ja: /API Keys で、このストアに限定したキーを作成/,
    },
    mend: (world) => world.paste({ apiKey: newKey(world) }),
  },
  {
    title: 'a key with too few permissions',
    meet: (world) => world.paste({ apiKey: newKey(world, ['btcpay.store.canviewinvoices']) }),
    says: {
      en: /lacks permissions.*cancreateinvoice.* Create a new key with these .* or connect by the button/,
      ja: /権限がありません.*cancreateinvoice.*作成.*接続ボタン/,
    },
    mend: (world) => byButton(world),
  },
  {
    title: 'a key for several stores',
    async meet(world) {
      const { id } = world.sim.addStore({ name: 'Another' });
      await world.paste({ apiKey: newKey(world, SHOP_PERMISSIONS, [world.sim.storeId, id]) });
    },
    says: { en: /stores: 2.* Create a key that is limited to this shop's store/, ja: /ストア：2.*限定したキー/ },
    mend: (world) => world.paste({ apiKey: newKey(world) }),
  },
  {
    title: 'a key for every store, by the button',
    meet: (world) => answered(world, (send) => send(`apiKey=${world.sim.addKey(SHOP_PERMISSIONS)}`)),
    says: { en: /\* means all.* Create a key that is limited/, ja: /\* はすべて.*限定したキー/ },
    mend: (world) => byButton(world),
  },
  {
    title: 'a legacy key',
    meet: (world) => world.paste({ apiKey: 'L'.repeat(43) }),
    says: { en: /legacy key.* Create a key under .*API Keys/, ja: /レガシーキー.*API Keys で.*作成/ },
    mend: (world) => world.paste({ apiKey: newKey(world) }),
  },
  {
    title: 'a key for another store',
    async meet(world) {
      const { id } = world.sim.addStore({ name: 'Another' });
      await world.paste({ storeId: id });
    },
    says: { en: /another store.* Check the store id/, ja: /別のストア.*ストア ID/ },
    mend: (world) => world.paste(),
  },
  {
    title: 'a server that is too old',
    sim: { version: '1.2.0' },
    meet: (world) => world.paste(),
    says: { en: /needs BTCPay Server 1\.3\.0.* Update BTCPay Server/, ja: /BTCPay Server を更新/ },
    async mend(world) {
      const { apiKey, storeId, url } = world.sim;
      await world.sim.close();
      world.sim = await startBtcpaySim({
        apiKey,
        storeId,
        port: Number(new URL(url).port),
        store: { name: 'Tsubame' },
      });
      await world.paste();
    },
  },
  {
    title: 'an answer without a key',
    meet: (world) => answered(world, (send) => send('userId=1')),
    says: { en: /no API key.* Start the connection again/, ja: /接続をやり直す/ },
    async mend(world) {
      await world.click(world.words.toConnection);
      await byButton(world);
    },
  },
  {
    title: 'an answer that is brought twice',
    meet: (world) =>
      answered(world, async (send) => {
        await send(`apiKey=${world.sim.apiKey}`);
        await world.page.getByRole('heading', { name: world.words.review }).waitFor();
        await send(`apiKey=${world.sim.apiKey}`);
      }),
    says: { en: /used before.* Nothing was changed\. Start the connection again/, ja: /使用済み.*接続をやり直して/ },
    async mend(world) {
      await world.click(world.words.toConnection);
      await byButton(world);
    },
  },
  {
    title: 'an answer that comes too late',
    meet: (world) =>
      answered(world, async (send) => {
        await world.sim.advance(15 * 60);
        await send(`apiKey=${world.sim.apiKey}`);
      }),
    says: { en: /too long.* Start the connection again/, ja: /接続をやり直して.*15 分/ },
    async mend(world) {
      await world.click(world.words.toConnection);
      await byButton(world);
    },
  },
  {
    title: 'a key that waits for an admin who signed in anew',
    async meet(world) {
      await answered(world, (send) => send(`apiKey=${world.sim.apiKey}`));
      await world.page.getByRole('heading', { name: world.words.review }).waitFor();
      await world.page.context().clearCookies({ name: 'merchant' });
      await world.page.reload();
    },
    says: { en: /another admin, or before you signed in again.* Start the connection again/, ja: /接続をやり直して/ },
    mend: (world) => byButton(world),
  },
  {
    title: 'a store without a wallet',
    async meet(world) {
      const { sim } = world;
      sim.store.paymentMethods = [];
      await byButton(world);
      await world.page.getByRole('heading', { name: world.words.review }).waitFor();
    },
    says: { en: /no wallet.* Set up a wallet in BTCPay Server/, ja: /ウォレット.*設定して/ },
    async mend(world) {
      world.sim.store.paymentMethods = ['BTC-CHAIN', 'BTC-LN'];
      await world.page.reload();
    },
  },
];

describe('an error that connecting can meet', { concurrency: true }, () => {
  for (const language of /** @type {Language[]} */ (['en', 'ja'])) {
    it(`is mended by its text alone, in ${language}`, async (t) => {
      const shared = await openEmptyShop(t, { language });
      for (const { title, meet, says, mend, sim } of rows) {
        await t.test(title, async (row) => {
          const world = sim ? await openEmptyShop(row, { language, sim }) : shared;
          world.sim.clearFaults();
          await world.home();
          const met = await meet(world, row);
          const { page } = world;
          const told = page.getByRole('alert').or(page.locator('.checks:visible')).first();
          assert.match((await told.innerText()).replaceAll(/\s*\n\s*/g, ' '), says[language]);
          assert.ok(!(await page.content()).includes(world.sim.apiKey));
          await mend(world, met);
          await page.getByRole('heading', { name: world.words.review }).waitFor();
          assert.equal(await page.getByRole('alert').count(), 0);
        });
      }
      // None of them has left anything behind.
      assert.deepEqual(shared.sim.webhooks.of(shared.sim.storeId), []);
      await shared.save();
    });
  }
});
