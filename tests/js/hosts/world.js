/** A shop on a real database, a simulated server, and what it sent, to be delivered as a test likes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createKessai } from '../../../js/node.js';
import { openWorld, SECRET } from '../sim/world.js';
import { EXAMPLES } from './shops.js';

/** @typedef {import('../sim/world.js').Received} Received */

const PROCESS = fileURLToPath(new URL('process.js', import.meta.url));
let lastOrder = 100;

/**
 * @param {import('node:test').TestContext} t
 * @param {string} name of the example
 * @param {string} socket where its database is, with its tables in it
 */
export async function openShop(t, name, socket) {
  const example = /** @type {import('./shops.js').Example} */ (EXAMPLES[name]);
  const { sim, shop: received } = await openWorld(t);
  const db = await example.open(socket);
  t.after(() => db.close());
  const settings = {
    serverUrl: sim.url,
    apiKey: sim.apiKey,
    storeId: sim.storeId,
    shopId: name,
    shopKey: 'a key of this shop alone, made for the tests',
    webhookSecrets: [{ name: 'main', secret: SECRET }],
    statuses: example.statuses,
  };
  const kessai = createKessai({ settings, orders: db.orders, now: () => sim.clock.now(), logger: {} });

  /** A new order and its invoice. */
  async function sell() {
    lastOrder += 1;
    const id = String(lastOrder);
    for (const statement of example.sell(id)) await db.query(statement);
    const order = { id, total: '1000', currency: 'JPY', returnUrl: 'https://shop.example/' };
    const { invoiceId } = await kessai.btcpay.createInvoice({ order });
    return { id, invoiceId };
  }

  /** What the server has sent about an invoice since it was made. @param {string} invoiceId */
  async function sent(invoiceId) {
    await sim.idle();
    return received.received.filter(({ event }) => event.invoiceId === invoiceId && event.type !== 'InvoiceCreated');
  }

  /** @param {string} id */
  async function look(id) {
    const [order] = await db.query(example.look(id));
    const messages = await db.query(example.messages(id));
    const mails = messages.filter(({ kind }) => kind === 'mail').map(({ key }) => key);
    const alerts = messages.filter(({ kind }) => kind === 'alert').map(({ key }) => key);
    return { ...order, mails, alerts, record: JSON.parse(order.record), text: order.record };
  }

  /** Another process of the same shop. @param {string} [die] before the first statement that matches */
  async function another(die) {
    const config = { example: name, socket, settings, now: sim.clock.now(), die };
    const child = spawn(process.execPath, [PROCESS, JSON.stringify(config)], { stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    });
    const [line] = await once(child.stdout, 'data');
    const url = String(line).trim();
    /** @param {Received} message */
    const take = async ({ headers, body }) => {
      const signature = String(headers['btcpay-sig']);
      const response = await fetch(url, { method: 'POST', headers: { 'btcpay-sig': signature }, body });
      return { status: response.status, body: await response.text() };
    };
    return { take, child };
  }

  /** @param {Received} message */
  const take = ({ headers, body }) => kessai.webhook(body, headers);

  /** @param {Received[]} messages */
  async function takeAll(messages) {
    for (const message of messages) {
      const { status, body } = await take(message);
      assert.equal(status, 200, body);
    }
  }

  return { example, sim, kessai, query: db.query, carryOut: db.carryOut, sell, sent, look, another, take, takeAll };
}
