import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop, phone } from './browser.js';
import { openShop, openSim, useBrowser } from './simWorld.js';

/** @typedef {import('./simWorld.js').Page} Page */

useBrowser();

const small = { ...phone, locale: 'en-US' };

/**
 * @param {import('node:test').TestContext} t
 * @param {Record<string, unknown>} [body] of the invoice
 * @param {{ path?: string, context?: import('playwright-core').BrowserContextOptions }} [given]
 */
async function openCheckout(t, body, { path = '', context = small } = {}) {
  const world = await openSim(t);
  const { id, checkoutLink } = await world.create(body);
  const page = await world.openPage(context);
  await page.goto(checkoutLink + path);
  const button = (/** @type {string} */ name) => page.getByRole('button', { name, exact: true });
  const press = async (/** @type {string} */ name) => {
    await button(name).click();
    await page.locator('main:not([aria-busy])').waitFor();
  };
  const state = () => {
    const { status, additionalStatus } = world.sim.invoice(id);
    return `${status}/${additionalStatus}`;
  };
  const payments = () =>
    world.sim.invoice(id).payments.map(({ methodId, value, status }) => `${methodId} ${value} ${status}`);
  return { ...world, id, page, button, press, state, payments };
}

/** The reason that stands by a button which cannot be pressed. @param {Page} page @param {string} name */
async function reasonOf(page, name) {
  const button = page.getByRole('button', { name, exact: true });
  assert.equal(await button.isDisabled(), true, name);
  const id = await button.getAttribute('aria-describedby');
  const reason = page.locator(`#${id}`);
  assert.equal(await reason.isVisible(), true, name);
  return reason.innerText();
}

const YEN = '1000';

test('Pay pays what is due by the payment method that is shown', async (t) => {
  const { press, state, payments, page, complaints } = await openCheckout(t, { amount: YEN });
  await press('Pay');
  assert.equal(state(), 'Settled/None');
  assert.deepEqual(payments(), ['BTC-LN 0.0001 Settled']);
  await page.getByText('The payment is complete.').waitFor();
  assert.deepEqual(complaints, []);
});

test('the other payment method has an address of its own, and Pay follows it', async (t) => {
  const { press, state, payments, page } = await openCheckout(t, { amount: YEN });
  await page.getByRole('link', { name: 'Bitcoin' }).click();
  await page.getByText('Bitcoin address').waitFor();
  await press('Pay');
  assert.equal(state(), 'Processing/None');
  assert.deepEqual(payments(), ['BTC-CHAIN 0.0001 Processing']);
});

test('Pay by Lightning settles at once while Bitcoin is shown', async (t) => {
  const { press, state, payments } = await openCheckout(t, { checkout: { defaultPaymentMethod: 'BTC-CHAIN' } });
  await press('Pay by Lightning');
  assert.equal(state(), 'Settled/None');
  assert.match(payments().join(), /^BTC-LN /);
});

test('Pay half leaves the rest due, and Pay then pays the rest', async (t) => {
  const { press, state, payments, page } = await openCheckout(t, { amount: YEN });
  await press('Pay half');
  assert.equal(state(), 'New/PaidPartial');
  assert.match(await reasonOf(page, 'Wait until given up'), /not fully paid/);
  await page.getByText('Still due: 0.00005 BTC').waitFor();
  await press('Pay on-chain');
  assert.equal(state(), 'Processing/None');
  assert.deepEqual(payments(), ['BTC-CHAIN 0.00005 Processing', 'BTC-CHAIN 0.00005 Processing']);
});

test('Pay too much overpays; Mine a block settles it', async (t) => {
  const { press, state, page, payments } = await openCheckout(t, { amount: YEN });
  await press('Pay too much');
  assert.equal(state(), 'Processing/PaidOver');
  await page.getByText('Waiting for a confirmation').waitFor();
  await press('Mine a block');
  assert.equal(state(), 'Settled/PaidOver');
  assert.deepEqual(payments(), ['BTC-CHAIN 0.00015 Settled']);
});

test('Wait until expired moves the one clock for all invoices, and says so; Pay late is possible then only', async (t) => {
  const { sim, create, press, state, page } = await openCheckout(t, { amount: YEN });
  // Expires before this one, in whichever second it is made.
  const other = await create({ checkout: { expirationMinutes: 10 } });
  assert.equal(await page.getByText('all invoices grow older, not only this one').isVisible(), true);
  assert.match(await reasonOf(page, 'Pay late'), /not over yet/);
  await press('Wait until expired');
  assert.equal(state(), 'Expired/None');
  assert.equal(sim.invoice(other.id).status, 'Expired');
  assert.match(await reasonOf(page, 'Pay'), /only pay late/);
  assert.match(await reasonOf(page, 'Wait until expired'), /over already/);
  await press('Pay late');
  assert.equal(state(), 'Expired/PaidLate');
  await page.getByText('Paid too late').waitFor();
  assert.match(await reasonOf(page, 'Pay late'), /paid already, too late/);
});

test('Replace by fee makes the old payment invalid and brings a new one of the same value', async (t) => {
  const { press, state, payments, page } = await openCheckout(t, { amount: YEN });
  await press('Pay on-chain');
  await press('Replace by fee');
  assert.equal(state(), 'Processing/None');
  assert.deepEqual(payments(), ['BTC-CHAIN 0.0001 Invalid', 'BTC-CHAIN 0.0001 Processing']);
  assert.deepEqual(await page.locator('.payments li').evaluateAll((items) => items.map(({ className }) => className)), [
    'Invalid',
    'Processing',
  ]);
});

test('Double-spend lets the payment vanish, and nothing comes instead', async (t) => {
  const { press, state, payments, page } = await openCheckout(t, { amount: YEN });
  await press('Pay on-chain');
  await press('Double-spend');
  assert.equal(state(), 'New/None');
  assert.deepEqual(payments(), ['BTC-CHAIN 0.0001 Invalid']);
  await page.getByText('Waiting for payment').waitFor();
});

test('Pay again sends the whole amount a second time', async (t) => {
  const { press, state, payments } = await openCheckout(t, { amount: YEN });
  await press('Pay on-chain');
  await press('Pay again');
  assert.equal(state(), 'Processing/PaidOver');
  assert.deepEqual(payments(), ['BTC-CHAIN 0.0001 Processing', 'BTC-CHAIN 0.0001 Processing']);
});

test('Wait until given up turns a payment that never confirms into an invalid invoice', async (t) => {
  const { press, state, page } = await openCheckout(t, { amount: YEN });
  await press('Pay on-chain');
  assert.match(await reasonOf(page, 'Wait until expired'), /does not expire any more/);
  await press('Wait until given up');
  assert.equal(state(), 'Invalid/None');
  assert.equal(await page.getByRole('button', { name: 'Pay', exact: true }).isDisabled(), true);
});

test('what makes no sense now cannot be pressed, and the reason stands by the button', async (t) => {
  const { page, press } = await openCheckout(t, { amount: YEN });
  for (const name of ['Replace by fee', 'Double-spend', 'Mine a block', 'Wait until given up'])
    assert.match(await reasonOf(page, name), /No payment waits for a confirmation/);
  assert.match(await reasonOf(page, 'Pay again'), /not fully paid/);
  await press('Pay');
  for (const name of ['Pay', 'Pay on-chain', 'Pay half', 'Pay too much', 'Pay late'])
    assert.match(await reasonOf(page, name), /paid already/);
});

test('an invoice without an on-chain address can be paid by Lightning only', async (t) => {
  const { page, press, state } = await openCheckout(t, { checkout: { paymentMethods: ['BTC-LN'] } });
  for (const name of ['Pay half', 'Pay too much', 'Pay late'])
    assert.match(await reasonOf(page, name), /takes no on-chain payment/);
  assert.equal(await page.getByRole('button', { name: 'Pay on-chain' }).count(), 0);
  await press('Pay');
  assert.equal(state(), 'Settled/None');
});

test('where any amount will do the customer says how much; a wrong one is told and pays nothing', async (t) => {
  const { page, press, state, payments } = await openCheckout(t, { amount: null });
  const [amount] = await page.getByLabel('Amount in BTC').all();
  await amount?.fill('much');
  await press('Pay');
  await page.getByRole('alert').filter({ hasText: 'decimal number of coins' }).waitFor();
  assert.equal(state(), 'New/None');
  await page.getByLabel('Amount in BTC').first().fill('0.002');
  await press('Pay');
  assert.deepEqual(payments(), ['BTC-LN 0.002 Settled']);
});

test('a lazy payment method gets its address when the customer looks at it', async (t) => {
  const { sim, id, page } = await openCheckout(t, { checkout: { lazyPaymentMethods: true } });
  assert.deepEqual(
    sim.invoice(id).prompts.map(({ methodId, activated }) => `${methodId} ${activated}`),
    ['BTC-CHAIN false', 'BTC-LN true'],
  );
  await page.getByRole('link', { name: 'Bitcoin' }).click();
  await page.getByText('bcrt1q').waitFor();
});

test('the page is Japanese where the invoice is, fits a phone, and counts down', async (t) => {
  const metadata = { orderId: '1001', itemDesc: '湯呑み' };
  const body = { amount: '12800', metadata, checkout: { defaultLanguage: 'ja-JP' } };
  const { page, press, state, sim, id } = await openCheckout(t, body, { context: phone });
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  assert.equal(await page.getByText('実際のお金は動きません').isVisible(), true);
  await page.getByText('湯呑み · ご注文番号 1001').waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
  await sim.advance(60);
  await page.getByText(/^13:5\d|^14:00/).waitFor();
  await press('半額だけ支払う');
  assert.equal(state(), 'New/PaidPartial');
  await press('手数料を上げて差し替え');
  await press('二重支払い');
  await press('オンチェーンで支払う');
  await press('1ブロック採掘');
  assert.equal(state(), 'Settled/None');
  await page.getByRole('link', { name: '領収書を見る' }).click();
  await page.getByRole('heading', { name: '￥12,800' }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByText(`Invoice${id}`.slice(0, 7)).first().waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
});

test('the keyboard stays where it was when the page is drawn anew', async (t) => {
  const { page, state } = await openCheckout(t, { amount: YEN }, { context: desktop });
  await page.getByRole('button', { name: 'Pay half' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('A part has arrived').waitFor();
  assert.equal(state(), 'New/PaidPartial');
  assert.equal(await page.evaluate('document.activeElement.id'), 'deed-half');
  await page.getByRole('link', { name: 'Bitcoin' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Bitcoin address').waitFor();
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Bitcoin');
});

test('without a script the buttons of the page work as plain forms', async (t) => {
  const { page, state } = await openCheckout(t, { amount: YEN }, { context: { ...desktop, javaScriptEnabled: false } });
  await page.getByRole('button', { name: 'Pay half' }).click();
  await page.getByText('A part has arrived').waitFor();
  assert.equal(state(), 'New/PaidPartial');
});

test('the address can be copied', async (t) => {
  const context = { ...desktop, permissions: ['clipboard-read', 'clipboard-write'] };
  const { page, sim, id } = await openCheckout(t, {}, { context, path: '/BTC-CHAIN' });
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const address = sim.invoice(id).prompts.find(({ methodId }) => methodId === 'BTC-CHAIN')?.destination;
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), address);
});

test('5.4 the customer is sent back when the page sees the invoice settle, not when it is paid or expired, nor later', async (t) => {
  const { sim, create, openPage } = await openSim(t);
  const shop = await openShop(t, () => '<!doctype html><title>Shop</title>Thank you');
  const checkout = { redirectURL: `${shop.url}/thanks?i={InvoiceId}`, redirectAutomatically: true };
  const page = await openPage(small);
  const expired = await create({ checkout });
  await page.goto(expired.checkoutLink);
  await sim.expire(expired.id);
  await page.getByText('This invoice has expired').waitFor();
  const paid = await create({ checkout });
  await page.goto(paid.checkoutLink);
  sim.pay(paid.id, { method: 'onchain' });
  await page.getByText('Payment received').waitFor();
  assert.deepEqual(shop.visits, []);
  sim.mine();
  await page.waitForURL(`${shop.url}/thanks?i=${paid.id}`);
  await page.goto(paid.checkoutLink);
  await page.waitForResponse((response) => response.url().endsWith('/status'));
  await page.waitForResponse((response) => response.url().endsWith('/status'));
  assert.equal(shop.visits.length, 1);
  await page.getByRole('link', { name: 'Return to the shop' }).click();
  await page.waitForURL(`${shop.url}/thanks?i=${paid.id}`);
});

test('5.4 without redirectAutomatically, or without redirectURL, the page stays; a receipt is not followed by itself', async (t) => {
  const { sim, create, openPage } = await openSim(t);
  const page = await openPage(desktop);
  for (const checkout of [{ redirectURL: 'http://localhost:9/' }, { redirectAutomatically: true }]) {
    const { id, checkoutLink } = await create({ checkout });
    await page.goto(checkoutLink);
    sim.pay(id);
    await page.getByRole('link', { name: 'View receipt' }).waitFor();
    await page.waitForResponse((response) => response.url().endsWith('/status'));
    await page.waitForResponse((response) => response.url().endsWith('/status'));
    assert.equal(page.url(), checkoutLink);
  }
});

test('what changes before the page looks for the first time is drawn, and told, as well', async (t) => {
  const { sim, create, openPage } = await openSim(t);
  const page = await openPage(small);
  const { id, checkoutLink } = await create();
  await page.route('**/status', async (route) => {
    await sim.expire(id);
    await route.continue();
  });
  await page.goto(checkoutLink);
  await page.getByText('This invoice has expired').waitFor({ timeout: 5000 });
});
