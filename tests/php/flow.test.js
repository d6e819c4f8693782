/** Whole payments from PHP: a shop on MariaDB, kessai, and the simulated server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openShop, startDatabase } from './world.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

/** @type {[import('./world.js').Kind, 'pdo' | 'mysqli', boolean][]} */
const SHOPS = [
  ['whole', 'pdo', false],
  ['whole', 'mysqli', true],
  ['foreign', 'pdo', true],
  ['foreign', 'mysqli', false],
];

for (const [kind, driver, silent] of SHOPS) {
  test(`an order is paid, told twice, and refunded: ${kind} shop, ${driver}${silent ? ' without exceptions' : ''}`, async (t) => {
    const shop = await openShop(t, kind, database.socket, { driver, silent });
    const { id, invoiceId, order, invoice } = await shop.sell();
    assert.equal(invoice.reused, false);
    assert.equal(new URL(invoice.checkoutLink).origin, new URL(shop.sim.url).origin);
    assert.deepEqual(await shop.first.call('btcpay.createInvoice', { order }), { ...invoice, reused: true });

    shop.sim.pay(invoiceId, { method: 'onchain' });
    shop.sim.mine(6);
    const sent = await shop.sent(invoiceId);
    assert.equal(sent.length, 4);
    await shop.takeAll([...sent, ...sent.toReversed()]);
    const { told, stock, moves } = await shop.look(id);
    assert.deepEqual(told, shop.paid);
    if (kind === 'whole') assert.equal(stock, 8);
    else assert.equal(moves, 2, 'Pending, Processing');

    const record = (await shop.first.work('record', { orderId: id })).ok;
    const standing = await shop.first.call('checkout.standing', { record });
    assert.deepEqual([standing.page, standing.case], ['paid', 'settled']);
    const refund = await shop.first.call('btcpay.refundInvoice', { orderId: id, key: 'once', kind: 'rateThen' });
    const again = await shop.first.call('btcpay.refundInvoice', { orderId: id, key: 'once', kind: 'rateThen' });
    assert.deepEqual(again, { ...refund, reused: true });
    const applied = await shop.first.call('order.apply', { orderId: id, check: true });
    assert.deepEqual([applied.case, applied.refund], ['settled', 'pending']);
    const { texts } = await shop.look(id);
    assert.ok(texts.some((/** @type {string} */ text) => text.includes(refund.claimLink)));
  });
}

test('the same through one process a call, requests sent by PHP itself', async (t) => {
  const shop = await openShop(t, 'foreign', database.socket, { driver: 'mysqli', byProcess: true });
  const { id, invoiceId } = await shop.sell();
  shop.sim.pay(invoiceId);
  const sent = await shop.sent(invoiceId);
  await shop.takeAll(sent.slice(-1));
  const { told } = await shop.look(id);
  assert.deepEqual({ status: told.status, mails: told.mails }, { status: shop.words.paid, mails: ['mail/paid/1'] });
  const { verdict, checks } = await shop.first.call('doctor.run');
  assert.notEqual(verdict, 'failed', JSON.stringify(checks));
  const meaning = (/** @type {string} */ id) => checks.find((/** @type {any} */ check) => check.id === id)?.meaning;
  assert.match(meaning('host.runtime'), /^php 8/);
  assert.match(meaning('host.part/php-client'), /fits/);
});

test('eight messages at the same instant through two processes: none is lost, none counts twice', async (t) => {
  for (const kind of /** @type {const} */ (['whole', 'foreign'])) {
    const shop = await openShop(t, kind, database.socket);
    const processes = await Promise.all(Array.from({ length: 8 }, () => shop.process()));
    for (let round = 0; round < 3; round++) {
      const { id, invoiceId } = await shop.sell();
      shop.sim.pay(invoiceId, { method: 'onchain' });
      shop.sim.mine(6);
      const sent = await shop.sent(invoiceId);
      const answers = await Promise.all(processes.map(({ take }, at) => take(/** @type {any} */ (sent[at % 4]))));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]), JSON.stringify(answers));
      const { told, stock } = await shop.look(id);
      assert.deepEqual(told, shop.paid, kind);
      if (kind === 'whole') assert.equal(stock, 8);
    }
  }
});

test('two processes that make the invoice of one order make one', async (t) => {
  const shop = await openShop(t, 'whole', database.socket);
  const { order } = await shop.sell();
  const fresh = { ...order, id: `${order.id}-b` };
  await shop.query(`INSERT INTO orders (id) VALUES ('${fresh.id}')`);
  const processes = await Promise.all([shop.process(), shop.process(), shop.process()]);
  const made = await Promise.all(processes.map(({ call }) => call('btcpay.createInvoice', { order: fresh })));
  assert.equal(new Set(made.map(({ invoiceId }) => invoiceId)).size, 1);
  const { invoices } = await shop.first.call('btcpay.listInvoices', { orderIds: [fresh.id] });
  assert.equal(invoices.filter((/** @type {any} */ { status }) => status === 'New').length, 1);
});

test('an answer of the server that is lost makes no second invoice, whoever sends the requests', async (t) => {
  for (const byProcess of [false, true]) {
    // The clock of this shop stands still, so that nothing is gained by waiting.
    const shop = await openShop(t, 'foreign', database.socket, { byProcess, deadline: 2 });
    shop.sim.fault({ on: 'api', kind: 'resetAfter', match: 'POST *invoices' });
    const [[{ next }]] = /** @type {any} */ (await shop.query('SELECT MAX(order_id) + 5000 AS next FROM oc_order'));
    const id = String(next ?? 5000);
    await shop.query(`INSERT INTO oc_order (order_id) VALUES (${id})`);
    const order = { id, total: '1000', currency: 'JPY', returnUrl: 'https://shop.example/' };
    const first = await shop.first.work('btcpay.createInvoice', { input: { order } });
    assert.equal(first.ok, undefined, 'it is not known whether there is one');
    await shop.sim.advance(120);
    const { invoiceId } = await shop.first.call('btcpay.createInvoice', { order });
    const { invoices } = await shop.first.call('btcpay.listInvoices', { orderIds: [id] });
    assert.deepEqual(
      invoices.map((/** @type {any} */ invoice) => invoice.id),
      [invoiceId],
      JSON.stringify(first),
    );
  }
});

test('what a stranger sends, and orders of others, change nothing and are answered as they should be', async (t) => {
  for (const kind of /** @type {const} */ (['whole', 'foreign'])) {
    const shop = await openShop(t, kind, database.socket);
    const { id, invoiceId } = await shop.sell();
    const before = await shop.look(id);
    shop.sim.pay(invoiceId);
    const [message] = await shop.sent(invoiceId);
    assert.ok(message);
    const take = (/** @type {object} */ changes) => shop.first.take(/** @type {any} */ ({ ...message, ...changes }));
    assert.deepEqual(await take({ body: `${message.body} ` }), {
      status: 401,
      body: '{"code":"webhook.signatureWrong"}',
    });
    assert.deepEqual(await take({ headers: {} }), { status: 401, body: '{"code":"webhook.signatureMissing"}' });
    assert.deepEqual(await take({ body: 'x'.repeat(1024 * 1024 + 1) }), {
      status: 413,
      body: '{"code":"webhook.tooLarge"}',
    });
    const server = { REQUEST_METHOD: 'POST', HTTP_BTCPAY_SIG: message.headers['btcpay-sig'], CONTENT_LENGTH: '1' };
    for (const orderId of ['9999999', `${id}x`, `${id} `, ` ${id}`, "' OR '1'='1", '-1', 'x'.repeat(300)]) {
      const other = await shop.first.work('order.apply', { input: { orderId, check: true } });
      assert.equal(other.code, 'order.unknown', `${orderId}: ${other.message}`);
    }
    assert.deepEqual(await shop.look(id), before);
    const [rows] = /** @type {any} */ (
      await shop.query(
        `SELECT COUNT(*) AS n FROM ${kind === 'whole' ? 'kessai_order' : 'oc_kessai_order'} WHERE record IS NULL`,
      )
    );
    assert.equal(rows[0].n, 0, 'nothing is kept of an order that is not there');
    assert.equal((await take({ headers: server })).status, 200, 'headers as in $_SERVER');
  }
});

test('a server before 1.7.1 tells of an invoice and not of the order', async (t) => {
  const shop = await openShop(t, 'whole', database.socket, { version: '1.6.0' });
  const { id, invoiceId } = await shop.sell();
  shop.sim.pay(invoiceId);
  const sent = await shop.sent(invoiceId);
  assert.ok(sent.length > 0 && sent.every(({ event }) => event.metadata === undefined));
  await shop.takeAll(sent);
  assert.equal((await shop.look(id)).told.status, 'paid');
});

test('orders whose webhooks were all lost are found by the job', async (t) => {
  const shop = await openShop(t, 'foreign', database.socket);
  const orders = [await shop.sell(), await shop.sell()];
  const [first, second] = orders;
  assert.ok(first && second);
  shop.sim.pay(first.invoiceId);
  await shop.sim.idle();
  const { ok: outcomes } = await shop.first.work('reconcile', { all: true });
  const of = (/** @type {string} */ id) => outcomes.find((/** @type {any} */ { orderId }) => orderId === id);
  assert.deepEqual(of(first.id), { orderId: first.id, outcome: 'checked', case: 'settled' });
  assert.deepEqual(of(second.id), { orderId: second.id, outcome: 'checked', case: 'new' });
  const { ok: again } = await shop.first.work('reconcile');
  assert.deepEqual(new Set(again.map((/** @type {any} */ { outcome }) => outcome)), new Set(['unchanged']));
  assert.deepEqual((await shop.look(first.id)).told.status, shop.words.paid);
});

test('without orders, or without an id, the error says what is missing', async (t) => {
  const shop = await openShop(t, 'whole', database.socket);
  const { code, details } = await shop.first.work('order.apply', { input: {} });
  assert.deepEqual({ code, details }, { code: 'host.failed', details: 'order.apply needs the id of an order' });
});
