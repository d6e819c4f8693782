import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop, phone } from './browser.js';
import { openShop, openSim, useBrowser } from './simWorld.js';

useBrowser();

/**
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContextOptions} [context]
 */
async function openControl(t, context = desktop) {
  const shop = await openShop(t, () => 'ok');
  const world = await openSim(t, { webhook: { url: `${shop.url}/hook`, secret: 'a secret' } });
  const { id } = await world.create({ metadata: { orderId: 'A-1' } });
  await world.sim.idle();
  const page = await world.openPage(context);
  await page.goto(world.sim.url);
  return { ...world, shop, id, page };
}

/** @param {import('./simWorld.js').Page} page */
const settled = (page) => page.locator('main:not([aria-busy])').waitFor();

test('what happens elsewhere shows by itself, and what is open stays open', async (t) => {
  const { sim, id, page, complaints } = await openControl(t);
  await page.locator('#deliveries summary').first().click();
  sim.pay(id);
  await page.locator('#invoices').getByText('Settled', { exact: true }).waitFor();
  await page.locator('#deliveries').getByText('InvoiceSettled', { exact: true }).waitFor();
  const opened = page.locator('#deliveries details[open]');
  assert.equal(await opened.count(), 1);
  assert.match(await opened.innerText(), /BTCPay-Sig: sha256=.*"type": "InvoiceCreated"/s);
  assert.deepEqual(complaints, []);
});

test('a button acts, and leaves the keyboard where it can go on', async (t) => {
  const { sim, id, page, complaints } = await openControl(t);
  await page.getByRole('button', { name: 'Mark settled: A-1' }).click();
  await settled(page);
  assert.equal(sim.invoice(id).additionalStatus, 'Marked');
  // That button is gone: its section's heading has the keyboard.
  assert.equal(await page.evaluate('document.activeElement.id'), 'invoices-title');
  await page.getByRole('button', { name: 'Mark invalid: A-1' }).waitFor();
  await page.getByRole('button', { name: '+1 hour' }).click();
  await settled(page);
  await page.getByText('1 hour ahead of real time').waitFor();
  assert.deepEqual(complaints, []);
});

test('Send again delivers once more', async (t) => {
  const { sim, shop, page } = await openControl(t);
  await page.getByRole('button', { name: 'Send again: InvoiceCreated' }).click();
  await page.locator('#deliveries').getByText('redelivery', { exact: true }).waitFor();
  await sim.idle();
  assert.equal(shop.visits.length, 2);
});

test('a fault is added, with a length only where it has one, happens, and is shown to have happened', async (t) => {
  const { sim, create, page, complaints } = await openControl(t);
  const form = page.locator('form.fault').first();
  await form.getByLabel('Seconds').fill('30');
  await form.getByLabel('What happens').selectOption('never arrives');
  assert.equal(await form.getByLabel('Seconds').isVisible(), false);
  await form.getByLabel('How often').selectOption('2');
  await form.getByLabel('Only this event').fill('InvoiceCreated');
  await form.getByRole('button', { name: 'Add' }).click();
  await page.locator('#fired').getByText('never arrives').waitFor();
  const { id, ...fault } = sim.faults.list()[0] ?? assert.fail('no fault');
  assert.deepEqual(fault, { on: 'webhook', kind: 'drop', times: 2, match: 'InvoiceCreated' });
  await create();
  await page.getByText('What went wrong so far').waitFor();
  // The form keeps what was filled in, whatever changes around it.
  assert.equal(await form.getByLabel('Only this event').inputValue(), 'InvoiceCreated');
  await page.getByRole('button', { name: 'Remove all' }).click();
  await page.getByText('None: everything works.').waitFor();
  assert.deepEqual(sim.faults.list(), []);
  assert.deepEqual(complaints, []);
});

test('what cannot be done is said, and the page goes on after a restart', async (t) => {
  const { sim, id, page } = await openControl(t);
  // The invoice is paid between the page's last look and the click.
  await page.route('**/sim/pulse', (route) => route.abort());
  sim.pay(id);
  await page.getByRole('button', { name: 'Mark invalid: A-1' }).click();
  await page.getByRole('alert').getByText('This invoice cannot be marked Invalid now.').waitFor();
  await page.unroute('**/sim/pulse');
  await page.getByRole('button', { name: 'Restart the server' }).click();
  await settled(page);
  sim.fault({ on: 'api', kind: 'hang' });
  await page.locator('#fired').getByText('never answered').waitFor();
});

for (const [name, context] of Object.entries({ desktop, phone })) {
  test(`nothing sticks out on a ${name}, in both languages`, async (t) => {
    const { sim, id, page, complaints } = await openControl(t, context);
    sim.fault({ on: 'webhook', kind: 'delay', times: 'always', match: 'InvoiceProcessing' });
    sim.fault({ on: 'api', kind: '5xx', match: 'GET /api/v1/stores/*/invoices' });
    await fetch(`${sim.url}/api/v1/stores/${sim.storeId}/invoices`);
    sim.pay(id);
    await sim.idle();
    for (const language of ['en', 'ja']) {
      await page.goto(`${sim.url}/?lang=${language}`);
      await page.locator('#deliveries summary').first().click();
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      const [wide, width] = /** @type {number[]} */ (
        await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]')
      );
      assert.equal(wide, width, language);
    }
    assert.deepEqual(complaints, []);
  });
}

test('a browser set to Japanese gets the page in Japanese, and can ask for English', async (t) => {
  const { page } = await openControl(t, phone);
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
});
