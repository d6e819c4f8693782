import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applied, deliver, Order, PLACED, redeliver, SETTINGS, SHOP } from '../../benches/orders.js';
import { call as peer } from '../../benches/peer.js';
import { loadCore } from '../../js/wasm.js';
import { loadCases, readable, resolve } from '../golden/cases.js';

/** @typedef {import('../../benches/orders.js').Delivery} Delivery */
/** @typedef {Record<string, any>} Json */

// The figures compare the core with a peer; they mean something only while the peer does the same work with the same outcome.

const core = loadCore().call;

/**
 * As JSON takes it; of an error only the code.
 * @param {Json} reply
 */
function plain({ err, ...reply }) {
  return JSON.parse(JSON.stringify(err ? { err: err.code } : reply));
}

/** What the peer does not claim: to find every wrong type, to keep numbers beyond a float, to leave out written defaults. */
const NOT_CLAIMED = [
  'btcpay.readWebhook/body-invoice-number.json',
  'btcpay.readWebhook/body-over-paid-text.json',
  'btcpay.readWebhook/body-payment-value-number.json',
  'btcpay.readWebhook/body-timestamp-fraction.json',
  'btcpay.readWebhook/body-timestamp-text.json',
  'btcpay.readWebhook/metadata-of-any-shape.json',
  'btcpay.readWebhook/secret-empty.json',
  'order.apply/message-with-an-unknown-fact.json',
  'order.apply/record-mistyped.json',
  'order.apply/record-of-a-future-build-new-fact.json',
  'order.apply/record-of-a-future-build.json',
  'order.apply/row-11-document-processing.json',
  'order.apply/row-12-document-lists-a-payment.json',
];

/** Families of cases about what it leaves out, because no figure measures it: presets, refunds, closing, the merchant's own decisions. */
const LEFT_OUT = /\/(preset-|refund-|lost-refund-|hands-off-taken-back|otherwise-paid|closed-with-money|short-)/;

test('the golden cases of its two operations', async (t) => {
  const claimed = loadCases().filter(
    ({ op, path }) =>
      path.startsWith(`${op}/`) && ['btcpay.readWebhook', 'order.apply'].includes(op) && !LEFT_OUT.test(path),
  );
  assert.deepEqual(
    NOT_CLAIMED.filter((path) => !claimed.some((golden) => golden.path === path)),
    [],
  );
  for (const golden of claimed.filter(({ path }) => !NOT_CLAIMED.includes(path))) {
    await t.test(`${golden.path}: ${golden.name}`, () => {
      const { input, raw } = resolve(golden);
      const expected = plain(golden.reply);
      assert.deepEqual(readable(expected, plain(peer(golden.op, JSON.parse(input), raw))), expected);
    });
  }
});

/**
 * Both take the same deliveries. The peer knows no `resume`, so it is the core that takes in the server's answers.
 * @param {Delivery[]} deliveries
 * @param {{ order?: Order, shop?: Json, settings?: Json, answer?: (request: Json) => Json }} [on]
 * @returns {Json[]} the replies
 */
function both(deliveries, { order = new Order(1), shop = SHOP, settings = SETTINGS, answer } = {}) {
  let { record } = order;
  let shown = shop;
  return deliveries.map((delivery) => {
    const ours = plain(applied(core, { record, shop: shown }, delivery, settings));
    const theirs = plain(applied(peer, { record, shop: shown }, delivery, settings));
    assert.deepEqual(theirs, ours);
    record = ours.save ?? record;
    const status = ours.effects?.find((/** @type {Json} */ { kind }) => kind === 'status');
    if (status) shown = { ...shown, status: status.to };
    if (ours.send && answer) {
      const input = { settings, orderId: order.id, record, shop: shown, now: PLACED + 3001 };
      const { then, send } = ours;
      const resumed = core('resume', { then, responses: send.map(answer), input });
      record = resumed.save ?? record;
    }
    return ours;
  });
}

/** @param {Json[]} replies */
const cases = (replies) => replies.map((reply) => reply.ok?.case ?? (reply.send ? 'asks' : reply.err));

/** @param {Order} order */
const paid = (order) => [
  order.payment('InvoiceReceivedPayment', 60, 1),
  order.delivery('InvoiceProcessing', 61),
  order.payment('InvoicePaymentSettled', 1200, 1),
  order.settled(),
];

test('paid, repeated, overpaid', () => {
  const order = new Order(1);
  const deliveries = paid(order);
  const replies = both([...deliveries, ...deliveries.map(redeliver)], { order });
  assert.deepEqual(cases(replies), ['partlyPaid', 'processing', 'processing', ...Array(5).fill('settled')]);
  assert.ok(replies.slice(4).every(({ effects }) => !effects));

  const over = order.delivery('InvoiceSettled', 3000, { manuallyMarked: false, overPaid: true });
  assert.deepEqual(cases(both([over, order.settled()], { order })), ['settledOverpaid', 'settledOverpaid']);
});

test('every order of the messages of one payment', () => {
  const order = new Order(1);
  const final = permutations(paid(order)).map((deliveries) => {
    const last = both(deliveries, { order }).at(-1);
    return JSON.stringify(JSON.parse(last?.save).attempts);
  });
  assert.equal(final.length, 24);
  assert.equal(new Set(final).size, 1);
});

test('expired, in time and late, invalid, marked', () => {
  const order = new Order(1);
  const expired = order.delivery('InvoiceExpired', 900, { partiallyPaid: false });
  const partly = order.delivery('InvoiceExpired', 900, { partiallyPaid: true });
  const invalid = order.delivery('InvoiceInvalid', 5000, { manuallyMarked: false });
  const marked = (/** @type {string} */ to, /** @type {number} */ t) =>
    order.delivery(`Invoice${to}`, t, { manuallyMarked: true });
  const late = order.payment('InvoiceReceivedPayment', 950, 2, { afterExpiration: true });

  assert.deepEqual(cases(both([expired, redeliver(expired)], { order })), ['expiredUnpaid', 'expiredUnpaid']);
  assert.deepEqual(cases(both([partly], { order })), ['expiredPartlyPaid']);
  assert.deepEqual(cases(both([order.delivery('InvoiceExpiredPaidPartial', 900)], { order })), ['expiredPartlyPaid']);
  assert.deepEqual(cases(both([expired, late], { order })), ['expiredUnpaid', 'asks']);
  assert.deepEqual(cases(both([expired, order.delivery('InvoicePaidAfterExpiration', 950)], { order })), [
    'expiredUnpaid',
    'paidLateUnconfirmed',
  ]);
  assert.deepEqual(cases(both([invalid, late], { order })), ['invalid', 'invalidWithMoney']);
  assert.deepEqual(cases(both([marked('Settled', 100), marked('Invalid', 200)], { order })), ['markedSettled', 'asks']);
  assert.deepEqual(cases(both([...paid(order), expired], { order })).at(-1), 'asks');
});

test('two invoices of one order', () => {
  const order = new Order(1);
  const first = { expired: order.delivery('InvoiceExpired', 900), paid: paid(order) };
  order.open(PLACED + 1000);
  const second = paid(order);
  const { expired } = first;
  assert.deepEqual(cases(both([expired, ...second, expired], { order })).slice(-2), ['settled', 'settled']);
  assert.deepEqual(cases(both([...second, expired], { order })).at(-1), 'settled');
  const twice = both([...second, ...first.paid], { order }).flatMap(({ effects = [] }) => effects);
  assert.ok(twice.some(({ kind, code }) => kind === 'alert' && code === 'paidTwice'));
});

test('orders that others touched, and shops with their own ways', () => {
  const order = new Order(1);
  const ways = [
    { shop: { status: 'shipped by hand', method: 'btcpay' } },
    { shop: { status: 'awaiting', method: 'card' } },
    { shop: { status: 'awaiting', method: null, shipped: true } },
    { settings: { ...SETTINGS, language: 'ja', statuses: { points: true, stock: false, releaseOn: ['processing'] } } },
    { settings: { ...SETTINGS, statuses: { map: { settled: null, processing: 'in-progress' } } } },
  ];
  for (const way of ways) both(paid(order), { order, ...way });
});

test('what is not for this order', () => {
  const order = new Order(1);
  const settled = order.settled();
  const body = JSON.parse(new TextDecoder().decode(settled.raw));
  const changed = (/** @type {Json} */ members) => deliver(JSON.stringify({ ...body, ...members }));
  const { kessai } = body.metadata;
  const replies = both(
    [
      deliver(JSON.stringify(body), 'another secret'),
      { ...settled, headers: {} },
      { ...settled, headers: { 'BTCPay-Sig': 'sha1=0' } },
      { ...settled, headers: { 'BTCPay-Sig': settled.headers['btcpay-sig'] ?? '' } },
      deliver('{"type":'),
      changed({ originalDeliveryId: '__test__1__test__' }),
      changed({ type: 'PayoutCreated' }),
      changed({ type: 'InvoiceDreamtOf' }),
      changed({ storeId: 'another' }),
      changed({ metadata: { ...body.metadata, kessai: { ...kessai, shop: 'another' } } }),
      changed({ invoiceId: 'another' }),
      changed({ invoiceId: 'another', metadata: { ...body.metadata, kessai: { ...kessai, mac: '0'.repeat(64) } } }),
      changed({ metadata: { orderId: 10001 } }),
      changed({ invoiceId: undefined }),
    ],
    { order },
  );
  assert.deepEqual(
    replies.map(({ ok, err, send }) => err ?? ok?.ignored ?? (send ? 'asks' : ok.case)),
    [
      'webhook.signatureWrong',
      'webhook.signatureMissing',
      'webhook.signatureMalformed',
      'settled',
      'webhook.malformed',
      'testDelivery',
      'unknownEvent',
      'unknownEvent',
      'otherStore',
      'otherShop',
      'asks',
      'notOurs',
      'settled',
      'webhook.malformed',
    ],
  );
});

test('anything a gateway could say about two invoices, in any order', () => {
  let state = 20_260;
  const below = (/** @type {number} */ limit) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const order = new Order(1);
  const invoices = [everything(order)];
  order.open(PLACED + 1000);
  invoices.push(everything(order));
  const payments = invoices.flat().flatMap(({ raw }) => JSON.parse(new TextDecoder().decode(raw)).payment?.id ?? []);
  for (let play = 0; play < 1000; play++) {
    const said = invoices.slice(below(2)).flat();
    const deliveries = Array.from({ length: 1 + below(7) }, () => /** @type {Delivery} */ (said[below(said.length)]));
    both(deliveries, { order, answer: (request) => answerTo(request, payments, below) });
  }
});

/**
 * Anything a server could say of an invoice.
 * @param {Json} request
 * @param {string[]} payments ids
 * @param {(limit: number) => number} below
 */
function answerTo({ id, url }, payments, below) {
  const invoiceId = url.match(/invoices\/([^/]+)/)[1];
  const states = [
    'New',
    'Processing',
    'Settled',
    'Settled Marked',
    'Invalid Marked',
    'Expired PaidPartial',
    'Expired PaidLate',
  ];
  const [status, additionalStatus = 'None'] = /** @type {string} */ (states[below(states.length)]).split(' ');
  const invoice = { id: invoiceId, amount: '12.50', currency: 'EUR', status, additionalStatus };
  const received = {
    receivedDate: PLACED + 300 * below(10),
    value: '0.1',
    status: below(2) ? 'Settled' : 'Processing',
  };
  const payment = { id: payments[below(payments.length)], ...received };
  const methods = [{ paymentMethodId: 'BTC-CHAIN', payments: below(2) ? [payment] : [] }];
  return { id, status: 200, headers: {}, body: JSON.stringify(id.endsWith('/invoice') ? invoice : methods) };
}

/**
 * Every event about the open invoice of an order, at few enough times that they meet.
 * @param {Order} order
 */
function everything(order) {
  const flags = [true, false];
  return [60, 120, 180].flatMap((t) => [
    order.delivery('InvoiceProcessing', t),
    order.delivery('InvoicePaidAfterExpiration', t),
    order.delivery('InvoiceSettled', t),
    ...flags.flatMap((flag) => [
      order.payment('InvoiceReceivedPayment', t, 1, { afterExpiration: flag }),
      order.payment('InvoicePaymentSettled', t, 1, { afterExpiration: flag }),
      order.payment('InvoiceReceivedPayment', t, 2),
      order.delivery('InvoiceExpired', t, { partiallyPaid: flag }),
      order.delivery('InvoiceInvalid', t, { manuallyMarked: flag }),
      order.delivery('InvoiceSettled', t, { manuallyMarked: flag, overPaid: false }),
      order.delivery('InvoiceSettled', t, { manuallyMarked: false, overPaid: flag }),
    ]),
  ]);
}

/**
 * @template T
 * @param {T[]} list
 * @returns {T[][]}
 */
function permutations(list) {
  if (list.length < 2) return [list];
  return list.flatMap((one, at) => permutations(list.toSpliced(at, 1)).map((rest) => [one, ...rest]));
}
