import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStorefront } from './modalWorld.js';
import { useBrowser } from './simWorld.js';

useBrowser();

// They wait more than they work.
describe('what the modal does not believe', { concurrency: 3 }, () => {
  /** @param {import('playwright-core').Page} page @param {Record<string, unknown>} options */
  const refusal = (page, options) =>
    page.evaluate(
      (options) =>
        /** @type {any} */ (window).kessai.openCheckout(options).then(
          (/** @type {string} */ outcome) => outcome,
          (/** @type {Error} */ error) => `${error.name}: ${error.message}`,
        ),
      options,
    );

  test('a status from another origin is not believed, however alike it looks', async (t) => {
    const { open, post, origin, invoice, log, thanks } = await openStorefront(t, { asks: false });
    await open();
    for (const from of ['', 'null', origin.slice(0, -1), `${origin}0`, `${origin}/`, 'https://evil.example'])
      await post({ invoiceId: invoice.id, status: 'Settled' }, from);
    assert.deepEqual(log, []);
    assert.equal(thanks(), 0);
    await post({ invoiceId: invoice.id, status: 'sEtTlEd' });
    assert.deepEqual(log, [['paid', invoice.id]]);
  });

  test('a status of another invoice is not believed', async (t) => {
    const { open, post, log, thanks } = await openStorefront(t, { asks: false });
    await open();
    for (const data of [
      { invoiceId: 'another', status: 'Settled' },
      { status: 'Settled' },
      { invoiceId: null, status: 'Settled' },
    ])
      await post(data);
    assert.deepEqual(log, []);
    assert.equal(thanks(), 0);
  });

  test('garbage changes nothing', async (t) => {
    const { open, post, invoice, log, frame, complaints } = await openStorefront(t, { asks: false });
    await open();
    const invoiceId = invoice.id;
    for (const data of [null, 0, true, '', 'paid', 'Settled', [], {}, { invoiceId }, { invoiceId, status: null }])
      await post(data);
    for (const status of ['', 'settled ', 'x'.repeat(10_000), '設定', {}, ['settled']])
      await post({ invoiceId, status });
    assert.deepEqual(log, []);
    assert.equal(await frame.isVisible(), true);
    assert.deepEqual(complaints, []);
  });

  test('after paid no message leads to an error, and the page leaves once', async (t) => {
    const { open, postAll, invoice, log, page, thanks, complaints } = await openStorefront(t, { asks: false });
    await open();
    const statuses = ['Settled', 'Invalid', 'Expired', 'Settled', 'New', 'Processing'];
    const told = statuses.map((status) => ({ invoiceId: invoice.id, status }));
    await postAll([...told, 'close', 'close', 'loaded', ...told, 'close']);
    await page.waitForURL('**/thanks');
    assert.deepEqual(complaints, []);
    assert.equal(thanks(), 1);
    await page.goBack();
    assert.deepEqual(
      log.filter(([name]) => name !== 'paid'),
      [],
    );
  });

  test('a frame that the page itself took away, or hid, ends it without an error', async (t) => {
    for (const away of ['btcpay.hideFrame()', "document.getElementsByName('btcpay')[0].remove()"]) {
      const { open, page, told, log, complaints, comeBack } = await openStorefront(t);
      await open();
      await page.evaluate(away);
      await comeBack();
      await told('closed');
      assert.deepEqual(
        log.map(([name]) => name),
        ['closed'],
      );
      assert.deepEqual(complaints, []);
    }
  });

  test('return and status addresses are on the shop own origin, http or https', async (t) => {
    const { page, sim, invoice, frame } = await openStorefront(t);
    const own = { invoiceId: invoice.id, serverUrl: sim.url };
    for (const name of ['returnUrl', 'statusUrl'])
      for (const address of [
        'https://evil.example/',
        '//evil.example/',
        'javascript:alert(1)',
        'data:text/html,x',
        'http://',
      ])
        assert.match(await refusal(page, { ...own, [name]: address }), new RegExp(`^TypeError: ${name}: `), address);
    for (const checkoutLink of ['javascript:alert(1)', '/relative', ''])
      assert.match(await refusal(page, { ...own, checkoutLink }), /^TypeError: checkoutLink: /);
    for (const serverUrl of [undefined, '', '/btcpay', 'file:///etc', 'javascript:alert(1)'])
      assert.match(await refusal(page, { ...own, serverUrl }), /^TypeError: serverUrl: /);
    for (const invoiceId of [undefined, '', 'a&b', '../x', 'a b'])
      assert.match(await refusal(page, { ...own, invoiceId }), /^TypeError: invoiceId: /);
    assert.equal(await frame.count(), 0);
  });

  test('a button that names a server which the page does not, or another site to return to, opens nothing: its link works', async (t) => {
    for (const attributes of [
      'data-kessai-server="https://evil.example"',
      'data-kessai-return="https://evil.example/"',
    ]) {
      const shop = await openStorefront(t);
      await shop.page.evaluate((attribute) => {
        const [, name = '', value = ''] = /^(.+)="(.+)"$/.exec(attribute) ?? [];
        document.getElementById('pay')?.setAttribute(name, value);
      }, attributes);
      await shop.page.locator('#pay').click();
      await shop.page.waitForURL(shop.invoice.checkoutLink);
      assert.match(shop.complaints.join(), /kessai: TypeError: (data-kessai-server|returnUrl)/);
    }
  });

  test('what stands in the query of the page is not looked at', async (t) => {
    const { page, url, open, sim, frame } = await openStorefront(t);
    await page.goto(
      `${url}/?kessai-return=https://evil.example&serverUrl=https://evil.example&invoice=other&return=/x`,
    );
    await open();
    assert.ok((await frame.getAttribute('src'))?.startsWith(sim.url));
  });

  test('a shop replaces texts', async (t) => {
    const { open, inside, told, message } = await openStorefront(t, {
      attributes: () => 'data-kessai-text-closed="Bis gleich!" data-kessai-text-title="Zahlung"',
    });
    await open();
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
    assert.equal(await message.textContent(), 'Bis gleich!');
  });

  test('a signal ends it', async (t) => {
    const { page, sim, invoice, frame, thanks, answer, comeBack } = await openStorefront(t);
    const outcome = page.evaluate(
      ([invoiceId, serverUrl]) => {
        const stop = new AbortController();
        Object.assign(window, { stop });
        const options = { invoiceId, serverUrl, returnUrl: '/thanks', statusUrl: '/status', signal: stop.signal };
        return /** @type {any} */ (window).kessai.openCheckout(options);
      },
      [invoice.id, sim.url],
    );
    await frame.waitFor();
    await page.evaluate('stop.abort()');
    assert.equal(await outcome, 'closed');
    assert.equal(await frame.count(), 0);
    answer({ page: 'paid' });
    await comeBack();
    await page.waitForTimeout(500);
    assert.equal(thanks(), 0);
  });

  test('a field of the shop that is named btcpay as well is not taken for the frame', async (t) => {
    const { open, page, frame, inside, told } = await openStorefront(t);
    await page.evaluate(() => {
      const choice = Object.assign(document.createElement('input'), { type: 'radio', name: 'btcpay' });
      document.body.prepend(choice);
    });
    await open();
    assert.equal(await frame.evaluate((element) => element.closest('[inert]') === null), true);
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
  });
});
