import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../js/demo/database.js';
import { Orders } from '../../js/demo/orders.js';
import { reconcile } from '../../js/demo/reconciliation.js';
import { desktop, openWorld, phone } from './world.js';

/** @import { Page } from 'playwright-core' */

/**
 * @param {Page} page
 * @param {Words} words
 */
async function fillIn(page, words) {
  await page.getByLabel(words.name).fill('Hanako Yamada');
  await page.getByLabel(words.email).fill('customer@example.com');
  await page.getByLabel(words.address).fill('1-2-3 Teramachi\nKyoto 604-0000');
  await page.getByRole('button', { name: words.order }).click();
}

/**
 * Orders one piece of a product, and stops at the payment page.
 * @param {Page} page
 * @param {string} shopUrl
 * @param {Words} words as the page says them
 */
async function order(page, shopUrl, words) {
  await page.goto(shopUrl);
  await page.getByRole('button', { name: words.product }).click();
  await page.getByRole('link', { name: words.checkout }).click();
  await fillIn(page, words);
  await page.waitForURL(/\/i\//);
}

/** @typedef {typeof english} Words */

const english = {
  product: 'Add to cart: Stoneware cup',
  checkout: 'Check out (USD)',
  name: 'Name',
  email: 'E-mail',
  address: 'Address',
  order: 'Order and pay with Bitcoin',
};
const japanese = {
  product: 'カートに入れる: 手ぬぐい 青海波',
  checkout: 'ご注文手続きへ(JPY)',
  name: 'お名前',
  email: 'メールアドレス',
  address: 'ご住所',
  order: 'ビットコインで注文・支払いへ進む',
};

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
  assert.match(
    await page.locator('table.summary').innerText(),
    /Stoneware cup × 1\s+\$24\.00\s+Shipping\s+\$8\.00\s+Total\s+\$32\.00/,
  );
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
  const history = page.locator('.timeline li');
  assert.match(await history.last().innerText(), /全額が支払われました。承認を待っています。/);
  const before = await history.count();
  sim.mine();
  await waitForHeadline(page, 'お支払いが完了しました');
  assert.ok((await history.count()) > before, 'the history has grown');
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

test('the job finds what lost webhooks would have told, and a server that is away stops nothing', async (t) => {
  const { sim, shop, file } = await openWorld(t);
  const key = 'l'.repeat(43);
  const placed = await sendOrder(shop.url, { key });
  for (const webhook of sim.webhooks.of(sim.storeId))
    sim.webhooks.replace(webhook, { url: webhook.url, enabled: false });
  sim.pay(String(placed.headers.get('location')).split('/').at(-1) ?? '', { method: 'lightning' });
  await sim.clock.advance(24 * 60 * 60);
  const db = openDatabase(file, () => sim.clock.now());
  t.after(() => db.close());
  /** @type {string[]} */
  const lines = [];
  const run = () => reconcile(shop.kessai, new Orders(db), (line) => lines.push(line));
  const status = () => new Orders(db).find('1001')?.status;
  sim.fault({ on: 'api', kind: '5xx', times: 'always' });
  await run();
  assert.equal(status(), 'awaiting');
  assert.match(lines.join('\n'), /could not be checked/);
  sim.clearFaults();
  await run();
  assert.equal(status(), 'paid');
});

test('the merchant sees what needs a person, in their own language, and checks, settles and ships', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(desktop);
  await order(page, shop.url, english);
  const invoiceId = invoiceOf(page);
  await page.goto(`${shop.url}/merchant`);
  await page.getByRole('link', { name: 'Order 1001' }).click();
  assert.equal(await page.getByRole('button', { name: 'Mark as shipped' }).count(), 0, 'an unpaid order stays');
  sim.pay(invoiceId, { method: 'lightning', amount: 'over' });
  await sim.idle();
  await sendOrder(shop.url, { key: 'n'.repeat(43), items: 'stickers.1' });
  await page.getByRole('button', { name: 'Check now' }).click();
  await waitForHeadline(page, 'Paid');

  await page.goto(`${shop.url}/merchant?lang=ja`);
  const rows = page.locator('table.orders tbody tr');
  assert.match(await page.locator('section.alerts').innerText(), /注文 1001 請求書 \w+ に請求額を超える入金があります/);
  assert.match(await rows.first().innerText(), /1001\s+入金済み\s+内容を確認する/, 'before the newer order');
  assert.doesNotMatch(await page.locator('main').innerText(), /ご注文/);
  await page.goto(`${shop.url}/merchant?lang=en`);
  assert.match(await page.locator('section.alerts').innerText(), /Order 1001 More arrived on invoice/);

  await page.getByRole('link', { name: 'Order 1001' }).first().click();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.locator('section.alerts').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Mark as shipped' }).click();
  await page.getByText('Next: Shipped').waitFor();
  await page.goto(`${shop.url}/merchant`);
  await page.getByText('Nothing needs you.').waitFor();
  assert.match(await rows.first().innerText(), /1002/, 'what is done gives way to what is new');
  assert.deepEqual(complaints, []);
});

test('a cart with two currencies is two orders, each with its exact total', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(desktop);
  for (const name of ['Spring sencha, 80 g', 'Tenugui cloth, waves', 'Swallow stickers']) {
    await page.goto(shop.url);
    await page.getByRole('button', { name: `Add to cart: ${name}` }).click();
  }
  await page.getByRole('button', { name: 'One more: Tenugui cloth, waves' }).click();
  const yen = page.getByRole('region', { name: 'JPY' });
  // 10 % of what has 10 % in it, shipping included: 2400 / 11; 8 % of the tea: 1620 × 8 / 108.
  assert.match(
    await yen.innerText(),
    /Total\s+¥4,020\s+Contains 10% consumption tax on ¥2,400\s+¥218\s+Contains 8%.* ¥1,620\s+¥120/,
  );
  assert.match(await page.getByRole('region', { name: 'SATS' }).innerText(), /Total\s+5,100 sats/);
  await yen.getByRole('link', { name: 'Check out (JPY)' }).click();
  await fillIn(page, english);
  await page.waitForURL(/\/i\//);
  const { amount, currency, metadata } = sim.invoice(invoiceOf(page));
  assert.deepEqual([amount, currency, Number(metadata.taxIncluded)], ['4020', 'JPY', 218 + 120]);

  await page.goto(`${shop.url}/cart`);
  assert.equal(await yen.count(), 0, 'what is ordered is out of the cart');
  await page.getByRole('button', { name: 'Remove: Swallow stickers' }).click();
  await page.getByText('Your cart is empty.').waitFor();
  assert.deepEqual(complaints, []);
});

test('a customer cancels: nobody can pay the order any more, and the goods are back', async (t) => {
  const { sim, shop, openPage, complaints } = await openWorld(t);
  const page = await openPage(phone);
  await order(page, shop.url, japanese);
  const invoiceId = invoiceOf(page);
  await page.goto(String(sim.invoice(invoiceId).checkout.redirectURL));
  await page.getByRole('button', { name: '注文をキャンセルする' }).click();
  await waitForHeadline(page, 'ご注文はキャンセルされました');
  assert.equal(sim.invoice(invoiceId).status, 'Invalid');
  assert.equal(await page.getByRole('button', { name: '支払いへ進む' }).count(), 0);
  await page.goto(`${shop.url}/merchant`);
  assert.match(await page.locator('.stock').innerText(), /手ぬぐい 青海波 25/);
  assert.match(await page.locator('table.orders tbody tr').innerText(), /1001\s+キャンセル\s+—/);
  assert.equal(await sidewaysScroll(page), 0);
  assert.deepEqual(complaints, []);
});

test('an order on which money has arrived is not cancelled', async (t) => {
  const { sim, shop } = await openWorld(t);
  const key = 'm'.repeat(43);
  const placed = await sendOrder(shop.url, { key });
  for (const webhook of sim.webhooks.of(sim.storeId))
    sim.webhooks.replace(webhook, { url: webhook.url, enabled: false });
  sim.pay(String(placed.headers.get('location')).split('/').at(-1) ?? '', { method: 'lightning' });
  await sim.idle();
  const response = await fetch(`${shop.url}/orders/1001/cancel`, {
    method: 'POST',
    headers: { origin: shop.url },
    body: new URLSearchParams({ key }),
    redirect: 'manual',
  });
  assert.match(String(response.headers.get('location')), /problem=hasPayment$/);
  const page = await (await fetch(`${shop.url}/orders/1001?key=${key}`)).text();
  assert.match(page, /Paid\. Thank you!/, 'and what was learnt on the way is shown');
});

test('an order without an invoice is cancelled by the shop alone, once', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const key = 'u'.repeat(43);
  sim.revokeKey(sim.apiKey);
  await sendOrder(shop.url, { key });
  const page = await openPage(desktop);
  for (let time = 0; time < 2; time++) {
    const form = { method: 'POST', headers: { origin: shop.url }, body: new URLSearchParams({ key }) };
    await fetch(`${shop.url}/orders/1001/cancel`, form);
    await page.goto(`${shop.url}/orders/1001?key=${key}`);
    await waitForHeadline(page, 'This order is cancelled');
    await page.goto(`${shop.url}/merchant`);
    assert.match(await page.locator('.stock').innerText(), /Stoneware cup 12/);
  }
});

test('an order that is cancelled while its invoice is being made is not paid either', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const key = 'w'.repeat(43);
  sim.fault({ on: 'api', kind: 'slow', milliseconds: 1500, match: 'POST *invoices' });
  const placing = sendOrder(shop.url, { key });
  const seen = () => fetch(`${shop.url}/orders/1001?key=${key}`).then(({ status }) => status === 200);
  for (let tries = 0; tries < 100 && !(await seen()); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  await fetch(`${shop.url}/orders/1001/cancel`, {
    method: 'POST',
    headers: { origin: shop.url },
    body: new URLSearchParams({ key }),
  });
  assert.equal((await placing).headers.get('location'), `/orders/1001?key=${key}`, 'not the payment page');
  assert.deepEqual(
    sim.invoices.all().map(({ status }) => status),
    ['Invalid'],
  );
  const page = await openPage(desktop);
  await page.goto(`${shop.url}/merchant`);
  assert.match(await page.locator('.stock').innerText(), /Stoneware cup 12/);
  assert.match(await page.locator('table.orders tbody tr').innerText(), /1001\s+Cancelled\s+—/);
});

test('what the payment server refuses is told with its remedy, in the merchant’s language', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  await sendOrder(shop.url, { key: 'r'.repeat(43) });
  sim.revokeKey(sim.apiKey);
  const page = await openPage(phone);
  await page.goto(`${shop.url}/merchant/orders/1001`);
  await page.getByRole('button', { name: '今すぐ確認' }).click();
  assert.match(await page.getByRole('alert').innerText(), /^処理できませんでした。.*API Keys/);
  await waitForHeadline(page, '入金待ち');
});

test('a payment server that is away costs the customer nothing but a second click', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  const { apiKey } = sim;
  sim.revokeKey(apiKey);
  await page.goto(`${shop.url}/checkout?items=cup.1`);
  await fillIn(page, english);
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
  const customer = { name: 'A. Customer', email: 'customer@example.com', address: 'Kyoto' };
  const body = new URLSearchParams({ items: 'cup.2', ...customer, ...form });
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
  assert.equal((await sendOrder(shop.url, { key: 'k'.repeat(43), items: 'cup.9' })).status, 303);
  assert.equal((await sendOrder(shop.url, { key: 'j'.repeat(43), items: 'cup.9' })).status, 409);
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
