/**
 * The extension in a real, running OpenCart, from the zip to its removal, with a browser (`npm run test:shop`). Skipped where no shop is
 * named: see environment.js. Writes docs/results/opencart-<version>.json; with --images the screenshots of the manual as well.
 *
 *     npm run build:plugins && KESSAI_SHOP_URL=… KESSAI_SHOP_DB=… npm run test:shop
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBtcpaySim } from '../../js/sim/btcpay/index.js';
import { launch } from '../e2e/browser.js';
import { openAdmin } from './admin.js';
import { connect, environment, majorOf } from './environment.js';
import { startSidecar } from './sidecar.js';
import { goToButton } from './storefront.js';

const shop = environment();
if (!shop) {
  console.log('test:shop: SKIPPED, nothing was tested. Name a running OpenCart by KESSAI_SHOP_URL and KESSAI_SHOP_DB.');
  process.exit(0);
}

const path = (/** @type {string} */ of) => fileURLToPath(new URL(`../../${of}`, import.meta.url));
const IMAGES = path('docs/images/opencart');
const PROCESSING = 2;

const db = await connect(shop);
const major = await majorOf(db);
const zip = path(major === 4 ? 'dist/kessai_btcpay.ocmod.zip' : 'dist/kessai-btcpay-oc3.ocmod.zip');
assert.ok(existsSync(zip), 'npm run build:plugins comes first');
const sim = await startBtcpaySim({ redirectSeconds: 0, store: { name: 'My shop' } });
const sidecar = await startSidecar([sim.url], shop.group);
const browser = await launch();
const context = await browser.newContext({
  viewport: { width: 1100, height: 760 },
  locale: 'en-GB',
  reducedMotion: 'reduce',
});
const page = await context.newPage();
page.setDefaultTimeout(30_000);
/** @type {string[]} */
const complaints = [];
page.on('pageerror', (error) => complaints.push(error.message));
page.on('dialog', (dialog) => dialog.accept());

/** @type {{ name: string, passed: boolean, seconds: number, why?: string }[]} */
const results = [];
/** @type {Awaited<ReturnType<typeof openAdmin>>} */
let admin;
let version = '';

/** @param {string} sql @param {any[]} [values] @returns {Promise<any[]>} */
const rows = async (sql, values = []) => /** @type {any} */ ((await db.query(sql, values))[0]);

/** How many steps come before anything can be bought: without them the others tell nothing. */
const NEEDED = 4;

/** @param {string} name @param {() => Promise<void>} work */
async function step(name, work) {
  if (results.slice(0, NEEDED).some(({ passed }) => !passed)) {
    results.push({ name, passed: false, seconds: 0, why: 'not tried' });
    return;
  }
  const began = performance.now();
  const told = { name, passed: true, seconds: 0 };
  try {
    complaints.length = 0;
    sim.clearFaults();
    await work();
    assert.deepEqual(complaints, [], 'the pages threw nothing');
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 600) : String(error);
    Object.assign(told, { passed: false, why });
    const file = join(mkdtempSync(join(tmpdir(), 'kessai-shop-')), 'failed.png');
    await page.screenshot({ path: file, fullPage: true }).catch(() => {});
    console.log(`  ${page.url().replace(/user_token=\w+/, 'user_token=…')} ${file}\n  ${why}`);
  }
  told.seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  results.push(told);
  console.log(`${told.passed ? 'ok' : 'FAILED'} ${name} (${told.seconds} s)`);
}

/** A picture for the manual. @param {string} name @param {import('playwright-core').Locator} [of] */
async function picture(name, of) {
  if (!process.argv.includes('--images')) return;
  mkdirSync(IMAGES, { recursive: true });
  // What OpenCart says for a moment, and what a pointer that lies about brings up.
  await page.mouse.move(0, 0);
  await page.evaluate("for (const said of document.querySelectorAll('#alert .alert, .tooltip')) said.remove()");
  const file = join(IMAGES, `${name}.png`);
  if (of) await of.screenshot({ path: file });
  else await page.screenshot({ path: file });
}

/** @param {() => Promise<boolean> | boolean} isSo @param {string} what */
async function until(isSo, what) {
  for (let wait = 0; wait < 150; wait++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`it never came: ${what}`);
}

/** @param {string} orderId */
const statusOf = async (orderId) =>
  (await rows('SELECT order_status_id AS s FROM oc_order WHERE order_id = ?', [orderId]))[0]?.s;

const stock = async () => (await rows('SELECT quantity FROM oc_product WHERE product_id = 40'))[0].quantity;

/** The order, and the invoice to which the customer has come. */
function latest(/** @type {string} */ invoiceId) {
  return { invoiceId, orderId: String(sim.invoice(invoiceId).metadata.orderId) };
}

/** A customer who comes to the server's page. */
async function toPay() {
  await context.clearCookies();
  const button = await goToButton(page, shop?.url ?? '', major);
  await button.click();
  await page.waitForURL(new RegExp(`${new URL(sim.url).port}/i/`));
  return latest(page.url().split('/i/')[1]?.split(/[?#]/)[0] ?? '');
}

/** As an admin, whatever customer came before. */
async function asAdmin() {
  await context.clearCookies();
  admin = await openAdmin(page, /** @type {import('./environment.js').Environment} */ (shop), major);
}

async function settle() {
  await sim.idle();
  await new Promise((resolve) => setTimeout(resolve, 300));
}

try {
  await step('the zip goes through the installer, and the method is installed', async () => {
    await asAdmin();
    await admin.clean();
    const file = major === 4 ? zip : join(mkdtempSync(join(tmpdir(), 'kessai-shop-')), 'kessai-btcpay-oc3.ocmod.zip');
    if (major === 3) copyFileSync(zip, file);
    await admin.upload(file);
    await picture('install');
    await admin.install();
    const [{ n }] = await rows("SELECT COUNT(*) AS n FROM oc_event WHERE code LIKE 'kessai%'");
    assert.ok(n > 0, 'events are registered');
  });

  await step('kessai is found, and what is wrong is told beside its field', async () => {
    await admin.settings.open();
    version = /(\d+\.\d+\.\d+\.\d+)/.exec((await page.locator('footer, #footer').innerText()) ?? '')?.[1] ?? '';
    await admin.settings.tab('kessai');
    await page.fill('[name=socketPath]', '/nowhere/kessai.sock');
    await page.click('[data-do=ping]');
    await admin.settings.done();
    assert.equal(await page.locator('.kessai-indicator.is-failing').count(), 1);
    await page.fill('[name=socketPath]', sidecar.path);
    await page.click('[data-do=ping]');
    await admin.settings.done();
    assert.equal(await page.locator('.kessai-indicator.is-failing').count(), 0);
    await page.locator('details[data-guide] summary').first().click();
    await page.waitForTimeout(800);
    await page.evaluate('scrollTo(0, 0)');
    await picture('kessai');
    await admin.settings.tab('checkout');
    await page.fill('[name=minimum]', '1,50');
    await admin.settings.save();
    assert.ok((await admin.settings.wrong()).minimum);
    await page.fill('[name=minimum]', '');
    await admin.settings.save();
    assert.deepEqual(await admin.settings.wrong(), {});
  });

  await step('connected by the server’s own page, with a webhook', async () => {
    await admin.settings.open();
    await admin.settings.tab('connection');
    await page.fill('[name=serverUrl]', sim.url);
    await picture('connect');
    await Promise.all([page.waitForURL(new RegExp(new URL(sim.url).port)), page.click('[data-do=connect]')]);
    await page
      .getByRole('button', { name: /continue/i })
      .first()
      .click();
    await page
      .locator('button', { hasText: /authori[sz]e/i })
      .first()
      .click();
    await page.locator('.kessai-review').waitFor();
    await page.waitForTimeout(500);
    await picture('review');
    await page.click('.kessai-review button[type=submit]');
    await admin.settings.done();
    const [hook] = sim.webhooks.of(sim.storeId);
    assert.ok(hook?.url.startsWith(shop.url), hook?.url);
    assert.equal((await page.content()).includes(sim.apiKey), false, 'the key is not in the page');
  });

  await step('offered in the checkout, and the doctor finds nothing to mend', async () => {
    await admin.settings.open();
    await admin.settings.tab('checkout');
    await page.check('[name=enabled]');
    await page.check('[name=mode][value=redirect]');
    await admin.settings.save();
    assert.deepEqual(await admin.settings.wrong(), {});
    await page.waitForTimeout(300);
    await picture('settings');
    await admin.settings.tab('doctor');
    await page.click('[data-do=doctor]');
    await admin.settings.done();
    const verdict = await page.locator('[data-part=doctor] .kessai-verdict').innerText();
    const failed = await page.locator('[data-part=doctor] .kessai-checks tr', { hasText: /failed/i }).allInnerTexts();
    assert.deepEqual(failed, [], verdict);
    await picture('doctor');
  });

  /** @type {{ orderId: string, invoiceId: string }} */
  let bought = { orderId: '', invoiceId: '' };
  await step('bought by redirect: exact total, paid, back in the shop, Processing, stock taken once', async () => {
    const before = await stock();
    await context.clearCookies();
    const button = await goToButton(page, shop.url, major);
    await button.scrollIntoViewIfNeeded();
    await picture('checkout');
    await button.click();
    await page.waitForURL(/\/i\//);
    bought = latest(page.url().split('/i/')[1]?.split(/[?#]/)[0] ?? '');
    const [{ total }] = await rows('SELECT total FROM oc_order WHERE order_id = ?', [bought.orderId]);
    assert.equal(Number(sim.invoice(bought.invoiceId).amount), Number(Number(total).toFixed(2)));
    await page.click('#deed-pay');
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    await page.locator('[data-kessai-state=paid]').waitFor();
    await picture('back');
    await settle();
    await until(async () => (await statusOf(bought.orderId)) === PROCESSING, 'the order is Processing');
    assert.equal(await stock(), before - 1);
    await page.goto(`${shop.url}index.php?route=checkout/cart`);
    assert.match(await page.locator('#content').innerText(), /empty/i);
  });

  await step('left without paying: not placed, and the cart is kept', async () => {
    const { orderId, invoiceId } = await toPay();
    await page.goto(`${shop.url}index.php?route=checkout/cart`);
    assert.doesNotMatch(await page.locator('#content').innerText(), /is empty/i);
    assert.notEqual(await statusOf(orderId), PROCESSING);
    assert.equal(sim.invoice(invoiceId).status, 'New');
  });

  await step('bought in the modal: the window closes by itself, and the order’s page says paid', async () => {
    await asAdmin();
    await admin.settings.open();
    await admin.settings.tab('checkout');
    await page.check('[name=mode][value=modal]');
    await admin.settings.save();
    await context.clearCookies();
    const button = await goToButton(page, shop.url, major);
    const [{ n: last }] = await rows('SELECT COALESCE(MAX(CAST(order_id AS UNSIGNED)), 0) AS n FROM oc_kessai_invoice');
    await button.click();
    const frame = page.frameLocator('iframe[src*="/i/"], iframe[name="btcpay"], iframe').last();
    await frame.locator('#deed-pay').click();
    await page.waitForURL(/route=.*kessai_btcpay.*order/, { timeout: 40_000 });
    await page.locator('[data-kessai-state=paid]').waitFor();
    const [{ order_id: orderId }] = await rows(
      'SELECT order_id FROM oc_kessai_invoice WHERE CAST(order_id AS UNSIGNED) > ? ',
      [last],
    );
    await until(async () => (await statusOf(orderId)) === PROCESSING, 'the order is Processing');
    await asAdmin();
    await admin.settings.open();
    await admin.settings.tab('checkout');
    await page.check('[name=mode][value=redirect]');
    await admin.settings.save();
  });

  for (const [kind, told] of Object.entries({
    reorder: 'in another order',
    duplicate: 'twice',
    redelivery: 'again as redeliveries',
  })) {
    await step(`the server’s messages come ${told}: Processing, one invoice, stock taken once`, async () => {
      const before = await stock();
      const { orderId, invoiceId } = await toPay();
      sim.fault({ on: 'webhook', kind, times: 'always' });
      sim.pay(invoiceId);
      await settle();
      sim.clearFaults();
      await settle();
      await until(async () => (await statusOf(orderId)) === PROCESSING, 'the order is Processing');
      assert.equal(await stock(), before - 1);
      const moves = await rows(
        'SELECT order_status_id AS s FROM oc_order_history WHERE order_id = ? ORDER BY order_history_id',
        [orderId],
      );
      const distinct = moves.map(({ s }) => s).filter((s, at, all) => s !== all[at - 1]);
      assert.equal(new Set(distinct).size, distinct.length, `no way back: ${distinct}`);
    });
  }

  await step('no message comes: the customer’s way back finds the payment', async () => {
    const { orderId, invoiceId } = await toPay();
    sim.fault({ on: 'webhook', kind: 'drop', times: 'always' });
    sim.pay(invoiceId);
    await page.getByRole('link', { name: 'Return to the shop' }).click();
    await page.locator('[data-kessai-state=paid]').waitFor();
    await settle();
    sim.clearFaults();
    assert.equal(await statusOf(orderId), PROCESSING);
  });

  await step('refused by the server: Failed, and the stock is given back', async () => {
    const before = await stock();
    const { orderId, invoiceId } = await toPay();
    assert.equal(await stock(), before - 1);
    sim.mark(invoiceId, 'Invalid');
    await settle();
    await until(async () => (await statusOf(orderId)) === 10, 'the order is Failed');
    assert.equal(await stock(), before);
  });

  await step('refunded from the order’s tab, once however often it is sent, with a claim link', async () => {
    await asAdmin();
    await admin.openOrder(bought.orderId);
    await page.waitForTimeout(500);
    await picture('order');
    await page.locator('[data-kessai-desk] details summary').first().click();
    const form = page.locator('[data-kessai-desk] form[data-act=refund]');
    await form.locator('[name=kind]').selectOption('rateThen');
    // As a hand that clicks twice.
    await form.evaluate((place) => {
      const sent = /** @type {HTMLFormElement} */ (place);
      sent.requestSubmit();
      sent.requestSubmit();
    });
    const link = page.locator('[data-said] a[href*="/pull-payments/"]').first();
    await link.waitFor();
    await page.waitForTimeout(2000);
    assert.equal(sim.pullPayments.all().length, 1);
    await page.goto((await link.getAttribute('href')) ?? '');
    assert.ok((await page.locator('body').innerText()).length > 0);
    await admin.openOrder(bought.orderId);
    assert.ok((await page.locator('[data-refunds] tbody tr').count()) >= 1);
  });

  await step('uninstalled: no event, no webhook, no page; the records of payments are kept', async () => {
    await asAdmin();
    const hooks = sim.webhooks.of(sim.storeId);
    await admin.uninstall();
    const [{ n: events }] = await rows("SELECT COUNT(*) AS n FROM oc_event WHERE code LIKE 'kessai%'");
    assert.equal(events, 0);
    assert.deepEqual(sim.webhooks.of(sim.storeId), []);
    const [{ n: records }] = await rows('SELECT COUNT(*) AS n FROM oc_kessai_order');
    assert.ok(records > 0);
    const [hook] = hooks;
    assert.equal((await page.request.post(String(hook?.url), { data: '{}' })).status(), 404);
    const front = await page.goto(shop.url);
    assert.equal(front?.status(), 200);
  });

  await step('installed again: connection and records are as before', async () => {
    await asAdmin();
    await admin.upload(zip);
    await admin.install();
    await admin.settings.open();
    await admin.settings.tab('connection');
    assert.ok((await page.locator('[data-part=connection]').innerText()).includes(sim.storeId));
    await admin.openOrder(bought.orderId);
  });
} finally {
  await browser.close();
  await db.end();
  await sidecar.stop();
  await sim.close();
}

const failed = results.filter(({ passed }) => !passed);
const file = `docs/results/opencart-${version || major}.json`;
mkdirSync(path('docs/results'), { recursive: true });
const told = results.map(({ seconds: _, ...rest }) => rest);
writeFileSync(
  path(file),
  `${JSON.stringify({ opencart: version, day: new Date().toISOString().slice(0, 10), steps: told }, null, 2)}\n`,
);
console.log(`${results.length - failed.length} of ${results.length} passed: ${file}`);
process.exitCode = failed.length === 0 ? 0 : 1;
