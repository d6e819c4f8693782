/** A shop, a simulated BTCPay Server and, once a page is opened, a browser, in a folder of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startShop } from '../../js/demo/shop.js';
import { startBtcpaySim } from '../../js/sim/btcpay/index.js';
import { launch } from './browser.js';

export { desktop, phone } from './browser.js';

/** @param {import('node:test').TestContext} t */
export async function openWorld(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-e2e-'));
  const file = join(folder, 'shop.sqlite');
  const sim = await startBtcpaySim({ redirectSeconds: 0 });
  const shop = await startShop({ file, btcpay: sim, now: () => sim.clock.now(), log: () => {} });
  /** @type {import('playwright-core').Browser | undefined} */
  let browser;
  t.after(async () => {
    await browser?.close();
    await shop.close();
    await sim.close();
    rmSync(folder, { recursive: true });
  });

  /** @type {string[]} what the browser complained of, on the shop's pages */
  const complaints = [];

  /** @param {import('playwright-core').BrowserContextOptions} options */
  async function openPage(options) {
    browser ??= await launch();
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() === 'error' && message.location().url.startsWith(shop.url)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return page;
  }

  return { sim, shop, file, openPage, complaints };
}
