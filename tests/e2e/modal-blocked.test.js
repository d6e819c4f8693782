import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStorefront } from './modalWorld.js';
import { useBrowser } from './simWorld.js';

useBrowser();

// They wait more than they work.
describe('where the modal is blocked', { concurrency: 3 }, () => {
  const cases = /** @type {const} */ ([
    ['wasm is blocked by the policy', (/** @type {string} */ policy) => policy.replace(" 'wasm-unsafe-eval'", '')],
    [
      'btcpay.js is blocked by the policy',
      (/** @type {string} */ policy) => policy.replace(/script-src [^;]+/, "script-src 'self' 'wasm-unsafe-eval'"),
    ],
    [
      'the frame is blocked by the policy',
      (/** @type {string} */ policy) => policy.replace(/frame-src [^;]+/, "frame-src 'none'"),
    ],
  ]);

  for (const [name, policy] of cases) {
    test(`${name}: said once in the console, and the customer pays on the payment page`, async (t) => {
      const { page, invoice, warnings, sim } = await openStorefront(t, { policy });
      await page.locator('#pay').click();
      await page.waitForURL(`${sim.url}/i/${invoice.id}`);
      assert.equal(warnings.filter((text) => text.startsWith('kessai: ')).length, 1, warnings.join('\n'));
      await page.getByRole('heading', { level: 1 }).waitFor();
    });
  }

  test('btcpay.js is kept away by an ad blocker', async (t) => {
    const { page, invoice, warnings, sim } = await openStorefront(t);
    await page.route('**/modal/btcpay.js', (route) => route.abort());
    await page.locator('#pay').click();
    await page.waitForURL(`${sim.url}/i/${invoice.id}`);
    assert.equal(warnings.filter((text) => text.startsWith('kessai: ')).length, 1);
  });

  test('a frame that never says that it is loaded gives way to the payment page', async (t) => {
    const { page, invoice, sim } = await openStorefront(t);
    await page.route('**/invoice?*', (route) =>
      route.fulfill({ body: 'not a payment page', contentType: 'text/html' }),
    );
    await page.clock.install();
    await page.locator('#pay').click();
    await page.locator('iframe[name=btcpay]').waitFor({ state: 'attached' });
    await page.clock.fastForward(16_000);
    await page.waitForURL(`${sim.url}/i/${invoice.id}`);
  });

  test('a policy that a shop only tries out keeps nothing away', async (t) => {
    const { open, sim, invoice, page, warnings } = await openStorefront(t, { triedOut: "default-src 'none'" });
    await open();
    sim.pay(invoice.id);
    await page.waitForURL('**/thanks');
    assert.deepEqual(
      warnings.filter((text) => text.startsWith('kessai: ')),
      [],
    );
  });

  test('opened twice where wasm is blocked, the page leaves once, for the invoice that was opened last', async (t) => {
    const { page, create, sim, invoice } = await openStorefront(t, {
      policy: (policy) => policy.replace(" 'wasm-unsafe-eval'", ''),
    });
    const second = await create();
    const outcomes = await page.evaluate(
      ([serverUrl, first, second]) => {
        const { openCheckout } = /** @type {any} */ (window).kessai;
        return Promise.all([first, second].map((invoiceId) => openCheckout({ invoiceId, serverUrl })));
      },
      [sim.url, invoice.id, second.id],
    );
    assert.deepEqual(outcomes, ['closed', 'redirected']);
    await page.waitForURL(`${sim.url}/i/${second.id}`);
  });

  test('a script that is there but empty, as some blockers leave it, gives way to the payment page', async (t) => {
    const { page, invoice, sim, warnings } = await openStorefront(t);
    await page.route('**/modal/btcpay.js', (route) => route.fulfill({ body: '', contentType: 'text/javascript' }));
    await page.locator('#pay').click();
    await page.waitForURL(`${sim.url}/i/${invoice.id}`);
    assert.equal(warnings.filter((text) => text.startsWith('kessai: ')).length, 1);
  });

  test('without the script at all the link leads to the payment page', async (t) => {
    const { page, url, invoice, sim } = await openStorefront(t);
    await page.route('**/kessai.js', (route) => route.abort());
    await page.goto(url);
    await page.locator('#pay').click();
    await page.waitForURL(`${sim.url}/i/${invoice.id}`);
  });

  test('a shop whose endpoint does not answer loses nothing but what it would have told', async (t) => {
    const { open, answer, inside, told, log, sim, invoice, page } = await openStorefront(t);
    answer(null);
    await open();
    await inside.getByRole('button', { name: 'Close' }).click();
    await told('closed');
    assert.deepEqual(
      log.map(([name]) => name),
      ['closed'],
    );
    await open();
    sim.pay(invoice.id);
    await page.waitForURL('**/thanks');
  });
});
