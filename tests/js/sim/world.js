/**
 * A simulator whose clock stands still, and a shop that writes down every webhook it gets. All that the simulator
 * answers and sends is compared with the shapes of BTCPay Server's API description.
 */
import http from 'node:http';
import { startBtcpaySim } from '../../../js/sim/btcpay/index.js';
import { Clock } from '../../../js/sim/clock.js';
import { checkAnswer, checkWebhook } from './schema/shapes.js';

export const START = 1_792_900_000;
export const SECRET = 'webhook secret, used as text: 決済';

/**
 * @typedef {object} Received
 * @property {string} method
 * @property {string} path
 * @property {http.IncomingHttpHeaders} headers
 * @property {string} body
 * @property {any} event the body, read
 */

/** @param {http.IncomingMessage} message */
async function textOf(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * @param {import('node:test').TestContext} t
 * @param {import('../../../js/sim/btcpay/index.js').SimOptions} [options]
 */
export async function openWorld(t, options = {}) {
  /** @type {Received[]} */
  const received = [];
  const shop = {
    received,
    /** The next answers, then 200. @type {(number | { status: number, location: string } | 'hangUp')[]} */
    answers: [],
    url: '',
  };
  const server = http.createServer(async (request, response) => {
    const body = await textOf(request);
    const { method = '', url: path = '', headers } = request;
    received.push({ method, path, headers, body, event: body === '' ? null : JSON.parse(body) });
    const answer = shop.answers.shift() ?? 200;
    if (answer === 'hangUp') return request.socket.destroy();
    const { status, location } = typeof answer === 'number' ? { status: answer, location: undefined } : answer;
    return response.writeHead(status, location ? { Location: location } : {}).end();
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  shop.url = `http://127.0.0.1:${port}/hook`;
  const clock = new Clock({ now: START, running: false });
  const sim = await startBtcpaySim({ clock, webhook: { url: shop.url, secret: SECRET }, ...options });
  t.after(() => sim.close());
  t.after(() => {
    for (const { method, event } of received) if (method === 'POST') checkWebhook(event, sim.version);
  });

  /**
   * @param {string} method
   * @param {string} path below /api/v1
   * @param {unknown} [body]
   * @param {Record<string, string>} [headers] instead of the usual ones
   */
  async function call(
    method,
    path,
    body,
    headers = { Authorization: `token ${sim.apiKey}`, 'Content-Type': 'application/json' },
  ) {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${sim.url}/api/v1${path}`, { method, headers, body: text ?? null });
    const answer = await response.text();
    checkAnswer({ method, path, status: response.status, text: answer }, sim.version);
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text: answer, json: /json/.test(type) ? JSON.parse(answer) : undefined };
  }

  /** @param {Record<string, unknown>} [body] */
  async function create(body = {}) {
    const { json } = await call('POST', `/stores/${sim.storeId}/invoices`, {
      amount: '1000',
      currency: 'JPY',
      ...body,
    });
    return json;
  }

  /** @param {string} id */
  const read = async (id) => (await call('GET', `/stores/${sim.storeId}/invoices/${id}`)).json;

  /** @param {string} id */
  const stateOf = async (id) => {
    const { status, additionalStatus } = await read(id);
    return `${status}/${additionalStatus}`;
  };

  /** The types of the events so far, with what is true of each. */
  const story = async () => {
    await sim.idle();
    return received.map(({ event }) => {
      const facts = ['afterExpiration', 'overPaid', 'partiallyPaid', 'manuallyMarked'].filter(
        (name) => event[name] === true,
      );
      const payment = event.payment ? [event.payment.status] : [];
      return [event.type, ...payment, ...facts].join(' ');
    });
  };

  return { sim, shop, call, create, read, stateOf, story };
}
