/** A simulator of BTCPay Server, a shop's page on another origin, and one browser for all tests of a file. */
import http from 'node:http';
import { after, before } from 'node:test';
import { startBtcpaySim } from '../../js/sim/btcpay/index.js';
import { launch } from './browser.js';

/** @typedef {import('playwright-core').Page} Page */

/** @type {import('playwright-core').Browser} */
let browser;

/** To be called once in a file: a browser takes longer to start than a test to run. */
export function useBrowser() {
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../js/sim/btcpay/index.js').SimOptions} [options]
 */
export async function openSim(t, options = {}) {
  const sim = await startBtcpaySim({ redirectSeconds: 0, ...options });
  /** What the browser was refused, or failed with. @type {string[]} */
  const complaints = [];
  t.after(() => sim.close());

  /** @param {Record<string, unknown>} [body] */
  async function create(body = {}) {
    const response = await fetch(`${sim.url}/api/v1/stores/${sim.storeId}/invoices`, {
      method: 'POST',
      headers: { Authorization: `token ${sim.apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ amount: '1000', currency: 'JPY', ...body }),
    });
    return /** @type {{ id: string, checkoutLink: string }} */ (await response.json());
  }

  /** @param {import('playwright-core').BrowserContextOptions} [context] */
  async function openPage(context) {
    const opened = await browser.newContext(context);
    t.after(() => opened.close());
    const page = await opened.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    return page;
  }

  return { sim, create, openPage, complaints };
}

/**
 * @typedef {object} Visit
 * @property {string} method
 * @property {string} path with its query
 * @property {http.IncomingHttpHeaders} headers
 * @property {string} body
 */

/**
 * A shop's site: one page for every path.
 * @param {import('node:test').TestContext} t
 * @param {(visit: Visit) => string} draw
 */
export async function openShop(t, draw) {
  /** @type {Visit[]} */
  const visits = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const visit = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    if (visit.path !== '/favicon.ico') visits.push(visit);
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(draw(visit));
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://localhost:${port}`, visits };
}
