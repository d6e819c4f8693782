import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from '../../js/sim/btcpay/decimal.js';
import { desktop, phone } from './browser.js';
import { openSim, useBrowser } from './simWorld.js';

/** @typedef {import('./simWorld.js').Page} Page */

useBrowser();

const ADDRESS = `bcrt1q${'q'.repeat(38)}`;

/**
 * @param {import('node:test').TestContext} t
 * @param {Partial<import('../../js/sim/btcpay/pullPayments.js').NewPullPayment>} [more]
 * @param {import('playwright-core').BrowserContextOptions} [context]
 */
async function openClaim(t, more, context = { ...phone, locale: 'en-US' }) {
  const world = await openSim(t);
  const { sim } = world;
  const amount = Decimal.of('24.00');
  const pullPayment = sim.pullPayments.create(sim.store, { currency: 'USD', amount, name: 'Refund', ...more });
  const page = await world.openPage(context);
  await page.goto(`${sim.url}/pull-payments/${pullPayment.id}`);
  const payouts = () => sim.pullPayments.payouts(pullPayment.id).map((one) => `${one.originalAmount} ${one.state}`);
  const claim = async (/** @type {string} */ destination, /** @type {string} */ coins) => {
    await page.getByLabel('Where it shall go').fill(destination);
    await page.getByLabel('How much, in USD').fill(coins);
    await page.getByRole('button', { name: 'Claim' }).click();
  };
  return { ...world, pullPayment, page, payouts, claim };
}

/** @param {Page} page @param {string} name */
const amountOf = async (page, name) =>
  (await page.locator('.lines div').filter({ hasText: name }).innerText()).split('\n').at(-1);

test('a customer claims a part of a refund to an address, and sees what is left', async (t) => {
  const { page, payouts, claim, complaints } = await openClaim(t);
  assert.equal(await amountOf(page, 'Set aside'), '$24.00');
  await claim(ADDRESS, '10');
  await page.getByText('waits for the shop’s approval').waitFor();
  assert.deepEqual(payouts(), ['10 AwaitingApproval']);
  assert.equal(await amountOf(page, 'Claimed so far'), '$10.00');
  assert.equal(await amountOf(page, 'To claim'), '$14.00');
  assert.equal(await page.getByLabel('How much, in USD').inputValue(), '14.00');
  assert.deepEqual(complaints, []);
});

test('the shop approves, pays and cancels claims in the panel, and the page follows', async (t) => {
  const { page, payouts, claim } = await openClaim(t);
  await claim(ADDRESS, '10');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('approved, not yet paid').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0);
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.getByText('There is no claim to decide on').waitFor();
  assert.deepEqual(payouts(), ['10 Completed']);
  await claim(ADDRESS, '14');
  await page.getByText('All of it has been claimed').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('cancelled', { exact: true }).waitFor();
  assert.deepEqual(payouts(), ['14 Cancelled', '10 Completed']);
});

test('a claim by Lightning goes to a Lightning invoice', async (t) => {
  const { sim, page, payouts, pullPayment } = await openClaim(t);
  await page.getByRole('combobox').selectOption('Lightning');
  await page.getByLabel('Where it shall go').fill('customer@wallet.example');
  await page.getByRole('button', { name: 'Claim' }).click();
  await page.getByText('waits for the shop’s approval').waitFor();
  assert.deepEqual(payouts(), ['24.00 AwaitingApproval']);
  assert.equal(sim.pullPayments.payouts(pullPayment.id)[0]?.methodId, 'BTC-LN');
});

test('what is wrong with a claim is said, and what was typed stays', async (t) => {
  const { page, payouts, claim } = await openClaim(t);
  await claim('nonsense', '10');
  await page.getByRole('alert').filter({ hasText: 'A valid address was not provided' }).waitFor();
  assert.equal(await page.getByLabel('Where it shall go').inputValue(), 'nonsense');
  await claim(ADDRESS, '25');
  await page.getByRole('alert').filter({ hasText: 'overdraft' }).waitFor();
  assert.deepEqual(payouts(), []);
});

test('what happens elsewhere is drawn without taking away what is being typed', async (t) => {
  const { sim, page, pullPayment } = await openClaim(t, {}, desktop);
  await page.getByLabel('Where it shall go').fill('half an addr');
  sim.pullPayments.claim(pullPayment.id, { destination: ADDRESS, amount: '4' });
  await page.getByText('waits for the shop’s approval').waitFor();
  assert.equal(await page.getByLabel('Where it shall go').inputValue(), 'half an addr');
});

test('an offer that was taken back or is over cannot be claimed', async (t) => {
  const { sim, page, pullPayment } = await openClaim(t, { expiresAt: 1 });
  await page.getByText('The time to claim is over').waitFor();
  sim.pullPayments.archive(pullPayment.id);
  await page.reload();
  await page.getByText('The shop has taken this offer back').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Claim' }).count(), 0);
});

test('the claim page is Japanese in a Japanese browser, fits a phone, and an unknown one does not exist', async (t) => {
  const { sim, page } = await openClaim(t, {}, phone);
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  await page.getByLabel('受取先').fill(ADDRESS);
  await page.getByRole('button', { name: '受け取る' }).click();
  await page.getByText('ショップの承認待ち').waitFor();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
  await page.getByRole('button', { name: '送金する' }).click();
  await page.getByText('送金済み').waitFor();
  assert.equal((await fetch(`${sim.url}/pull-payments/nope`)).status, 404);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('without a script a claim is made and paid all the same, and another site cannot do either', async (t) => {
  const { sim, page, payouts, claim, pullPayment } = await openClaim(t, {}, { ...desktop, javaScriptEnabled: false });
  await claim(ADDRESS, '10');
  await page.getByText('waits for the shop’s approval').waitFor();
  assert.deepEqual(payouts(), ['10 AwaitingApproval']);
  const headers = { Origin: 'https://evil.example' };
  const body = new URLSearchParams({ destination: ADDRESS });
  const answer = await fetch(`${sim.url}/pull-payments/${pullPayment.id}`, { method: 'POST', headers, body });
  assert.equal(answer.status, 403);
  assert.equal(answer.headers.get('x-frame-options'), null);
  const framed = await fetch(`${sim.url}/pull-payments/${pullPayment.id}`);
  assert.equal(framed.headers.get('x-frame-options'), 'DENY');
});
