/** The demo shop with the payment window over its own page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyFor } from './modalWorld.js';
import { desktop, openWorld, phone } from './world.js';

/** @import { Page } from 'playwright-core' */

const english = {
  name: 'Name',
  email: 'E-mail',
  address: 'Address',
  here: 'Order and pay on this page',
};
const japanese = {
  name: 'お名前',
  email: 'メールアドレス',
  address: 'ご住所',
  here: '注文して、この画面で支払う',
};

/**
 * Orders a cup, or what else is told.
 * @param {Page} page
 * @param {string} shopUrl
 * @param {typeof english} words
 * @param {string} [items]
 */
async function orderHere(page, shopUrl, words, items = 'cup.1') {
  await page.goto(`${shopUrl}/checkout?items=${items}`);
  await page.getByLabel(words.name).fill('Hanako Yamada');
  await page.getByLabel(words.email).fill('customer@example.com');
  await page.getByLabel(words.address).fill('1-2-3 Teramachi\nKyoto 604-0000');
  await page.getByRole('button', { name: words.here }).click();
  await page.waitForURL('**/pay?key=*');
}

const inside = (/** @type {Page} */ page) => page.frameLocator('iframe[name=btcpay]');

/** @param {Page} page */
const shownInvoice = async (page) =>
  new URL((await page.locator('iframe[name=btcpay]').getAttribute('src')) ?? '').searchParams.get('id') ?? '';

/** @param {Page} page @param {string} text */
const waitForHeadline = (page, text) => page.getByRole('heading', { level: 1 }).filter({ hasText: text }).waitFor();

test('a customer orders, pays in the window over the shop, and stands on a paid order', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(desktop);
  await orderHere(page, shop.url, english);
  await inside(page).getByRole('button', { name: 'Pay', exact: true }).click();
  await waitForHeadline(page, 'Paid. Thank you!');
  assert.ok(page.url().startsWith(`${shop.url}/orders/`));
  assert.deepEqual(complaints, []);
  assert.deepEqual(sim.unknownRoutes, []);
  // Back from there is not the window once more: nothing is left to pay.
  await page.goto(page.url().replace('?', '/pay?'));
  await waitForHeadline(page, 'Paid. Thank you!');
});

test('closed and paid elsewhere, the page notices, in Japanese, on a phone', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(phone);
  await orderHere(page, shop.url, japanese, 'tenugui.1');
  const close = inside(page).getByRole('button', { name: '閉じる' });
  await close.waitFor();
  const invoice = await shownInvoice(page);
  await close.click();
  await page.locator('[data-kessai-message]').filter({ hasText: 'お支払い画面を閉じました' }).waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
  sim.pay(invoice, { method: 'onchain' });
  await waitForHeadline(page, 'お支払いを受け付け、承認を待っています');
  assert.deepEqual(complaints, []);
});

test('an invoice that expired in the window leaves the customer a way on', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  await orderHere(page, shop.url, english);
  await inside(page).getByRole('button', { name: 'Close' }).waitFor();
  await sim.expire(await shownInvoice(page));
  await page.locator('[data-kessai-message]').filter({ hasText: 'time to pay has run out' }).waitFor();
  await inside(page).getByRole('button', { name: 'Close' }).click();
  await waitForHeadline(page, 'This order is cancelled');
  await page.getByRole('link', { name: 'Order the same again' }).waitFor();
});

test('an order that waits for its payment offers both ways', async (t) => {
  const { shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  await orderHere(page, shop.url, english);
  await inside(page).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('link', { name: 'To your order' }).click();
  await page.getByRole('link', { name: 'Pay on this page' }).click();
  await inside(page).getByRole('button', { name: 'Close' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'Pay now' }).click();
  await page.waitForURL(/\/i\//);
});

test('without scripts the same button leads to the payment page', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage({ ...desktop, javaScriptEnabled: false });
  await orderHere(page, shop.url, english);
  await page.getByRole('link', { name: 'Pay now' }).click();
  await page.waitForURL(`${sim.url}/i/*`);
});

test('all pages come with the header of the manual, and without scripts in them', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  const wanted = policyFor(sim.url).split('; ').toSorted();
  /** @param {import('playwright-core').Response | null} response */
  const look = async (response) => {
    const policy = (await response?.headerValue('content-security-policy')) ?? '';
    assert.deepEqual(policy.split('; ').toSorted(), wanted, response?.url());
    assert.doesNotMatch((await response?.text()) ?? '', /<script(?![^>]* src=)|<style| style=| on\w+="/);
  };
  await orderHere(page, shop.url, english);
  const order = page.url().replace('/pay', '');
  for (const url of ['/', '/cart', '/checkout?items=cup.1', '/merchant', '/nowhere'])
    await look(await page.goto(shop.url + url));
  await look(await page.goto(order.replace('?', '/pay?')));
  await look(await page.goto(order));
});

test('the status route answers to its own token alone, and says nothing of the customer', async (t) => {
  const { shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  await orderHere(page, shop.url, english);
  const path = (await page.locator('[data-kessai-invoice]').getAttribute('data-kessai-status')) ?? '';
  const answer = await fetch(shop.url + path);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.deepEqual(Object.keys(await answer.json()).toSorted(), ['case', 'page', 'sure', 'text']);
  const other = await shop.kessai.checkout.signReturn({ orderId: '1001', purpose: 'return' });
  for (const token of ['', 'x', path.slice(path.indexOf('=') + 1, -1), other.token]) {
    const refused = await fetch(`${shop.url}/orders/status?t=${token}`);
    assert.equal(refused.status, 403);
    assert.deepEqual(await refused.json(), { code: 'return.invalid' });
  }
});
