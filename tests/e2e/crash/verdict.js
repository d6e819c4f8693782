/** Compares all that a shop keeps with what is true at the payment server. */
import assert from 'node:assert/strict';
import { createKessai } from 'kessai';
import Database from 'libsql';
import { expectedOf } from './truth.js';
import { STOCK } from './world.js';

/** @import { Order } from '../../../js/demo/orders.js' */
/** @import { Expected } from './truth.js' */
/** @import { Deal } from './market.js' */

// Only to read what is in a record.
const kessai = createKessai({
  settings: {
    serverUrl: 'http://127.0.0.1:1',
    apiKey: 'none',
    storeId: 'none',
    shopId: 'none',
    shopKey: 'none'.repeat(8),
  },
});

/**
 * @param {object} parts
 * @param {string} parts.file of the shop's database
 * @param {import('../../../js/sim/btcpay/index.js').BtcpaySim} parts.sim
 * @param {Map<string, number>} parts.seen
 * @param {Deal[]} parts.deals
 * @param {string[]} parts.lines what the shop logged
 * @returns {Promise<{cases: Record<string, number>, orders: number, mailsAgain: number}>} `mailsAgain`: that left once more,
 *   because the process died before it could write down that they had
 */
export async function judge({ file, sim, seen, deals, lines }) {
  const db = new Database(file, { readonly: true });
  /** @type {(sql: string) => any[]} */
  const all = (sql) => db.prepare(sql).all();
  const orders = /** @type {Order[]} */ (all('SELECT * FROM orders'));
  const items = all('SELECT * FROM order_items');
  const mails = all('SELECT * FROM outbox');
  const products = all('SELECT * FROM products');
  db.close();

  /** @type {Record<string, number>} */
  const cases = {};
  const invoicesOf = (/** @type {string} */ id) => sim.invoices.all().filter(({ metadata }) => metadata.orderId === id);
  const dealOf = new Map(deals.map((deal) => [deal.key, deal]));
  for (const order of orders) {
    const invoices = invoicesOf(order.id);
    const deal = dealOf.get(order.key);
    assert.ok(deal, `order ${order.id} was never ordered`);
    assert.ok(invoices.length <= 1, `order ${order.id} has ${invoices.length} invoices`);
    const [invoice] = invoices;
    const name = await judgeOrder({ order, invoice, deal, mails, sim, seen });
    cases[name] = (cases[name] ?? 0) + 1;
  }
  assert.equal(new Set(deals.map(({ key }) => key)).size, orders.length, 'each form is one order');

  for (const { id, stock } of products) {
    const sold = items.filter(({ product_id, order_id }) => {
      return product_id === id && orders.find((order) => order.id === order_id)?.stock === 'taken';
    });
    const taken = sold.reduce((sum, { quantity }) => sum + quantity, 0);
    assert.equal(stock, STOCK - taken, `the stock of ${id}`);
  }

  const said = lines.filter((line) => /^order \d+: (note|alert|mail): /.test(line));
  const twice = said.filter((line, at) => said.indexOf(line) !== at);
  assert.deepEqual(twice, [], 'no note, alert or mail is issued twice');
  const left = lines.filter((line) => line.includes(': mail sent: '));
  for (const { order_id, text, key, sent_at } of mails) {
    const line = `order ${order_id}: mail sent: ${text}`;
    assert.ok(left.includes(line), `order ${order_id}: the mail ${key} left`);
    assert.notEqual(sent_at, null, `order ${order_id}: the mail ${key} is known to have left`);
  }
  assert.equal(new Set(left).size, mails.length, 'no mail left that is not in the outbox');
  assert.deepEqual(sim.unknownRoutes, [], 'the server was asked nothing it does not know');
  return { cases, orders: orders.length, mailsAgain: left.length - mails.length };
}

/**
 * @param {object} parts
 * @param {Order} parts.order
 * @param {import('../../../js/sim/btcpay/state.js').Invoice | undefined} parts.invoice
 * @param {Deal} parts.deal
 * @param {any[]} parts.mails
 * @param {import('../../../js/sim/btcpay/index.js').BtcpaySim} parts.sim
 * @param {Map<string, number>} parts.seen
 */
async function judgeOrder({ order, invoice, deal, mails, sim, seen }) {
  const { alerts } = await kessai.order.timeline({ record: order.record });
  const codes = alerts.map(({ code }) => code);
  let expected = expectedOf(invoice);
  // Closed before it was ever made.
  const isWithdrawn = !invoice && ['cancelled', 'cancelledByMerchant'].includes(deal.story);
  if (isWithdrawn) expected = { ...expected, status: 'cancelled', stock: 'returned' };
  // Goods that were let go are not called back by a status: a person has to look.
  const areOut = deal.story === 'markedBack' && codes.includes('goodsAreOut');
  if (areOut) expected = { ...expected, status: 'paid', goods: 'release', stock: 'taken', alerts: ['goodsAreOut'] };

  const own = mails.filter(({ order_id }) => order_id === order.id).map(({ key }) => key);
  const refunds = invoice ? sim.pullPayments.all().filter(({ invoiceId }) => invoiceId === invoice.id) : [];
  assert.ok(refunds.length <= 1, `order ${order.id}: ${refunds.length} refunds of one key`);
  if (deal.isRefunded) assert.equal(refunds.length, 1, `order ${order.id}: the refund that the merchant was told of`);
  // Nothing is shipped while all of the money goes back.
  if (refunds.length > 0) expected = { ...expected, goods: 'hold' };
  const isPaid = expected.status === 'paid';
  const promised = isPaid ? ['mail/paid/1'] : [];
  const claims = refunds.map(({ id }) => `mail/refund/${id}`);

  const found = {
    status: order.status,
    goods: order.goods,
    stock: order.stock,
    alerts: codes.sort(),
    mails: own.sort(),
  };
  const { status, goods, stock, alerts: wanted } = expected;
  assert.deepEqual(
    found,
    { status, goods, stock, alerts: wanted.sort(), mails: [...promised, ...claims].sort() },
    `order ${order.id} (${deal.story}), ${expected.name}: invoice ${invoice?.status}/${invoice?.additionalStatus}, record ${order.record}`,
  );
  if (wanted.length > 0) assert.equal(order.attention, 1, `order ${order.id} is shown to the merchant`);
  if (invoice && !areOut) {
    // The record names each notice once: what is in it was issued, in the commit that stored it.
    const noted = order.record?.split(`note/${expected.name}/${invoice.id}`).length;
    // An invoice of which no webhook came is nothing new.
    assert.ok(
      noted === 2 || (expected.name === 'new' && noted === 1),
      `order ${order.id}: a note of ${expected.name} in ${order.record}`,
    );
  }

  const isDated = isPaid ? wasPaidAt(order.paid_at, invoice, seen) : order.paid_at === null;
  assert.ok(isDated, `order ${order.id} (${expected.name}): paid at ${order.paid_at}`);
  return expected.name;
}

/**
 * An invoice was paid when the server closed it, or, where the shop was not told of that, when its last payment came. When it
 * was marked the server does not say: without the webhook it is when the shop saw it.
 * @param {number | null} at
 * @param {import('../../../js/sim/btcpay/state.js').Invoice | undefined} invoice
 * @param {Map<string, number>} seen
 */
function wasPaidAt(at, invoice, seen) {
  if (at === null || !invoice) return false;
  const { id, payments, additionalStatus } = invoice;
  const told = ['InvoiceSettled', 'InvoicePaymentSettled'].map((type) => seen.get(`${id} ${type}`));
  if (additionalStatus === 'Marked' && payments.length === 0) return at >= Number(told[0]);
  return [...told, ...payments.map(({ receivedDate }) => receivedDate)].includes(at);
}
