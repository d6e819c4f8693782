/** A shop's checkout page with the modal, under the policy that docs/manual/storefront.md asks for, beside a simulator. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { openSim } from './simWorld.js';

/** @typedef {import('playwright-core').Page} Page */

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const MANUAL = read('docs/manual/storefront.md');

/**
 * The header of the manual, for this server.
 * @param {string} serverUrl
 */
export const policyFor = (serverUrl) => {
  const [, header = ''] = /```\nContent-Security-Policy: ([^`]+)```/.exec(MANUAL) ?? [];
  if (!header) throw new Error('docs/manual/storefront.md shows no Content-Security-Policy');
  const told = header.replace('https://pay.example.com/modal/', `${serverUrl}/modal/`);
  return told.replaceAll('https://pay.example.com', new URL(serverUrl).origin).replaceAll(/\s+/g, ' ').trim();
};

/** Writes down what the page is told, where a page that is left does not take it along. */
const RECORD = `
  for (const name of ['paid', 'processing', 'partlyPaid', 'expired', 'invalid', 'closed', 'redirected'])
    document.addEventListener(name, ({ detail }) => record(name, detail.invoiceId));
`;

const STYLE =
  'body{font:18px/1.6 sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem}' +
  '[data-kessai-invoice]{display:inline-block;padding:.6rem 1.4rem;background:#1a5632;color:#fff;border:0;font:inherit}' +
  '[data-kessai-message]{min-height:1.6em}';

/**
 * In this process: what is evaluated in the page again and again would need `unsafe-eval` there.
 * @param {() => unknown} isSo
 * @param {string} what
 */
export async function until(isSo, what) {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never: ${what}`);
}

/**
 * @typedef {object} Given
 * @property {import('../../js/sim/btcpay/index.js').SimOptions} [options] of the simulator
 * @property {(policy: string) => string} [policy] changes the policy
 * @property {string} [triedOut] a policy that the browser only reports on
 * @property {(invoice: { id: string, checkoutLink: string }) => string} [attributes] of the link
 * @property {string} [language]
 * @property {import('playwright-core').BrowserContextOptions} [context]
 * @property {Record<string, unknown>} [order]
 * @property {boolean} [asks] the shop has a status endpoint
 */

/**
 * @param {import('node:test').TestContext} t
 * @param {Given} [given]
 */
export async function openStorefront(t, given = {}) {
  const { policy = (own) => own, triedOut, language = 'en', asks = true, attributes = () => '' } = given;
  const world = await openSim(t, given.options);
  const { origin } = new URL(world.sim.url);
  const invoice = await world.create(given.order);
  /** What the shop's own endpoint answers. @type {{ page: string, case?: string, sure?: boolean } | null} */
  let standing = { page: 'waiting', case: 'new', sure: true };
  /** @type {string[]} */
  const visits = [];

  const draw = () => `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>Checkout</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">
    <script src="/record.js"></script>
    <script src="/kessai.js" defer data-kessai-servers="https://other.example ${world.sim.url}"></script>
    <main><h1>${language === 'ja' ? 'ご注文 1001' : 'Order 1001'}</h1><p>¥1,000</p>
    <p><a id="pay" href="${invoice.checkoutLink}" data-kessai-invoice="${invoice.id}" data-kessai-server="${world.sim.url}/"
      data-kessai-return="/thanks" ${asks ? 'data-kessai-status="/status?t=token"' : ''} ${attributes(invoice)}>${
        language === 'ja' ? 'ビットコインで支払う' : 'Pay with Bitcoin'
      }</a></p>
    <p data-kessai-message></p><p><a href="#after">Terms</a></p></main>`;

  const pages = /** @type {Record<string, () => [type: string, body: string]>} */ ({
    '/': () => ['text/html', draw()],
    '/thanks': () => ['text/html', '<!doctype html><title>Thanks</title><h1>Thanks</h1>'],
    '/kessai.js': () => ['text/javascript', read('pkg/browser/kessai.js')],
    '/kessai.mjs': () => ['text/javascript', read('pkg/browser/kessai.mjs')],
    '/record.js': () => ['text/javascript', RECORD],
    '/style.css': () => ['text/css', STYLE],
    '/status': () => ['application/json', JSON.stringify(standing)],
  });
  const server = http.createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    if (path === '/favicon.ico') return response.writeHead(204).end();
    visits.push(path);
    const page = pages[path];
    if (!page || (path === '/status' && !standing)) return response.writeHead(404).end();
    const [type, body] = page();
    response.writeHead(200, {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': policy(policyFor(world.sim.url)),
      ...(triedOut && { 'content-security-policy-report-only': triedOut }),
      'referrer-policy': 'no-referrer',
    });
    response.end(body);
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const url = `http://localhost:${port}`;
  const page = await world.openPage(given.context);
  /** @type {string[]} */
  const warnings = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  /** @type {[name: string, invoiceId: string][]} */
  const log = [];
  await page.exposeFunction('record', (/** @type {string} */ name, /** @type {string} */ id) => {
    log.push([name, id]);
  });
  await page.goto(url);

  /**
   * Posts all of it to the page, with no time in between.
   * @param {unknown[]} messages
   * @param {string} [from]
   */
  const postAll = (messages, from = origin) =>
    page.evaluate(
      ([origin, ...messages]) => {
        for (const data of messages)
          window.dispatchEvent(new MessageEvent('message', { origin: String(origin), data }));
      },
      [from, ...messages],
    );

  return {
    ...world,
    origin,
    url,
    page,
    invoice,
    visits,
    warnings,
    frame: page.locator('iframe[name=btcpay]'),
    inside: page.frameLocator('iframe[name=btcpay]'),
    message: page.locator('[data-kessai-message]'),
    /** @param {typeof standing} next */
    answer: (next) => {
      standing = next;
    },
    /** Presses the button and waits for the frame. */
    async open() {
      await page.locator('#pay').click();
      await page.locator('iframe[name=btcpay]').waitFor();
      await page
        .frameLocator('iframe[name=btcpay]')
        .getByRole('button', { name: /close|閉じる/i })
        .waitFor();
    },
    log,
    /** @param {string} name */
    told: (name) => until(() => log.some(([told]) => told === name), `the page is told ${name}`),
    /** Posts it to the page as if it came from there. @param {unknown} data @param {string} [from] */
    post: (data, from) => postAll([data], from),
    postAll,
    /** The customer is back from a wallet or another tab. */
    comeBack: () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
    thanks: () => visits.filter((path) => path === '/thanks').length,
  };
}
