/** What a customer clicks in a real OpenCart with its demonstration goods, up to the button of the extension. */
import { CODE } from './admin.js';

/** A product of the demonstration data that needs no choice. */
const PRODUCT = '40';

/** Milliseconds. */
const UNFOLDING = 700;

const CUSTOMER = {
  firstname: 'Hanako',
  lastname: 'Yamada',
  email: 'hanako@shop.example',
  telephone: '0312345678',
  address_1: '1-1-1 Chiyoda',
  city: 'Tokyo',
  postcode: '100-0001',
};

/** @param {import('playwright-core').Page} page @param {string} url of the shop @param {3 | 4} major */
export async function goToButton(page, url, major) {
  await page.goto(`${url}index.php?route=product/product&product_id=${PRODUCT}`);
  await page.click('#button-cart');
  await page.locator('.alert-success').first().waitFor();
  await page.goto(`${url}index.php?route=checkout/checkout`);
  if (major === 4) await checkout4(page);
  else await checkout3(page);
  const button = page.locator('button[data-kessai-confirm]');
  await button.waitFor();
  return button;
}

/** @param {import('playwright-core').Page} page */
async function checkout4(page) {
  await page.check('#input-guest');
  const names = { firstname: '#input-firstname', lastname: '#input-lastname', email: '#input-email' };
  for (const [name, selector] of Object.entries(names))
    await page.fill(selector, CUSTOMER[/** @type {keyof typeof CUSTOMER} */ (name)]);
  if (await page.locator('#input-telephone').isVisible()) await page.fill('#input-telephone', CUSTOMER.telephone);
  const fields = { 'address-1': CUSTOMER.address_1, city: CUSTOMER.city, postcode: CUSTOMER.postcode };
  for (const kind of ['shipping', 'payment']) {
    if (!(await page.locator(`#input-${kind}-city`).isVisible())) continue;
    for (const [name, value] of Object.entries(fields)) await page.fill(`#input-${kind}-${name}`, value);
    await page.locator(`#input-${kind}-zone option`).nth(1).waitFor({ state: 'attached' });
    await page.selectOption(`#input-${kind}-zone`, { index: 1 });
  }
  await page.click('#button-register');
  await page.locator('.alert-success').first().waitFor();
  for (const [kind, choice] of [
    ['shipping', 'input[name=shipping_method]'],
    ['payment', `input[name=payment_method][value="${CODE}.${CODE}"]`],
  ]) {
    await page.click(`#button-${kind}-methods`);
    const modal = page.locator(`#modal-${kind}`);
    await modal.locator(String(choice)).first().check();
    // A window that is still coming does not go.
    await page.waitForTimeout(UNFOLDING);
    await page.click(`#button-${kind}-method`);
    await modal.waitFor({ state: 'hidden' });
  }
}

/** @param {import('playwright-core').Page} page */
async function checkout3(page) {
  await page.locator('input[name=account][value=guest]').check();
  // A click while a part of the page unfolds is lost.
  await page.waitForTimeout(UNFOLDING);
  await page.click('#button-account');
  await page.locator('#button-guest').waitFor();
  await page.waitForTimeout(UNFOLDING);
  for (const [name, value] of Object.entries(CUSTOMER))
    await page.fill(`#collapse-payment-address [name=${name}]`, value);
  const zones = page.locator('#input-payment-zone');
  await zones.locator('option').nth(1).waitFor({ state: 'attached' });
  await zones.selectOption({ index: 1 });
  await page.click('#button-guest');
  await page.locator('#button-shipping-method').waitFor();
  await page.waitForTimeout(UNFOLDING);
  await page.click('#button-shipping-method');
  await page.locator(`input[name=payment_method][value=${CODE}]`).waitFor();
  await page.waitForTimeout(UNFOLDING);
  await page.check(`input[name=payment_method][value=${CODE}]`);
  const agree = page.locator('#collapse-payment-method input[name=agree]');
  if (await agree.count()) await agree.check();
  await page.click('#button-payment-method');
}
