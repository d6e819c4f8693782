/** The demo shop is connected on its own pages: both ways in, broken off, forged, mended. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { desktop, phone } from './browser.js';
import { openEmptyShop, useBrowser } from './connectWorld.js';

/** @import { ConnectWorld } from './connectWorld.js' */

useBrowser();

describe('connecting a shop', { concurrency: 3 }, () => {
  it('leads by the button from an empty shop to a settled order', async (t) => {
    const world = await openEmptyShop(t, { context: desktop });
    const { sim, page, base, words } = world;
    await page.goto(base);
    await page.getByText('Payment by Bitcoin is not ready yet').waitFor();
    await page.getByRole('button', { name: 'Add to cart: Stoneware cup' }).click();
    await page.getByText('Payment by Bitcoin is not ready yet').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Check out (USD)' }).count(), 0);
    await page.goto(`${base}/merchant`);
    await page.getByRole('link', { name: words.toConnection }).click();

    world.clicks = 0;
    assert.equal(await page.getByLabel(words.address).first().inputValue(), sim.url);
    await world.connect();
    await world.authorise();
    await page.getByRole('heading', { name: words.review }).waitFor();
    const seen = await page.locator('main').innerText();
    for (const text of [sim.url, sim.storeId, 'Tsubame', 'BTCPay Server 2.4.1', 'btcpay.store.cancreateinvoice']) {
      assert.ok(seen.includes(text), text);
    }
    assert.deepEqual(sim.webhooks.of(sim.storeId), [], 'nothing was done yet');
    await world.save();
    // The store is chosen on the server's page, which is one more there.
    assert.equal(world.clicks, 3);

    const [webhook, ...others] = sim.webhooks.of(sim.storeId);
    assert.deepEqual(others, []);
    assert.equal(webhook?.url, `${world.shop.url}/webhooks/btcpay`);
    const shown = await page.locator('main').innerText();
    assert.ok(shown.includes(webhook.id) && shown.includes('InvoiceSettled'));
    assert.ok(!(await page.content()).includes(webhook.secret));
    await page.goto(`${base}/cart`);
    await page.getByRole('link', { name: 'Check out (USD)' }).waitFor();
    const invoiceId = await world.buy();
    await sim.idle();
    const told = sim.deliveries.list().filter(({ request }) => request.includes(invoiceId));
    assert.ok(told.length > 0 && told.every(({ httpCode }) => httpCode === 200));
    assert.deepEqual(sim.unknownRoutes, []);
  });

  it('leads there by a pasted key, in Japanese, on a phone', async (t) => {
    const world = await openEmptyShop(t, { language: 'ja', context: phone });
    const { sim, page, words } = world;
    await world.home();
    await world.paste();
    await page.getByRole('heading', { name: words.review }).waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
    await world.save();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
    assert.ok(!(await page.content()).includes(sim.apiKey));
    assert.match(await world.checks(), /すべて/);
    assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
    await world.buy();
  });

  it('is taken up again wherever it was broken off', async (t) => {
    const world = await openEmptyShop(t);
    const { sim, words } = world;
    const breakOff = async () => {
      await world.restart();
      await world.reopenBrowser();
    };
    await world.home();
    await world.connect();
    await world.page.getByRole('button', { name: 'Continue' }).waitFor();
    await breakOff();
    await world.page.getByRole('heading', { name: words.begun.server.title }).waitFor();
    await world.connect();

    // The shop's process is another one by the time the key comes.
    await world.page.getByRole('button', { name: 'Continue' }).waitFor();
    await world.restart();
    await world.authorise();
    await world.page.getByRole('heading', { name: words.review }).waitFor();
    await breakOff();
    await world.click(words.toReview);
    await world.page.getByRole('heading', { name: words.review }).waitFor();
    await world.restart();
    await world.page.reload();

    // Saved, and the webhook not: the server fails, then its answer is lost.
    sim.fault({ on: 'api', kind: '5xx', times: 'always', match: 'POST *webhooks' });
    await world.click(words.save);
    assert.match(await world.problem(), /is saved.* webhook could not be registered/);
    await breakOff();
    await world.page.getByRole('heading', { name: words.noWebhook }).waitFor();
    sim.clearFaults();
    sim.fault({ on: 'api', kind: 'resetAfter', match: 'POST *webhooks' });
    await world.click(words.register);
    await world.problem();
    await breakOff();
    await world.click(words.register);
    await world.page.getByRole('heading', { name: words.webhook }).waitFor();
    assert.equal(sim.webhooks.of(sim.storeId).length, 1);
    await world.restart();

    // By hand.
    await world.home();
    await world.page.getByText(words.disconnect).first().click();
    await world.page.getByRole('button', { name: words.disconnect }).click();
    await world.page.getByText(words.lead).waitFor();
    assert.deepEqual(sim.webhooks.of(sim.storeId), []);
    await world.paste();
    await world.page.getByRole('heading', { name: words.review }).waitFor();
    await breakOff();
    await world.click(words.toReview);
    await world.save();
    await breakOff();
    await world.buy();
  });

  it('changes nothing for what was not asked for, came before, came too late, or is another admin’s', async (t) => {
    const world = await openEmptyShop(t);
    const { sim, words, base } = world;
    /** @type {string[]} */
    const states = [];
    const send = async (/** @type {string | undefined} */ state, body = `apiKey=${sim.apiKey}`) => {
      const query = state === undefined ? '' : `?state=${state}`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: sim.url };
      const response = await fetch(`${base}/merchant/connection/authorized${query}`, { method: 'POST', headers, body });
      assert.equal(response.headers.get('set-cookie')?.includes('merchant=') ?? false, false);
      return response.status;
    };
    /** @param {string} what @param {() => Promise<unknown>} act @param {unknown} expected */
    const nothing = async (what, act, expected) => {
      const before = world.bytes();
      assert.deepEqual(await act(), expected, what);
      assert.equal(world.bytes(), before, what);
    };
    const begin = async () => {
      await world.home();
      await world.connect();
      await world.page.waitForURL((url) => url.pathname.endsWith('/api-keys/authorize'));
      const redirect = new URL(new URL(world.page.url()).searchParams.get('redirect') ?? '');
      states.push(redirect.searchParams.get('state') ?? '');
      return String(states.at(-1));
    };

    await world.home();
    await nothing('nothing was asked for', () => send('a'.repeat(64)), 403);
    const first = await begin();
    await nothing('no state', () => send(undefined), 403);
    await nothing('a forged state', () => send(`${first.slice(1)}0`), 403);
    await nothing('no key', () => send(first, 'userId=x'), 400);
    await nothing('two keys', () => send(first, 'apiKey=a&apiKey=b'), 400);
    await nothing('a flood', () => send(first, `apiKey=${'a'.repeat(20_000)}`), 413);
    const second = await begin();
    await nothing('the state of an earlier attempt', () => send(first), 403);
    await sim.advance(15 * 60);
    await nothing('too late', () => send(second), 410);

    const third = await begin();
    assert.equal(await send(third), 200);
    await nothing('once more', () => send(third), 403);
    const parked = world.bytes();
    await world.home();
    await world.page.getByRole('heading', { name: words.begun.key.title }).waitFor();
    assert.equal(world.bytes(), parked, 'a look changes nothing');

    const other = { cookie: `merchant=${'x'.repeat(43)}` };
    const form = new URLSearchParams({ serverUrl: sim.url, storeId: sim.storeId });
    const saveAs = async (/** @type {Record<string, string>} */ headers, body = form) => {
      const response = await fetch(`${base}/merchant/connection/save`, {
        method: 'POST',
        headers,
        body,
        redirect: 'manual',
      });
      return response.status;
    };
    await nothing(
      'another admin looks',
      async () => (await fetch(`${base}/merchant/connection/review`, { headers: other })).status,
      403,
    );
    await nothing('another admin saves', () => saveAs({ origin: base, ...other }), 403);
    await nothing('nobody saves', () => saveAs({ origin: base }), 403);
    const [cookie] = await world.page.context().cookies(`${base}/merchant/connection`);
    assert.deepEqual([cookie?.name, cookie?.httpOnly, cookie?.sameSite], ['merchant', true, 'Strict']);
    const own = { cookie: `merchant=${cookie?.value}` };
    await nothing('a page of another site saves', () => saveAs({ origin: sim.url, ...own }), 403);
    const elsewhere = new URLSearchParams({ serverUrl: sim.url, storeId: 'another' });
    await nothing('what the admin did not look at', () => saveAs({ origin: base, ...own }, elsewhere), 303);
    assert.deepEqual(sim.webhooks.of(sim.storeId), []);

    await sim.advance(24 * 60 * 60);
    await nothing('a key that nobody fetched for a day', () => saveAs({ origin: base, ...own }), 410);
    const fourth = await begin();
    assert.equal(await send(fourth), 200);
    const answers = await Promise.all([saveAs({ origin: base, ...own }), saveAs({ origin: base, ...own })]);
    assert.deepEqual(answers, [303, 303], 'a click that comes twice');
    assert.equal(sim.webhooks.of(sim.storeId).length, 1);
    await world.buy();
    await nothing('saved already', () => saveAs({ origin: base, ...own }), 303);
  });

  it('leaves the first shop its webhook where a copy is tried out, and follows one that has moved', async (t) => {
    const world = await openEmptyShop(t);
    const { sim, words } = world;
    await world.home();
    await world.paste();
    await world.save();
    const [first] = sim.webhooks.of(sim.storeId);
    const copy = await world.copyShop();
    const copied = copy.url.replace('127.0.0.1', 'localhost');
    await world.home(copied);
    await world.page.getByText(words.elsewhere(`${copy.url}/webhooks/btcpay`)).waitFor();
    await world.click(words.repair);
    assert.match(await world.problem(), /webhook goes to http\S+, not to http\S+\s+If .*If this is a copy/);
    assert.deepEqual(sim.webhooks.of(sim.storeId), [first]);
    await world.click(words.separate);
    await world.page.getByText(words.elsewhere(`${copy.url}/webhooks/btcpay`)).waitFor({ state: 'detached' });
    assert.deepEqual(sim.webhooks.of(sim.storeId)[0], first);
    assert.equal(sim.webhooks.of(sim.storeId).length, 2);

    // Both have an order 1001 in the same store, and hear of both.
    await world.buy(copy.url);
    await sim.idle();
    assert.equal((await fetch(`${world.shop.url}/merchant/orders/1001`)).status, 404);
    await world.buy();
    assert.doesNotMatch(await (await fetch(`${copied}/merchant?lang=en`)).text(), /orders\/1002/);
    await world.home(copied);
    await world.click(words.deleteWebhook);
    await world.page.getByRole('heading', { name: words.noWebhook }).waitFor();
    assert.deepEqual(sim.webhooks.of(sim.storeId), [first]);

    const moved = await world.copyShop();
    await world.home(moved.url.replace('127.0.0.1', 'localhost'));
    await world.click(words.moved);
    await world.page.getByText(words.elsewhereWhy).waitFor({ state: 'detached' });
    assert.deepEqual(
      sim.webhooks.of(sim.storeId).map(({ id, url }) => ({ id, url })),
      [{ id: first?.id, url: `${moved.url}/webhooks/btcpay` }],
    );
    await world.buy(moved.url);
  });

  it('keeps one webhook through new connections, and takes what the old secret signed meanwhile', async (t) => {
    const world = await openEmptyShop(t);
    const { sim, words } = world;
    await world.home();
    await world.paste();
    await world.save();
    const [first] = sim.webhooks.of(sim.storeId);
    await world.home();
    await world.connect();
    await world.authorise();
    sim.fault({ on: 'api', kind: '5xx', times: 'always', match: '*webhooks*' });
    await world.click(words.save);
    await world.problem();
    assert.deepEqual(sim.webhooks.of(sim.storeId), [first], 'the server signs with the old secret');
    await world.buy();
    await sim.idle();
    assert.ok(sim.deliveries.list().every(({ httpCode }) => httpCode === 200));
    sim.clearFaults();
    await world.home();
    await world.click(words.repair);
    await world.page.getByRole('alert').waitFor({ state: 'detached' });
    const [repaired, ...others] = sim.webhooks.of(sim.storeId);
    assert.deepEqual(others, []);
    assert.equal(repaired?.id, first?.id);
    assert.notEqual(repaired?.secret, first?.secret);
    await world.buy();

    // A key that the merchant does not want is forgotten.
    await world.home();
    await world.page.getByText(words.again).click();
    await world.paste();
    await world.page.getByRole('heading', { name: words.review }).waitFor();
    await world.click(words.discard);
    await world.page.getByRole('heading', { name: words.webhook }).waitFor();
    assert.equal(await world.page.getByRole('link', { name: words.toReview }).count(), 0);
  });
});
