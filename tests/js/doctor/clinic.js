/** A shop on loopback, the server it is connected to, and the doctor that looks at both: each part can be made ill. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import Database from 'libsql';
import { assemble } from '../../../js/api.js';
import { createKessai, version, webhookHandler } from '../../../js/node.js';
import { screen } from '../../../js/screen.js';
import { Clock, startBtcpaySim } from '../../../js/sim/index.js';
import { loadCore } from '../../../js/wasm.js';
import { createTransact, SCHEMA, SETTINGS, START } from '../flows/shop.js';

/** @import { IncomingMessage, RequestListener, ServerResponse } from 'node:http' */

/** What a web server, a firewall or a cache before the shop does with a request; `pass` lets the shop answer. */
/** @typedef {(request: IncomingMessage, response: ServerResponse, pass: (headers?: Record<string, string>) => Promise<void>) => unknown} Front */

/** Holds for `localhost`, and nobody signed it. */
export const PEM = new URL('../shim/selfSigned.pem', import.meta.url);

/** @type {Front} */
const open = (_request, _response, pass) => pass();

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../../js/sim/index.js').SimOptions} [options] of the server
 */
export async function openClinic(t, options = {}) {
  const clock = new Clock({ now: START, running: false });
  let sim = await startBtcpaySim({ clock, ...options });
  const db = new Database(':memory:');
  db.exec(SCHEMA);
  const settings = /** @type {any} */ ({ ...structuredClone(SETTINGS), ...accessOf(sim) });
  /** With which the running shop answers; the doctor has the others. @type {any} */
  let running = settings;
  const shop = { front: open };
  const listener = (/** @type {IncomingMessage} */ request, /** @type {ServerResponse} */ response) =>
    shop.front(request, response, (headers) => answer(request, response, headers));
  const { origin } = await listen(t, createServer(listener));
  t.after(async () => {
    await sim.close();
    db.close();
  });

  const callbackUrl = `${origin}/btcpay/webhook`;
  const transact = createTransact(db);
  const now = () => clock.now();
  /** @param {any} over */
  const kessaiOf = (over) => createKessai({ settings: over, orders: { transact }, now, logger: {} });

  /**
   * The shop's own answer, perhaps with a cache's or a proxy's headers.
   * @param {IncomingMessage} request
   * @param {ServerResponse} response
   * @param {Record<string, string>} [headers]
   */
  async function answer(request, response, headers) {
    const { method = 'GET', url = '' } = request;
    const body = method === 'GET' ? null : await buffer(request);
    const asked = new Request(`${origin}${url}`, { method, headers: plainHeaders(request), body });
    const { status, body: answered } = await webhookHandler(kessaiOf(running))(asked);
    response.writeHead(status, headers).end(answered && Buffer.from(await new Response(answered).arrayBuffer()));
  }

  const clinic = {
    clock,
    db,
    settings,
    shop,
    origin,
    listener,
    callbackUrl,
    /** What the doctor is told, and the machine it sits on. */
    visit: {
      callbackUrl: /** @type {string | undefined} */ (callbackUrl),
      webhookId: /** @type {string | undefined} */ (undefined),
      parts: [{ name: 'php-client', version }],
      runtime: { name: 'node', version: process.versions.node },
      secondsFast: 0,
    },
    get sim() {
      return sim;
    },
    /** The one webhook of the store. */
    get webhook() {
      return /** @type {any} */ (sim.webhooks.of(settings.storeId)[0] ?? assert.fail('there is no webhook'));
    },
    /** As the connection page does. @param {object} [how] */
    connect: (how = {}) => kessaiOf(settings).btcpay.registerWebhook({ url: callbackUrl, ...how }),
    /** The shop runs on with the settings of now, whatever the merchant changes. */
    keepRunning() {
      running = structuredClone(settings);
    },
    /** The shop is restarted. */
    restartShop() {
      running = settings;
    },
    /** The server's operator installs another version. @param {string} version */
    async update(version) {
      const { apiKey, storeId } = sim;
      await sim.close();
      sim = await startBtcpaySim({ clock, ...options, version, apiKey, storeId });
      Object.assign(settings, accessOf(sim));
      await clinic.connect();
    },
    /** A key with just these permissions of the store. @param {string[]} permissions @param {string} [store] */
    keyWith: (permissions, store = sim.storeId) => sim.addKey(permissions.map((one) => `${one}:${store}`)),
    /** Something happens that the shop is told. @param {object} [customer] what the invoice knows of one */
    async deliver(customer = {}) {
      const { apiKey } = sim;
      const order = {
        id: `order-${++orders}`,
        total: '5000',
        currency: 'JPY',
        returnUrl: 'https://shop.example/return',
      };
      db.prepare('INSERT INTO orders (id) VALUES (?)').run(order.id);
      const { invoiceId } = await kessaiOf({ ...settings, apiKey }).btcpay.createInvoice({ order });
      Object.assign(sim.invoice(invoiceId).metadata, customer);
      sim.mark(invoiceId, 'Settled');
      await sim.idle();
    },
    /** The last delivery is sent again by hand, behind what is still being repeated. */
    async redeliver() {
      sim.redeliver(String(sim.deliveries.list(clinic.webhook.id)[0]?.id));
      await sim.advance(60);
    },
    /** The doctor comes. @param {{ language?: 'en' | 'ja', deadlineMs?: number | undefined }} [how] */
    async run({ language, deadlineMs } = {}) {
      const { secondsFast, runtime, ...input } = clinic.visit;
      const options = { settings, now: () => clock.now() + secondsFast, logger: {}, ...(deadlineMs && { deadlineMs }) };
      return assemble({ call: loadCore().call, screen, runtime }, options).doctor.run({ ...input, language });
    },
  };
  let orders = 0;
  await clinic.connect();
  return clinic;
}

/** @typedef {Awaited<ReturnType<typeof openClinic>>} Clinic */

/** @param {Awaited<ReturnType<typeof startBtcpaySim>>} sim */
const accessOf = ({ url, storeId, apiKey }) => ({ serverUrl: url, storeId, apiKey });

/** @param {IncomingMessage} request */
const plainHeaders = ({ headers }) =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !['connection', 'content-length', 'transfer-encoding'].includes(name)
        ? [[name, value]]
        : [],
    ),
  );

/**
 * @param {import('node:test').TestContext} t
 * @param {import('node:http').Server} server
 */
async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { port, origin: `http://127.0.0.1:${port}` };
}

/**
 * An address at which nobody listens.
 * @returns {Promise<string>} its origin
 */
export async function closedOrigin() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

/**
 * An https server on loopback whose certificate nobody signed.
 * @param {import('node:test').TestContext} t
 * @param {RequestListener} listener
 * @returns {Promise<string>} its origin
 */
export async function listenTls(t, listener) {
  const pem = readFileSync(PEM);
  const { port } = await listen(t, createTlsServer({ key: pem, cert: pem }, listener));
  return `https://localhost:${port}`;
}

/**
 * Passes requests on to a server, as a proxy that ends TLS does.
 * @param {() => string} target its origin
 * @returns {RequestListener}
 */
export const proxyTo = (target) => async (request, response) => {
  const { method = 'GET', url = '' } = request;
  const body = method === 'GET' ? null : await buffer(request);
  const answered = await fetch(`${target()}${url}`, {
    method,
    headers: plainHeaders(request),
    body,
    redirect: 'manual',
  });
  const { 'content-encoding': _, 'transfer-encoding': __, ...headers } = Object.fromEntries(answered.headers);
  response.writeHead(answered.status, headers).end(Buffer.from(await answered.arrayBuffer()));
};
