import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop, openWorld, phone } from './world.js';

/** @import { Page } from 'playwright-core' */

/**
 * Orders one piece of a product, and stops at the payment page.
 * @param {Page} page
 * @param {string} shopUrl
 * @param {{product: string, order: string}} words as the page says them
 */
async function order(page, shopUrl, words) {
  await page.goto(shopUrl);
  await page.getByRole('link', { name: words.product }).click();
  await page.locator('input[name=email]').fill('customer@example.com');
  await page.getByRole('button', { name: words.order }).click();
  await page.waitForURL(/\/i\//);
}

const english = { product: 'Buy: Stoneware cup', order: 'Order and pay with Bitcoin' };
const japanese = { product: '購入する: 手ぬぐい 青海波', order: 'ビットコインで注文・支払いへ進む' };

/** @param {Page} page */
const headline = (page) => page.getByRole('heading', { level: 1 });

/**
 * @param {Page} page
 * @param {string} text
 */
async function waitForHeadline(page, text) {
  await headline(page).filter({ hasText: text }).waitFor();
}

/** @param {Page} page */
const invoiceOf = (page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';

/** @param {Page} page */
const sidewaysScroll = (page) => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

test('a customer buys with Lightning and comes back to a paid order', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(desktop);
  await order(page, shop.url, english);
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await page.waitForURL(`${shop.url}/**`);
  await waitForHeadline(page, 'Paid. Thank you!');
  assert.match(await page.locator('table.items').innerText(), /Stoneware cup × 1\s+\$24\.00/);
  assert.deepEqual(complaints, []);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('the order page follows an on-chain payment by itself, in Japanese, on a phone', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(phone);
  await order(page, shop.url, japanese);
  const invoiceId = invoiceOf(page);
  await page.goto(String(sim.invoice(invoiceId).checkout.redirectURL));
  await waitForHeadline(page, 'お支払いをお待ちしています');
  await page.getByRole('button', { name: '支払いへ進む' }).click();
  await page.getByRole('button', { name: 'オンチェーンで支払う' }).click();
  await page.getByRole('link', { name: 'ショップに戻る' }).click();
  await waitForHeadline(page, 'お支払いを受け付け、承認を待っています');
  sim.mine();
  await waitForHeadline(page, 'お支払いが完了しました');
  assert.equal(await sidewaysScroll(page), 0);
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  assert.deepEqual(complaints, []);
});

test('a return mends an order whose webhooks were all lost', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  await order(page, shop.url, english);
  const invoiceId = invoiceOf(page);
  for (const webhook of sim.webhooks.of(sim.storeId))
    sim.webhooks.replace(webhook, { url: webhook.url, enabled: false });
  sim.pay(invoiceId, { method: 'lightning' });
  await sim.idle();
  assert.equal(sim.deliveries.list().length, 0, 'nothing was delivered');
  await page.goto(String(sim.invoice(invoiceId).checkout.redirectURL));
  await waitForHeadline(page, 'Paid. Thank you!');
});

test('the merchant checks, ships and reads an order', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(desktop);
  await order(page, shop.url, english);
  const invoiceId = invoiceOf(page);
  await page.goto(`${shop.url}/merchant`);
  await page.getByRole('link', { name: '1001' }).click();
  assert.equal(
    await page.getByRole('button', { name: 'Mark as shipped' }).count(),
    0,
    'an unpaid order is not shipped',
  );
  sim.pay(invoiceId, { method: 'lightning', amount: 'over' });
  await sim.idle();
  await page.getByRole('button', { name: 'Check now' }).click();
  await waitForHeadline(page, 'Paid');
  assert.match(await page.locator('section.alerts').innerText(), /Needs your attention/);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.locator('section.alerts').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Mark as shipped' }).click();
  await page.getByText('Shipped', { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('a payment server that is away costs the customer nothing but a second click', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  const { apiKey } = sim;
  sim.revokeKey(apiKey);
  await page.goto(`${shop.url}/checkout?product=cup`);
  await page.locator('input[name=email]').fill('customer@example.com');
  await page.getByRole('button', { name: english.order }).click();
  await page.getByRole('alert').filter({ hasText: 'Nothing was charged' }).waitFor();
  sim.addKey([`btcpay.store.cancreateinvoice:${sim.storeId}`, `btcpay.store.canviewinvoices:${sim.storeId}`], apiKey);
  await page.getByRole('button', { name: 'Pay now' }).click();
  await page.waitForURL(/\/i\//);
  assert.equal(sim.invoices.all().length, 1);
});

test('an order is shown to whoever has its key, and to nobody else', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  await order(page, shop.url, english);
  const own = new URL(String(sim.invoice(invoiceOf(page)).checkout.redirectURL));
  for (const key of ['', 'x', `${own.searchParams.get('key')}x`]) {
    for (const path of ['/orders/1001', '/orders/1001/return']) {
      const response = await fetch(`${shop.url}${path}?key=${key}`);
      assert.equal(response.status, 404, `${path} with the key "${key}"`);
    }
  }
  const response = await fetch(own, { redirect: 'manual' });
  assert.equal(response.status, 303);
  assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
});

/**
 * @param {string} shopUrl
 * @param {Record<string, string>} form
 */
function sendOrder(shopUrl, form) {
  const body = new URLSearchParams({ product: 'cup', quantity: '2', email: 'customer@example.com', ...form });
  return fetch(`${shopUrl}/orders`, { method: 'POST', headers: { origin: shopUrl }, body, redirect: 'manual' });
}

test('what customers type is shown as text', async (t) => {
  const { shop } = await openWorld(t);
  const response = await sendOrder(shop.url, { key: 'k'.repeat(43), email: '"><script>alert(1)</script>' });
  assert.equal(response.status, 422);
  const page = await response.text();
  assert.ok(page.includes('&lt;script&gt;alert(1)'), 'the e-mail is there, escaped');
  assert.ok(!page.includes('<script>alert'));
  assert.match(response.headers.get('content-security-policy') ?? '', /script-src 'self'/);
});

test('what is not in stock is not sold', async (t) => {
  const { sim, shop } = await openWorld(t);
  assert.equal((await sendOrder(shop.url, { key: 'k'.repeat(43), quantity: '9' })).status, 303);
  assert.equal((await sendOrder(shop.url, { key: 'j'.repeat(43), quantity: '9' })).status, 409);
  assert.equal(sim.invoices.all().length, 1);
});

test('a paid order cannot be paid again', async (t) => {
  const { sim, shop } = await openWorld(t);
  const key = 'k'.repeat(43);
  const placed = await sendOrder(shop.url, { key });
  sim.pay(String(placed.headers.get('location')).split('/').at(-1) ?? '', { method: 'lightning' });
  await sim.idle();
  const again = await sendOrder(shop.url, { key });
  assert.equal(again.headers.get('location'), `/orders/1001?key=${key}`);
  assert.equal(sim.invoices.all().length, 1);
});

test('a form of another site is refused', async (t) => {
  const { shop } = await openWorld(t);
  const response = await fetch(`${shop.url}/merchant/orders/1001/ship`, {
    method: 'POST',
    headers: { origin: 'https://other.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: '',
  });
  assert.equal(response.status, 403);
});

test('a form sent twice places one order and takes the goods once', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const send = () => sendOrder(shop.url, { key: 'd'.repeat(43) });
  const [one, two] = await Promise.all([send(), send()]);
  assert.equal(one.status, 303);
  assert.equal(two.status, 303);
  assert.equal(two.headers.get('location'), one.headers.get('location'));
  assert.equal(sim.invoices.all().length, 1);
  const page = await openPage(desktop);
  await page.goto(`${shop.url}/merchant`);
  assert.match(await page.locator('.stock').innerText(), /Stoneware cup 10/);
  assert.equal(await page.locator('table.orders tbody tr').count(), 1);
});
