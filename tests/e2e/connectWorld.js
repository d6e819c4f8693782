/** A shop that is not connected, its merchant's browser, and a simulated BTCPay Server on another site. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { startShop } from '../../js/demo/shop.js';
import { texts } from '../../js/demo/texts.js';
import { startBtcpaySim } from '../../js/sim/btcpay/index.js';
import { launch } from './browser.js';

/** @import { BrowserContext, BrowserContextOptions, Page } from 'playwright-core' */
/** @import { TestContext } from 'node:test' */
/** @import { SimOptions } from '../../js/sim/btcpay/index.js' */

/** @typedef {'en' | 'ja'} Language */

/** @type {import('playwright-core').Browser} */
let browser;

/** To be called once in a file. */
export function useBrowser() {
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
}

/**
 * @param {TestContext} t
 * @param {{language?: Language, context?: BrowserContextOptions, sim?: SimOptions}} [options]
 */
export async function openEmptyShop(t, { language = 'en', context = {}, sim: options = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'kessai-connect-'));
  const file = join(folder, 'shop.sqlite');
  const sim = await startBtcpaySim({ redirectSeconds: 0, store: { name: 'Tsubame' }, ...options });
  const start = (/** @type {number} */ port, on = file) =>
    startShop({ file: on, port, suggested: sim.url, now: () => sim.clock.now(), log: () => {} });
  const world = {
    sim,
    file,
    shop: await start(0),
    words: texts[language].connection,
    checkWords: texts[language].checks,
    /** The shop under a name that makes it another site than the server. */
    base: '',
    page: /** @type {Page} */ (/** @type {unknown} */ (undefined)),
    clicks: 0,
    openBrowser,
    restart,
    reopenBrowser,
    copyShop,
    bytes,
    home,
    click,
    authorise,
    connect,
    paste,
    save,
    problem,
    checks,
    buy,
  };
  world.base = world.shop.url.replace('127.0.0.1', 'localhost');
  /** @type {BrowserContext | undefined} */
  let open;
  t.after(async () => {
    await open?.close();
    await world.shop.close();
    await world.sim.close();
    rmSync(folder, { recursive: true });
  });

  /** @param {BrowserContextOptions} [more] */
  async function openBrowser(more) {
    open = await browser.newContext({ ...context, locale: language === 'ja' ? 'ja-JP' : 'en-US', ...more });
    world.page = await open.newPage();
    world.page.setDefaultTimeout(20_000);
  }

  /** The shop's process ends and another begins, on the same file and port. */
  async function restart() {
    const { port } = new URL(world.shop.url);
    await world.shop.close();
    world.shop = await start(Number(port));
  }

  /** The merchant closes the browser, and opens it again another time. */
  async function reopenBrowser() {
    const storageState = await open?.storageState();
    await open?.close();
    await openBrowser(storageState && { storageState });
    await home();
  }

  /** @returns {Promise<Awaited<ReturnType<typeof startShop>>>} a second shop, with all that is in the first one's database */
  async function copyShop() {
    const copy = join(folder, `copy-${Date.now()}.sqlite`);
    const { port } = new URL(world.shop.url);
    await world.shop.close();
    for (const part of ['', '-wal'].filter((name) => existsSync(file + name))) copyFileSync(file + part, copy + part);
    world.shop = await start(Number(port));
    const second = await start(0, copy);
    t.after(() => second.close());
    return second;
  }

  /** All that the database holds, to the byte. */
  function bytes() {
    const parts = [file, `${file}-wal`].map((part) => (existsSync(part) ? readFileSync(part) : Buffer.alloc(0)));
    return Buffer.concat(parts).toString('base64');
  }

  async function home(base = world.base) {
    await world.page.goto(`${base}/merchant/connection`);
  }

  /** @param {string} name of a button or a link */
  async function click(name) {
    world.clicks += 1;
    const { page } = world;
    await page
      .getByRole('button', { name, exact: true })
      .or(page.getByRole('link', { name, exact: true }))
      .click();
  }

  /** On the server's own page: the store, and consent. */
  async function authorise() {
    const { page } = world;
    await page.waitForURL((url) => url.pathname.endsWith('/api-keys/authorize'));
    await page.getByRole('button', { name: language === 'ja' ? '次へ' : 'Continue' }).click();
    await click(language === 'ja' ? '許可する' : 'Authorise');
  }

  /**
   * By the button, as far as the server's page or an error.
   * @param {string} [address] typed in place of what is there
   */
  async function connect(address) {
    const form = world.page.locator('form[action$="/start"]');
    await form.waitFor({ state: 'attached' });
    if (!(await form.isVisible())) await world.page.getByText(world.words.again).click();
    if (address !== undefined) await form.getByLabel(world.words.address).fill(address);
    await click(world.words.connect);
  }

  /**
   * By hand, as far as the review or an error.
   * @param {{serverUrl?: string, apiKey?: string, storeId?: string}} [typed]
   */
  async function paste({ serverUrl, apiKey = sim.apiKey, storeId = sim.storeId } = {}) {
    const { page, words } = world;
    const form = page.locator('form[action$="/paste"]');
    if (!(await form.isVisible())) await page.getByText(words.byHand).click();
    if (serverUrl !== undefined) await form.getByLabel(words.address).fill(serverUrl);
    await form.getByLabel(words.apiKey).fill(apiKey);
    await form.getByLabel(words.storeId).fill(storeId);
    await click(words.check);
  }

  /** From the review to the page of a shop that is connected. */
  async function save() {
    await world.page.getByRole('heading', { name: world.words.review }).waitFor();
    await click(world.words.save);
    await world.page.getByRole('heading', { name: world.words.webhook }).waitFor();
  }

  /** What the page complains of. */
  async function problem() {
    return (await world.page.getByRole('alert').innerText()).replaceAll('\n', ' ');
  }

  /** @returns {Promise<string>} what the page of the checks says, all of it */
  async function checks() {
    await home();
    await click(world.checkWords.button);
    return world.page.getByLabel(world.checkWords.report).inputValue();
  }

  /**
   * A customer buys, from the cart to a settled order.
   * @param {string} [shopUrl]
   * @returns {Promise<string>} the invoice
   */
  async function buy(shopUrl = world.shop.url) {
    const { page } = world;
    const t = texts[language];
    await page.goto(`${shopUrl}/checkout?items=cup.1&lang=${language}`);
    await page.getByLabel(t.name, { exact: true }).fill('Hanako Yamada');
    await page.getByLabel(t.email).fill('customer@example.com');
    await page.getByLabel(t.address).fill('Kyoto');
    await page.getByRole('button', { name: t.placeOrder }).click();
    await page.waitForURL(/\/i\//);
    const invoiceId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    sim.pay(invoiceId, { method: 'lightning' });
    await page.waitForURL(`${shopUrl}/orders/**`);
    await page.getByRole('heading', { level: 1, name: t.headline.paid }).waitFor();
    return invoiceId;
  }

  await openBrowser();
  return world;
}

/** @typedef {Awaited<ReturnType<typeof openEmptyShop>>} ConnectWorld */
