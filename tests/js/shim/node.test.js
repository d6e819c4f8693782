import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as kessaiModule from '../../../js/node.js';
import { startBtcpaySim } from '../../../js/sim/btcpay/index.js';
import { database } from './database.js';
import { gateway } from './gateway.js';

/** @import { Effect, OrderRow, Settings } from '../../../js/index.js' */

const { createKessai, KessaiError, signWebhook, version, webhookHandler } = kessaiModule;

const SECRET = 'a webhook secret of the test';
const ORDER = { id: '1', total: '12.50', currency: 'USD', returnUrl: 'https://shop.example/orders/1' };

/**
 * A shop with one order at a simulated server, which delivers to the shop's own route.
 * @param {import('node:test').TestContext} t
 * @param {Partial<Settings>} [settings]
 */
async function open(t, settings) {
  /** @type {number[]} */
  const answers = [];
  const route = await gateway(t, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, body } = await kessai.webhook(Buffer.concat(chunks), request.headers);
    answers.push(status);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const sim = await startBtcpaySim({ webhook: { url: `${route.url}/btcpay`, secret: SECRET } });
  t.after(() => sim.close());
  /** @type {OrderRow} */
  const row = { orderId: '1', record: null, shop: { status: 'awaiting', method: 'btcpay' } };
  const shop = database({ 1: row });
  const kessai = createKessai({
    settings: {
      serverUrl: sim.url,
      apiKey: sim.apiKey,
      storeId: sim.storeId,
      shopId: 'shim',
      shopKey: 'a key of the test, longer than 32 characters',
      webhookSecrets: [{ name: 'main', secret: SECRET }],
      statuses: { map: { settled: 'paid' }, initial: ['awaiting'] },
      ...settings,
    },
    orders: serial(shop.orders),
    now: () => sim.clock.now(),
    logger: {},
  });
  return { sim, kessai, shop, row, answers };
}

/**
 * A database waits for a lock that another holds.
 * @param {import('../../../js/index.js').Orders} orders
 */
function serial(orders) {
  let last = Promise.resolve();
  /** @type {import('../../../js/index.js').Transact} */
  const transact = (key, step) => {
    const mine = last.then(() => orders.transact(key, step));
    last = mine.then(
      () => {},
      () => {},
    );
    return mine;
  };
  return { transact };
}

/** @param {Effect[]} effects */
const statuses = (effects) => effects.flatMap((effect) => (effect.kind === 'status' ? [effect.to] : []));

test('an order is paid: invoice, webhooks, record and effects, over real HTTP', async (t) => {
  const { sim, kessai, shop, row, answers } = await open(t);
  const invoice = await kessai.btcpay.createInvoice({ order: ORDER });
  assert.match(invoice.checkoutLink, new RegExp(`^${sim.url}/i/${invoice.invoiceId}`));
  assert.equal(typeof row.record, 'string');

  sim.pay(invoice.invoiceId, { method: 'lightning' });
  await sim.idle();
  assert.ok(answers.length > 0);
  assert.deepEqual(new Set(answers), new Set([200]));
  assert.deepEqual(statuses(shop.applied).at(-1), 'paid');
  assert.ok(shop.applied.some((effect) => effect.kind === 'goods' && effect.to === 'release'));

  const { entries } = await kessai.order.timeline({ record: row.record });
  assert.ok(entries.length > 0);
  const read = await kessai.btcpay.getInvoice({ invoiceId: invoice.invoiceId });
  assert.equal(read.status, 'Settled');
  const { invoices } = await kessai.btcpay.listInvoices({ orderIds: ['1'] });
  assert.deepEqual(
    invoices.map(({ id }) => id),
    [invoice.invoiceId],
  );
  const { paymentMethods } = await kessai.btcpay.paymentMethods({ invoiceId: invoice.invoiceId });
  assert.ok(paymentMethods.length > 0);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('two checkouts at once and one later show the one invoice', async (t) => {
  const { sim, kessai } = await open(t);
  const both = await Promise.all([
    kessai.btcpay.createInvoice({ order: ORDER }),
    kessai.btcpay.createInvoice({ order: ORDER }),
  ]);
  const later = await kessai.btcpay.createInvoice({ order: ORDER });
  assert.equal(new Set([...both, later].map(({ invoiceId }) => invoiceId)).size, 1);
  assert.equal(later.reused, true);
  assert.equal(sim.invoices.all().length, 1);
});

test('a lost webhook is made up for by a check', async (t) => {
  const { sim, kessai, shop } = await open(t, { webhookSecrets: [{ name: 'other', secret: 'not the secret' }] });
  const { invoiceId } = await kessai.btcpay.createInvoice({ order: ORDER });
  sim.pay(invoiceId, { method: 'lightning' });
  await sim.idle();
  assert.deepEqual(statuses(shop.applied), []);
  const decided = await kessai.order.apply({ orderId: '1', check: true });
  assert.equal(decided.case, 'settled');
  assert.deepEqual(statuses(shop.applied), ['paid']);
});

test('an invoice is closed, and one is marked', async (t) => {
  const { kessai, sim } = await open(t);
  const { invoiceId } = await kessai.btcpay.createInvoice({ order: ORDER });
  const closed = await kessai.btcpay.closeInvoice({ orderId: '1', invoiceId });
  assert.equal(closed.changed, true);
  assert.equal(sim.invoice(invoiceId).status, 'Invalid');
  const second = await kessai.btcpay.createInvoice({ order: ORDER });
  assert.notEqual(second.invoiceId, invoiceId);
  const marked = await kessai.btcpay.markInvoice({ orderId: '1', invoiceId: second.invoiceId, status: 'invalid' });
  assert.equal(marked.changed, true);
  assert.equal(sim.invoice(second.invoiceId).status, 'Invalid');
});

test('a server that is not there is a retryable error with a remedy, in the language of the settings', async (t) => {
  const { sim, kessai, row } = await open(t, { language: 'ja' });
  await sim.close();
  await assert.rejects(kessai.btcpay.createInvoice({ order: ORDER }), (error) => {
    assert.ok(error instanceof KessaiError);
    assert.equal(error.code, 'gateway.unreachable');
    assert.equal(error.retryable, true);
    assert.match(error.message, /[ぁ-ん]/);
    assert.match(error.remedy, /[ぁ-ん]/);
    return true;
  });
  assert.notEqual(row.record, undefined);
});

test('a shop tests its route with signWebhook, and a body changed on the way is refused', async (t) => {
  const { kessai, sim } = await open(t);
  const handle = webhookHandler(kessai);
  const event = { type: 'InvoiceSettled', invoiceId: 'unknown', storeId: sim.storeId, timestamp: sim.clock.now() };
  const body = JSON.stringify({ ...event, deliveryId: 'd', webhookId: 'w', metadata: {} }, null, 2);
  const { header, value } = signWebhook(body, SECRET);
  assert.equal(header, 'BTCPay-Sig');
  assert.equal(value, `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  /** @param {string} sent */
  const post = (sent) => handle(new Request('http://s/', { method: 'POST', headers: { [header]: value }, body: sent }));
  assert.equal((await post(body)).status, 200);
  const refused = await post(JSON.stringify(JSON.parse(body)));
  assert.equal(refused.status, 401);
  assert.deepEqual(await refused.json(), { code: 'webhook.signatureWrong' });
  assert.throws(() => signWebhook(body, ''), { name: 'KessaiError' });
  assert.throws(() => signWebhook(/** @type {any} */ ({}), SECRET), { code: 'webhook.parsedBody' });
});

test('what the shim itself fails with has a text and an answer of its own', async (t) => {
  const { kessai } = await open(t);
  const cases = [
    ['order.unknown', kessai.order.apply({ orderId: 'no such order' })],
    ['webhook.parsedBody', kessai.btcpay.readWebhook({ headers: {} }, /** @type {any} */ ({}))],
    ['host.failed', createKessai({ settings: /** @type {any} */ ({}), logger: {} }).order.apply({ orderId: '1' })],
  ];
  for (const [code, failing] of cases) {
    await assert.rejects(/** @type {Promise<unknown>} */ (failing), (error) => {
      assert.ok(error instanceof KessaiError);
      assert.equal(error.code, code);
      assert.ok(error.message && error.remedy && error.answer);
      return true;
    });
  }
});

test('the version is that of the package, and require gives the same module', () => {
  const { version: expected } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal(version, expected);
  assert.equal(createRequire(import.meta.url)('../../../js/node.js').createKessai, createKessai);
});
