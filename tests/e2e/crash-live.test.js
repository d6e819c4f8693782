/** Nothing is killed here: two shops on one database, and a payment server that does not answer. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import Database from 'libsql';
import { newDeal } from './crash/market.js';
import { chooseSeed, Random } from './crash/random.js';
import { Supervisor } from './crash/supervisor.js';
import { witness } from './crash/truth.js';
import { judge } from './crash/verdict.js';
import { peace, World } from './crash/world.js';

/** @import { AddressInfo } from 'node:net' */
/** @import { Deal, Story } from './crash/market.js' */

/** @typedef {{body: string, headers: Record<string, string>}} Delivery */

/** How the payment server comes to send four webhooks of one invoice. @type {Story[]} */
const stories = ['lightning', 'onchain', 'over', 'late', 'partial', 'marked'];
const ORDERS = 30;
const AT_ONCE = 8;

describe('without a crash', { concurrency: true }, () => {
  it('two shops on one database take the webhooks of an order at the same instant', { timeout: 200_000 }, async (t) => {
    const seed = chooseSeed();
    t.diagnostic(`KESSAI_SEED=${seed}`);
    const random = new Random(seed);
    const world = await World.open(peace);
    const { sim, file } = world;
    const { url, apiKey, storeId } = sim;
    const second = new Supervisor({ ...peace, file, btcpay: { url, apiKey, storeId }, now: sim.clock.now() });
    const mailbox = await openMailbox();
    try {
      const shops = [await world.shop.up(), await second.up()];
      const [webhook] = sim.webhooks.of(sim.storeId);
      assert.ok(webhook);
      sim.webhooks.replace(webhook, { ...webhook, url: mailbox.url });
      const seen = witness(sim);

      /** @type {Deal[]} */
      const deals = [];
      for (let no = 0; no < ORDERS; no++) {
        const deal = newDeal(/** @type {Story} */ (stories[no % stories.length]), random);
        deals.push(deal);
        // The form, sent to both, is one order with one invoice.
        const invoices = (await Promise.all(shops.map((shop) => order(shop, deal)))).flatMap((location) =>
          location.startsWith(`${sim.url}/i/`) ? [location] : [],
        );
        assert.equal(new Set(invoices).size, 1, `one payment page for ${deal.key}`);
        deal.shown = [String(invoices[0]).slice(`${sim.url}/i/`.length)];
      }
      const of = (/** @type {Story[]} */ ...told) =>
        deals.flatMap(({ story, shown: [id = ''] }) => (told.includes(story) ? [id] : []));
      for (const id of of('lightning')) sim.pay(id);
      for (const id of of('onchain')) sim.pay(id, { method: 'onchain' });
      for (const id of of('over')) sim.pay(id, { method: 'onchain', amount: 'over' });
      for (const id of of('partial')) sim.pay(id, { method: 'onchain', amount: 'half' });
      for (const id of of('marked')) sim.mark(id, 'Settled');
      sim.mine();
      await pass([world.shop, second], sim, 901);
      for (const id of of('late')) sim.pay(id, { method: 'onchain' });
      sim.mine();
      await sim.idle();

      const answers = await inTurn(random.shuffle(deals), async ({ shown: [id = ''] }) => {
        const own = mailbox.deliveries.filter(({ body }) => body.includes(id));
        assert.ok(own.length > 0, `webhooks of ${id}`);
        // Each to both, in any order, some of them twice.
        const sent = [...own, ...own, ...own, ...own, ...own, ...own, ...own, ...own].slice(
          0,
          Math.max(AT_ONCE, 2 * own.length),
        );
        return Promise.all(random.shuffle(sent).map((delivery, no) => post(String(shops[no % 2]), delivery)));
      });
      const counts = answers.flat().reduce((sums, status) => sums.set(status, (sums.get(status) ?? 0) + 1), new Map());
      // What was sent to one shop only is known to both, and what both refused would come again.
      assert.deepEqual([...counts.keys()], [200]);
      const { cases, orders, mailsAgain } = await judge({ file, sim, seen, deals, lines: world.shop.lines() });
      t.diagnostic(JSON.stringify({ orders, ...cases, webhooks: counts.get(200), mailsAgain }));
    } finally {
      mailbox.close();
      await second.close();
      await world.close();
    }
  });

  it('a payment server that does not answer holds up nothing but the question', { timeout: 200_000 }, async () => {
    const random = new Random(1);
    const world = await World.open(peace);
    const { sim, shop } = world;
    try {
      const seen = witness(sim);
      const url = await shop.up();
      const [late, other] = [newDeal('late', random), newDeal('lightning', random)];
      const invoice = (await order(url, late)).slice(`${sim.url}/i/`.length);
      const id = String(sim.invoice(invoice).metadata.orderId);
      await world.pass(901);
      await world.settle();

      sim.fault({ on: 'api', kind: 'hang', times: 'always', match: 'GET *invoices*' });
      // Of late money the server is asked how much it is: the webhook waits for an answer that does not come.
      sim.pay(invoice, { method: 'onchain' });
      await until(() => sim.faults.fired.length > 0);

      const page = await fetch(`${url}/orders/${id}?key=${late.key}`);
      assert.equal(page.status, 200, 'the page of the same order');
      assert.match(await order(url, other), new RegExp(`^${sim.url}/i/`), 'another order');
      const [paidAfter] = sim.deliveries.list().filter(({ type }) => type === 'InvoicePaidAfterExpiration');
      assert.equal(paidAfter, undefined, 'the next webhook of the order waits for the first');
      // It comes nevertheless, as a redelivery by hand would.
      const before = recordOf(world.file, id);
      const expired = sim.deliveries.list().find(({ type }) => type === 'InvoiceExpired');
      assert.ok(expired);
      const [{ secret } = { secret: '' }] = sim.webhooks.of(sim.storeId);
      const { signWebhook } = await import('kessai');
      const body = expired.request.replace('"InvoiceExpired"', '"InvoicePaidAfterExpiration"');
      const { header, value } = signWebhook(body, secret);
      const second = post(url, { body, headers: { [header]: value } });
      await until(() => recordOf(world.file, id) !== before);
      assert.deepEqual(
        sim.deliveries.list().filter(({ type }) => type === 'InvoiceReceivedPayment'),
        [],
        'the first still waits',
      );

      await sim.idle();
      const [first] = sim.deliveries.list().filter(({ type }) => type === 'InvoiceReceivedPayment');
      assert.equal(first?.httpCode, 503);
      assert.equal(await second, 503);
      sim.clearFaults();
      sim.mine();
      await world.settle();
      await judge({ ...world, seen, deals: [late, other], lines: shop.lines() });
    } finally {
      await world.close();
    }
  });
});

/**
 * @param {string} url of the shop
 * @param {Deal} deal
 * @returns {Promise<string>} where the customer is sent
 */
async function order(url, { items, key }) {
  const form = { items, key, name: 'A. Customer', email: 'customer@example.com', address: 'Kyoto' };
  const body = new URLSearchParams(form);
  const response = await fetch(`${url}/orders`, { method: 'POST', headers: { origin: url }, body, redirect: 'manual' });
  assert.equal(response.status, 303);
  return String(response.headers.get('location'));
}

/**
 * @param {string} url of the shop
 * @param {Delivery} delivery
 */
async function post(url, { body, headers }) {
  const response = await fetch(`${url}/webhooks/btcpay`, { method: 'POST', body, headers });
  await response.text();
  return response.status;
}

/** Where webhooks are kept instead of delivered. */
async function openMailbox() {
  /** @type {Delivery[]} */
  const deliveries = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = { 'content-type': 'application/json', 'btcpay-sig': String(request.headers['btcpay-sig']) };
    deliveries.push({ body: Buffer.concat(chunks).toString('utf8'), headers });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/webhooks/btcpay`, deliveries, close: () => server.close() };
}

/**
 * @param {Supervisor[]} shops
 * @param {World['sim']} sim
 * @param {number} seconds
 */
async function pass(shops, sim, seconds) {
  for (const shop of shops) await shop.setClock(sim.clock.now() + seconds);
  await sim.advance(seconds);
}

/**
 * @template T, Result
 * @param {T[]} items
 * @param {(item: T) => Promise<Result>} work
 */
async function inTurn(items, work) {
  const results = [];
  for (const item of items) results.push(await work(item));
  return results;
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 4000, 'it never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * @param {string} file
 * @param {string} id
 * @returns {string}
 */
function recordOf(file, id) {
  const db = new Database(file, { readonly: true });
  const { record } = /** @type {{record: string}} */ (db.prepare('SELECT record FROM orders WHERE id = ?').get(id));
  db.close();
  return record;
}
