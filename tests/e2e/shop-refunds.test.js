import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../js/demo/database.js';
import { desktop, openWorld, phone } from './world.js';

/** @import { Page } from 'playwright-core' */
/** @import { TestContext } from 'node:test' */

const key = 'r'.repeat(43);
const address = `bcrt1q${'q'.repeat(38)}`;

/**
 * A shop with one paid order over $56.00.
 * @param {TestContext} t
 * @param {'exact' | 'over'} [amount]
 */
async function openPaid(t, amount) {
  const world = await openWorld(t);
  const { sim, shop, file } = world;
  const customer = { name: 'A. Customer', email: 'customer@example.com', address: 'Kyoto' };
  const body = new URLSearchParams({ items: 'cup.2', key, ...customer });
  await fetch(`${shop.url}/orders?lang=en`, {
    method: 'POST',
    headers: { origin: shop.url },
    body,
    redirect: 'manual',
  });
  sim.pay(sim.invoices.all()[0]?.id ?? '', { method: 'lightning', ...(amount === 'over' && { amount }) });
  await sim.idle();
  const merchant = `${shop.url}/merchant/orders/1001`;
  const customerPage = `${shop.url}/orders/1001?key=${key}`;
  const claimAndPay = () => {
    const { id } = sim.pullPayments.claim(sim.pullPayments.all()[0]?.id, { destination: address });
    sim.pullPayments.pay(id);
  };
  /** @param {string} sql */
  const byHand = (sql) => {
    const db = openDatabase(file, () => sim.clock.now());
    db.exec(sql);
    db.close();
  };
  return { ...world, merchant, customerPage, claimAndPay, byHand };
}

/**
 * @param {Page} page
 * @param {string} kind as the form says it
 * @param {string} [amount]
 */
async function fillRefund(page, kind, amount) {
  const details = page.locator('#refunds details');
  if (!(await details.evaluate((element) => element.hasAttribute('open')))) {
    await details.locator('summary').click();
  }
  await page.getByLabel(kind).check();
  if (amount !== undefined) await page.locator('input[name=amount]').fill(amount);
}

/** @param {Page} page */
const sendRefund = (page) => page.locator('#refunds form button').click();

/** @param {Page} page */
const refunds = (page) => page.locator('.refunds li');

/** @param {Page} page */
const sidewaysScroll = (page) => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');

test('a refund is made once, from two tabs and with double clicks, claimed by the customer, and seen as paid', async (t) => {
  const { sim, openPage, merchant, customerPage, claimAndPay, complaints } = await openPaid(t);
  const [one, two] = [await openPage(desktop), await openPage(desktop)];
  for (const page of [one, two]) {
    await page.goto(merchant);
    await fillRefund(page, 'All of it: as many coins as were paid');
  }
  for (const page of [one, two]) {
    await page.locator('#refunds form button').dblclick();
    await refunds(page).waitFor();
  }
  assert.equal(sim.pullPayments.all().length, 1);
  const [refund] = sim.pullPayments.all();
  const claimLink = `${sim.url}/pull-payments/${refund?.id}`;
  assert.match(await refunds(one).innerText(), /^0\.00086154 BTC\s+Not yet paid/);
  assert.equal(await refunds(one).getByRole('link').getAttribute('href'), claimLink);
  await one.getByText('Next: A refund was made: look before you ship').waitFor();

  const customer = await openPage(phone);
  await customer.goto(customerPage);
  await customer.getByRole('heading', { name: '0.00086154 BTC を返金いたします' }).waitFor();
  assert.equal(await sidewaysScroll(customer), 0);
  assert.doesNotMatch(await customer.locator('main').innerText(), /梱包/, 'nobody packs what is refunded');
  await customer.getByRole('link', { name: '受け取り先を選ぶ' }).click();
  assert.equal(customer.url(), claimLink);

  claimAndPay();
  await one.getByRole('button', { name: 'Check now' }).click();
  await one.getByRole('heading', { level: 1, name: 'Refunded' }).waitFor();
  assert.match(await refunds(one).innerText(), /^0\.00086154 BTC\s+Paid back/);
  assert.equal(await refunds(one).getByRole('link').count(), 0, 'there is nothing left to claim');
  assert.equal(await one.getByRole('button', { name: 'Mark as shipped' }).count(), 0);
  await customer.goto(customerPage);
  await customer.getByRole('heading', { level: 1, name: 'ご返金いたしました' }).waitFor();
  await customer.getByRole('heading', { name: '0.00086154 BTC を返金いたしました' }).waitFor();
  assert.deepEqual(complaints, []);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('a part that is asked for in two tabs goes back once', async (t) => {
  const { sim, openPage, merchant } = await openPaid(t);
  const tabs = [await openPage(desktop), await openPage(desktop)];
  for (const page of tabs) {
    await page.goto(merchant);
    await fillRefund(page, 'Another amount, in USD', '16');
  }
  for (const page of tabs) {
    await sendRefund(page);
    await refunds(page).waitFor();
  }
  assert.equal(sim.pullPayments.all().length, 1);
});

test('a refunded order is not shipped, whoever asks for it', async (t) => {
  const { shop, sim, merchant, openPage, claimAndPay } = await openPaid(t);
  const post = (/** @type {string} */ name, /** @type {Record<string, string>} */ form = {}) =>
    fetch(`${merchant}/${name}`, {
      method: 'POST',
      headers: { origin: shop.url },
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
  await post('refund', { key: 'one', kind: 'fiat', amount: '', invoice: sim.invoices.all()[0]?.id ?? '' });
  claimAndPay();
  await post('check');
  await post('ship');
  const page = await openPage(desktop);
  await page.goto(`${shop.url}/merchant`);
  assert.match(await page.locator('table.orders tbody tr').innerText(), /1001\s+Refunded\s+—/);
});

test('what is refused says why in the reader’s language, keeps the form, and a part leaves the rest to refund', async (t) => {
  const { sim, openPage, merchant } = await openPaid(t);
  const page = await openPage(desktop);
  await page.goto(merchant);
  await fillRefund(page, 'All of it: as many coins as were paid', '5');
  await sendRefund(page);
  await page.getByRole('alert').filter({ hasText: 'Type an amount only with “Another amount”.' }).waitFor();
  assert.equal(sim.pullPayments.all().length, 0, 'all of it and an amount are two things');
  await fillRefund(page, 'Another amount, in USD', '56.01');
  await sendRefund(page);
  const invoice = sim.invoices.all()[0]?.id ?? '';
  const refused = page.getByRole('alert').filter({ hasText: 'would exceed' });
  assert.match(await refused.innerText(), new RegExp(`^The refunds of invoice ${invoice} would exceed .* Look at the`));
  assert.equal(await page.locator('input[name=amount]').inputValue(), '56.01');
  assert.ok(await page.getByLabel('Another amount, in USD').isChecked());
  await page.locator('input[name=amount]').fill('16.00');
  await sendRefund(page);
  await refunds(page).waitFor();
  await fillRefund(page, 'Another amount, in USD', '40');
  await sendRefund(page);
  await refunds(page).nth(1).waitFor();
  assert.deepEqual(
    sim.pullPayments.all().map(({ amount, currency }) => `${amount} ${currency}`),
    ['40 USD', '16.00 USD'],
    'each form makes a refund of its own once the one before is made',
  );

  const japanese = await openPage(phone);
  await japanese.goto(merchant);
  await fillRefund(japanese, '超過分のみ');
  await sendRefund(japanese);
  const told = await japanese.getByRole('alert').innerText();
  assert.match(told, /^処理できませんでした。 これまでの返金/);
  assert.doesNotMatch(told, /""|「」|\{/, 'no gaps where values belong');
  assert.equal(await sidewaysScroll(japanese), 0);
});

test('what came too much goes back, and the order stays paid', async (t) => {
  const { sim, openPage, merchant, customerPage, claimAndPay } = await openPaid(t, 'over');
  const page = await openPage({ ...phone, locale: 'en-US' });
  await page.goto(merchant);
  await fillRefund(page, 'Only what came too much');
  await sendRefund(page);
  await refunds(page).waitFor();
  assert.equal(sim.pullPayments.all()[0]?.currency, 'BTC');
  await page.goto(customerPage);
  await page.getByRole('link', { name: 'Choose where the money goes' }).waitFor();
  claimAndPay();
  await page.goto(merchant);
  await page.getByRole('button', { name: 'Check now' }).click();
  await refunds(page).getByText('Paid back').waitFor();
  assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /Paid$/);
  await page.goto(customerPage);
  await page.getByRole('heading', { name: /We have paid you back 0\.\d+ BTC/ }).waitFor();
  assert.equal(await sidewaysScroll(page), 0);
});

test('an unpaid order has no refund to make', async (t) => {
  const { openPage, merchant, byHand } = await openPaid(t);
  byHand("UPDATE orders SET status = 'processing'");
  const page = await openPage(desktop);
  await page.goto(merchant);
  await page.getByRole('heading', { name: 'History' }).waitFor();
  assert.equal(await page.locator('#refunds').count(), 0);
});

test('an order that was moved by hand says why kessai leaves it alone, until the merchant lets it take it back', async (t) => {
  const { openPage, merchant, byHand, complaints } = await openPaid(t);
  byHand("UPDATE orders SET status = 'cancelled'");
  const page = await openPage(phone);
  await page.goto(merchant);
  await page.getByText('注文の状態が手動で変更されたため').waitFor();
  await page.getByRole('button', { name: '確認済みにする' }).click();
  await page.getByRole('button', { name: '確認済みにする' }).waitFor({ state: 'detached' });
  await page.getByText('次にすること: 内容を確認する').waitFor();
  await page.getByRole('button', { name: 'kessai に戻す' }).click();
  await page.getByRole('heading', { level: 1, name: '入金済み' }).waitFor();
  assert.equal(await page.getByText('注文の状態が手動で変更されたため').count(), 0);
  assert.equal(await sidewaysScroll(page), 0);
  assert.deepEqual(complaints, []);
});

test('an order that is paid by another method cannot be taken back, and says so', async (t) => {
  const { openPage, merchant, byHand } = await openPaid(t);
  byHand("UPDATE orders SET method = 'transfer'");
  const page = await openPage(desktop);
  await page.goto(merchant);
  await page.getByText('It is paid by another method now.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Let kessai take it back' }).count(), 0);
});

test('an order that the shop cancelled without an invoice is nothing that kessai leaves alone', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage(desktop);
  sim.revokeKey(sim.apiKey);
  const form = { name: 'A. Customer', email: 'customer@example.com', address: 'Kyoto', items: 'cup.1', key };
  for (const path of ['/orders', '/orders/1001/cancel']) {
    const body = new URLSearchParams(form);
    await fetch(shop.url + path, { method: 'POST', headers: { origin: shop.url }, body, redirect: 'manual' });
  }
  for (let time = 0; time < 2; time++) {
    await page.goto(`${shop.url}/merchant/orders/1001`);
    await page.getByRole('heading', { level: 1, name: 'Cancelled' }).waitFor();
    assert.equal(await page.locator('section.alerts').count(), 0);
  }
});
