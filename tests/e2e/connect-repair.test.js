/** A webhook in which something is wrong: the page of the checks says what, and the button that it names mends it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SHOP_PERMISSIONS } from '../../js/sim/btcpay/permissions.js';
import { openEmptyShop, useBrowser } from './connectWorld.js';

/** @import { BtcpaySim } from '../../js/sim/btcpay/index.js' */
/** @import { Webhook } from '../../js/sim/btcpay/webhooks.js' */
/** @import { Language } from './connectWorld.js' */

/** @type {{title: string, harm: (sim: BtcpaySim, webhook: Webhook) => unknown, says: Record<Language, RegExp>, paysFirst?: true}[]} */
const rows = [
  {
    title: 'switched off',
    harm: (sim, webhook) => sim.webhooks.replace(webhook, { ...webhook, enabled: false }),
    says: { en: /switched off.*\n.*Repair the webhook/, ja: /無効.*\n.*Webhook を修復/ },
  },
  {
    title: 'without all events',
    harm: (sim, webhook) =>
      sim.webhooks.replace(webhook, {
        ...webhook,
        authorizedEvents: { everything: false, specificEvents: ['InvoiceExpired'] },
      }),
    says: { en: /not sent .*InvoiceSettled.*\n.*Repair the webhook/, ja: /InvoiceSettled.*\n.*Webhook を修復/ },
  },
  {
    title: 'without redelivery',
    harm: (sim, webhook) => sim.webhooks.replace(webhook, { ...webhook, automaticRedelivery: false }),
    says: { en: /not sent again.*\n.*Repair the webhook/, ja: /再送.*\n.*Webhook を修復/ },
  },
  {
    title: 'deleted at the server',
    harm: (sim, webhook) => sim.webhooks.delete(webhook),
    says: { en: /no webhook for .*\n.*Register it: the connection page/, ja: /\n.*接続画面から Webhook を登録/ },
  },
  {
    title: 'there twice',
    harm: (sim, webhook) => sim.webhooks.create(sim.storeId, { url: webhook.url, secret: 'another' }),
    says: { en: /2 webhooks go to this shop.*\n.*Repair the webhook/, ja: /2 .*\n.*Webhook を修復/ },
  },
  {
    title: 'with another secret',
    harm: (sim, webhook) => sim.webhooks.replace(webhook, { ...webhook, secret: 'another' }),
    says: { en: /refused the signature.*\n.*Repair the webhook/, ja: /署名.*\n.*Webhook を修復/ },
    paysFirst: true,
  },
];

useBrowser();

for (const language of /** @type {Language[]} */ (['en', 'ja']))
  describe(language, { concurrency: true }, () => {
    it(`what is wrong with a webhook is told and mended`, async (t) => {
      const world = await openEmptyShop(t, { language });
      const { sim, words } = world;
      const webhooks = () => sim.webhooks.of(sim.storeId);
      await world.home();
      await world.paste();
      await world.save();
      const [good] = webhooks();
      assert.ok(good);
      const { id: _, ...asItMustBe } = good;
      for (const { title, harm, says, paysFirst } of rows) {
        await t.test(title, async () => {
          const [webhook] = webhooks();
          assert.ok(webhook);
          harm(sim, webhook);
          if (paysFirst) {
            // The return asks the server: the customer does not suffer from it.
            await world.buy();
            await sim.idle();
          }
          assert.match(await world.checks(), says[language]);
          await world.home();
          await world.click(words.repair);
          await world.page.getByRole('heading', { name: words.webhook }).waitFor();
          const [{ id: __, ...mended } = { id: '' }, ...others] = webhooks();
          assert.deepEqual(mended, asItMustBe);
          assert.deepEqual(others, []);
          if (paysFirst) {
            await world.buy();
            await sim.idle();
          }
          const { verdicts } = world.checkWords;
          assert.doesNotMatch(await world.checks(), new RegExp(`\\[(${verdicts.failed}|${verdicts.warning})\\]`));
        });
      }
    });

    it(`a key that may not register webhooks is saved with a warning, and told how to be mended`, async (t) => {
      const world = await openEmptyShop(t, { language });
      const { sim, page, words } = world;
      const scoped = SHOP_PERMISSIONS.map((name) => `${name}:${sim.storeId}`);
      const apiKey = sim.addKey(scoped.filter((name) => !name.includes('webhooks')));
      await world.home();
      await world.paste({ apiKey });
      await page.getByRole('heading', { name: words.review }).waitFor();
      const { verdicts } = world.checkWords;
      assert.match(
        await page.locator('.checks').first().innerText(),
        new RegExp(`${verdicts.warning}[^]*canmodifywebhooks`),
      );
      await world.click(words.save);
      const says = {
        en: /is saved.*lacks the permission.*canmodifywebhooks.* Give the key this permission/,
        ja: /保存しましたが.*canmodifywebhooks.*権限/,
      };
      assert.match(await world.problem(), says[language]);
      sim.addKey(scoped, apiKey);
      await world.click(words.register);
      await page.getByRole('heading', { name: words.webhook }).waitFor();
      await world.buy();

      // A server that is gone for good holds nobody.
      sim.fault({ on: 'api', kind: 'reset', times: 'always' });
      await world.home();
      await page.getByText(words.disconnect).first().click();
      await page.getByRole('button', { name: words.disconnect }).click();
      assert.match(await world.problem(), /Settings > Webhooks/);
      await page.goto(`${world.base}/merchant`);
      await page.getByRole('link', { name: '1001' }).waitFor();
      for (const path of ['/merchant/orders/1001', '/cart', '/']) {
        assert.equal((await fetch(world.base + path)).status, 200, path);
      }
      assert.equal((await fetch(`${world.base}/merchant/accounting.csv`)).status, 503);
    });
  });
