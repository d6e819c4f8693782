import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { phone } from './browser.js';
import { openStorefront, until } from './modalWorld.js';
import { useBrowser } from './simWorld.js';

useBrowser();

// They wait more than they work.
describe('a payment in the modal', { concurrency: 3 }, () => {
  const names = (/** @type {[string, string][]} */ log) => log.map(([name]) => name);

  test('paid: the success is shown, and the page leaves once', async (t) => {
    const { open, sim, invoice, page, thanks, told, log, complaints } = await openStorefront(t);
    await open();
    sim.pay(invoice.id);
    await told('paid');
    assert.deepEqual(log, [['paid', invoice.id]]);
    await page.waitForURL('**/thanks');
    await page.waitForTimeout(500);
    assert.equal(thanks(), 1);
    assert.deepEqual(complaints, []);
  });

  test('processing, then settled: told one after the other, left when settled', async (t) => {
    const { open, sim, invoice, page, frame, told, log, thanks } = await openStorefront(t);
    await open();
    sim.pay(invoice.id, { method: 'onchain' });
    await told('processing');
    assert.equal(await frame.count(), 1);
    assert.equal(thanks(), 0);
    sim.mine();
    await told('paid');
    assert.deepEqual(names(log), ['processing', 'paid']);
    await page.waitForURL('**/thanks');
  });

  test('closed after payment, the page leaves for the order', async (t) => {
    const { open, sim, invoice, page, inside, told, thanks } = await openStorefront(t);
    await open();
    sim.pay(invoice.id, { method: 'onchain' });
    await told('processing');
    await inside.getByRole('button', { name: 'Close' }).click();
    await page.waitForURL('**/thanks');
    assert.equal(thanks(), 1);
  });

  test('expired and invalid: told at once, and left for the order when the frame is closed', async (t) => {
    for (const [name, end, text] of /** @type {const} */ ([
      ['expired', 'expire', /time to pay has run out/],
      ['invalid', 'mark', /did not go through/],
    ])) {
      const { open, sim, invoice, page, frame, inside, told, log, message, thanks } = await openStorefront(t);
      await open();
      if (end === 'expire') await sim.expire(invoice.id);
      else sim.mark(invoice.id, 'Invalid');
      await told(name);
      assert.equal(await frame.count(), 1);
      assert.match((await message.textContent()) ?? '', text);
      assert.equal(thanks(), 0);
      await inside.getByRole('button', { name: 'Close' }).click();
      await page.waitForURL('**/thanks');
      assert.deepEqual(names(log), [name]);
      assert.equal(thanks(), 1);
    }
  });

  test('without a page to return to, every outcome is the promise alone', async (t) => {
    for (const [outcome, end] of /** @type {const} */ ([
      ['paid', (/** @type {any} */ sim, /** @type {string} */ id) => sim.pay(id)],
      ['expired', (/** @type {any} */ sim, /** @type {string} */ id) => sim.expire(id)],
    ])) {
      const { sim, invoice, page, frame, inside, told, url } = await openStorefront(t);
      const ended = page.evaluate(
        ([invoiceId, serverUrl]) => /** @type {any} */ (window).kessai.openCheckout({ invoiceId, serverUrl }),
        [invoice.id, sim.url],
      );
      await inside.getByRole('button', { name: 'Close' }).waitFor();
      await end(sim, invoice.id);
      await told(outcome);
      if (outcome === 'expired') await inside.getByRole('button', { name: 'Close' }).click();
      assert.equal(await ended, outcome);
      assert.equal(page.url(), `${url}/`);
      assert.equal(await frame.count(), 0);
    }
  });

  test('closed before payment: told once, the keyboard back on the button, and it opens again', async (t) => {
    const { open, page, frame, inside, told, log, message } = await openStorefront(t);
    await open();
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
    assert.deepEqual(names(log), ['closed']);
    assert.match((await message.textContent()) ?? '', /was closed/);
    assert.equal(await page.evaluate('document.activeElement.id'), 'pay');
    await open();
    assert.equal(await frame.isVisible(), true);
  });

  test('Escape and the close button agree, with the keyboard in the frame or on the page', async (t) => {
    for (const inFrame of [true, false]) {
      const { open, page, frame, inside, told, log } = await openStorefront(t);
      await open();
      if (inFrame) await inside.getByRole('button', { name: 'Close' }).focus();
      else await page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))");
      if (inFrame) await page.keyboard.press('Escape');
      await told('closed');
      assert.equal(await frame.count(), 0);
      assert.deepEqual(names(log), ['closed']);
      assert.equal(await page.evaluate('document.activeElement.id'), 'pay');
    }
  });

  test('while the frame is shown it has the keyboard, and what is behind it cannot be reached', async (t) => {
    const { open, page, frame, inside } = await openStorefront(t);
    await open();
    assert.equal(await page.evaluate('document.activeElement.name'), 'btcpay');
    assert.equal(await frame.getAttribute('title'), 'Payment');
    assert.equal(await page.evaluate("document.querySelector('main').inert"), true);
    await inside.getByRole('button', { name: 'Close' }).click();
    await until(() => page.evaluate("!document.querySelector('main').inert"), 'the page can be used again');
  });

  test('a live region says what became of it', async (t) => {
    const { open, page, inside, told } = await openStorefront(t);
    await open();
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
    assert.match((await page.getByRole('status').textContent()) ?? '', /was closed/);
  });

  test('reduced motion is passed on', async (t) => {
    const calm = await openStorefront(t, { context: { reducedMotion: 'reduce' } });
    await calm.open();
    assert.match((await calm.frame.getAttribute('src')) ?? '', /animateEntrance=false/);
    const lively = await openStorefront(t, { context: { reducedMotion: 'no-preference' } });
    await lively.open();
    assert.doesNotMatch((await lively.frame.getAttribute('src')) ?? '', /animateEntrance/);
  });

  test('already paid when it opens: the shop is asked, and the page leaves once', async (t) => {
    const { sim, invoice, page, answer, thanks } = await openStorefront(t);
    sim.pay(invoice.id);
    answer({ page: 'paid', case: 'settled', sure: true });
    await page.locator('#pay').click();
    await page.waitForURL('**/thanks');
    await page.waitForTimeout(500);
    assert.equal(thanks(), 1);
  });

  test('already paid, known to the shop only when the customer closes it', async (t) => {
    const { sim, invoice, open, page, inside, answer, thanks } = await openStorefront(t);
    sim.pay(invoice.id);
    await open();
    answer({ page: 'paid', case: 'settled', sure: true });
    await inside.getByRole('button', { name: 'Close' }).click();
    await page.waitForURL('**/thanks');
    assert.equal(thanks(), 1);
  });

  test('paid in another tab while the modal is open, and after it was closed', async (t) => {
    const open = await openStorefront(t);
    await open.open();
    open.answer({ page: 'paid', case: 'settled', sure: true });
    await open.page.waitForURL('**/thanks');
    const closed = await openStorefront(t);
    await closed.open();
    await closed.inside.getByRole('button', { name: 'Close' }).click();
    await closed.told('closed');
    closed.answer({ page: 'waiting', case: 'processing', sure: true });
    await closed.comeBack();
    await closed.page.waitForURL('**/thanks');
    assert.equal(closed.thanks(), 1);
  });

  test('a part payment is known where the shop is asked', async (t) => {
    const { open, inside, page, answer, told, log, message, url } = await openStorefront(t);
    await open();
    answer({ page: 'partlyPaid', case: 'partlyPaid', sure: true });
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('partlyPaid');
    assert.deepEqual(names(log), ['partlyPaid']);
    assert.match((await message.textContent()) ?? '', /Part of the amount/);
    assert.equal(page.url(), `${url}/`);
  });

  test('the module for bundlers does as the script does', async (t) => {
    const { page, sim, invoice, inside, thanks } = await openStorefront(t);
    await page.evaluate(
      async ([path = '', invoiceId, serverUrl]) => {
        const { openCheckout } = await import(path);
        openCheckout({ invoiceId, serverUrl, returnUrl: '/thanks' });
      },
      ['/kessai.mjs', invoice.id, sim.url],
    );
    await inside.getByRole('button', { name: 'Close' }).waitFor();
    sim.pay(invoice.id);
    await page.waitForURL('**/thanks');
    assert.equal(thanks(), 1);
  });

  test('a button that opens by itself does so once the page is there, and again by a click', async (t) => {
    const { page, frame, inside, told, log } = await openStorefront(t, { attributes: () => 'data-kessai-open' });
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
    assert.deepEqual(names(log), ['closed']);
    await page.locator('#pay').click();
    await frame.waitFor();
  });

  test('two modals in a row, and the first again: one script, one frame each', async (t) => {
    const { open, create, page, frame, inside, told, sim, log, invoice } = await openStorefront(t);
    await open();
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
    const second = await create();
    const outcome = page.evaluate(
      ([invoiceId, serverUrl]) => /** @type {any} */ (window).kessai.openCheckout({ invoiceId, serverUrl }),
      [second.id, sim.url],
    );
    await inside.getByRole('button', { name: 'Close' }).waitFor();
    sim.pay(second.id);
    assert.equal(await outcome, 'paid');
    assert.equal(await frame.count(), 0);
    await open();
    assert.match((await frame.getAttribute('src')) ?? '', new RegExp(invoice.id));
    assert.deepEqual(log, [
      ['closed', invoice.id],
      ['paid', second.id],
    ]);
    assert.equal(await page.locator('script[src$="/modal/btcpay.js"]').count(), 1);
  });

  test('opened twice at once it is one; another invoice ends it', async (t) => {
    const { create, page, frame, sim, invoice } = await openStorefront(t);
    const second = await create();
    const outcomes = page.evaluate(
      async ([serverUrl, first, second]) => {
        const { openCheckout } = /** @type {any} */ (window).kessai;
        const ends = [first, first].map((invoiceId) => openCheckout({ invoiceId, serverUrl }));
        await new Promise((resolve) => setTimeout(resolve, 500));
        openCheckout({ invoiceId: second, serverUrl });
        return Promise.all(ends);
      },
      [sim.url, invoice.id, second.id],
    );
    assert.deepEqual(await outcomes, ['closed', 'closed']);
    await frame.waitFor();
    assert.match((await frame.getAttribute('src')) ?? '', new RegExp(second.id));
    assert.equal(await frame.count(), 1);
  });

  test('back from the order page, the checkout page works', async (t) => {
    const { open, sim, invoice, page, frame, thanks, answer } = await openStorefront(t);
    await open();
    sim.pay(invoice.id);
    answer({ page: 'paid', case: 'settled', sure: true });
    await page.waitForURL('**/thanks');
    await page.goBack();
    await page.locator('#pay').waitFor();
    assert.equal(await frame.count(), 0);
    await page.waitForTimeout(500);
    assert.equal(thanks(), 1);
    await page.locator('#pay').click();
    await page.waitForURL('**/thanks');
    assert.equal(thanks(), 2);
  });

  test('a page that is left with the modal open works when the customer comes back', async (t) => {
    const { open, page, url, frame } = await openStorefront(t);
    await open();
    await page.goto(`${url}/thanks`);
    await page.goBack();
    await page.locator('#pay').waitFor();
    if ((await frame.count()) === 0) await open();
    assert.equal(await frame.isVisible(), true);
  });

  test('on a phone, in Japanese', async (t) => {
    const { open, inside, told, message, frame } = await openStorefront(t, { context: phone, language: 'ja' });
    await open();
    assert.equal((await frame.boundingBox())?.width, 390);
    assert.equal(await frame.getAttribute('title'), 'お支払い');
    await inside.getByRole('button', { name: /Close|閉じる/ }).click();
    await told('closed');
    assert.match((await message.textContent()) ?? '', /お支払い画面を閉じました/);
  });

  test('a 1.13 server: paid is processing, complete is paid', async (t) => {
    const { open, sim, invoice, page, told, log } = await openStorefront(t, { options: { version: '1.13.5' } });
    await open();
    sim.pay(invoice.id, { method: 'onchain' });
    await told('processing');
    sim.mine();
    await told('paid');
    assert.deepEqual(names(log), ['processing', 'paid']);
    await page.waitForURL('**/thanks');
  });

  test('a server under a sub-path', async (t) => {
    const { open, sim, invoice, page, frame } = await openStorefront(t, { options: { rootPath: '/btcpay' } });
    await open();
    assert.ok((await frame.getAttribute('src'))?.startsWith(`${sim.url}/invoice`));
    sim.pay(invoice.id);
    await page.waitForURL('**/thanks');
  });

  test('where the server page leads the customer back itself, the page leaves once', async (t) => {
    const shop = await openStorefront(t, { order: {} });
    const { id } = await shop.create({ checkout: { redirectURL: `${shop.url}/thanks`, redirectAutomatically: true } });
    await shop.page.evaluate(
      ([invoiceId, serverUrl]) => {
        /** @type {any} */ (window).kessai.openCheckout({ invoiceId, serverUrl, returnUrl: '/thanks' });
      },
      [id, shop.sim.url],
    );
    await shop.inside.getByRole('button', { name: 'Close' }).waitFor();
    shop.sim.pay(id);
    await shop.page.waitForURL('**/thanks');
    await shop.page.waitForTimeout(2000);
    assert.equal(shop.thanks(), 1);
  });
});
