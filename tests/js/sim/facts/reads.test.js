import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld, START } from '../world.js';

test('the list filters by order, status, time, text and archive, newest first', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const first = await create({ metadata: { orderId: 1001, buyerEmail: 'hanako@example.com' } });
  await sim.advance(60);
  const second = await create({ metadata: { orderId: '1002' }, additionalSearchTerms: ['gift'] });
  await sim.advance(60);
  const third = await create({ metadata: { orderId: '1002' } });
  sim.pay(third.id);
  const ids = async (/** @type {string} */ query) =>
    (await call('GET', `/stores/${sim.storeId}/invoices?${query}`)).json.map((/** @type {any} */ { id }) => id);
  assert.deepEqual(await ids(''), [third.id, second.id, first.id]);
  assert.deepEqual(await ids('orderId=1001'), [first.id]);
  assert.deepEqual(await ids('orderId=1001&orderId=1002'), [third.id, second.id, first.id]);
  assert.deepEqual(await ids('status=Settled'), [third.id]);
  assert.deepEqual(await ids('status=complete&status=nonsense'), [third.id]);
  assert.deepEqual(await ids('status=nonsense'), [third.id, second.id, first.id]);
  assert.deepEqual(await ids(`startDate=${START + 60}&endDate=${START + 60}`), [second.id]);
  assert.deepEqual(await ids('textSearch=HANAKO'), [first.id]);
  assert.deepEqual(await ids('textSearch=gift'), [second.id]);
  assert.deepEqual(await ids('skip=1&take=1'), [second.id]);
  const archived = await call('DELETE', `/stores/${sim.storeId}/invoices/${second.id}`);
  assert.deepEqual([archived.status, archived.text], [200, '']);
  assert.deepEqual(await ids(''), [third.id, first.id]);
  assert.deepEqual(await ids('includeArchived=true'), [third.id, second.id, first.id]);
  assert.equal((await call('GET', `/invoices/${second.id}`)).json.archived, true);
});

test('422 for dates that are none, or in the wrong order', async (t) => {
  const { sim, call } = await openWorld(t);
  const bad = await call('GET', `/stores/${sim.storeId}/invoices?startDate=yesterday`);
  assert.deepEqual([bad.status, bad.json.map((/** @type {any} */ { path }) => path)], [422, ['startDate']]);
  const swapped = await call('GET', `/stores/${sim.storeId}/invoices?startDate=2&endDate=1`);
  assert.deepEqual(
    [swapped.status, swapped.json.map((/** @type {any} */ { path }) => path)],
    [422, ['startDate', 'endDate']],
  );
});

test('PUT replaces all metadata; without metadata it changes nothing', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create({ metadata: { orderId: '1', itemDesc: 'x' } });
  assert.deepEqual((await call('PUT', `/invoices/${id}`, {})).json.metadata, { orderId: '1', itemDesc: 'x' });
  assert.deepEqual((await call('PUT', `/invoices/${id}`, { metadata: { note: 'y' } })).json.metadata, { note: 'y' });
});

test('POST status refuses what is neither Settled nor Invalid', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create();
  for (const status of ['New', 'Processing', 'Expired']) {
    assert.deepEqual((await call('POST', `/invoices/${id}/status`, { status })).json[0].path, 'Status');
  }
  assert.equal((await call('POST', `/invoices/${id}/status`, { status: 'Paid' })).status, 422);
  assert.equal((await call('GET', `/invoices/${id}`)).json.status, 'New');
});

test('unarchive twice is an error', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create();
  await call('DELETE', `/invoices/${id}`);
  assert.equal((await call('POST', `/invoices/${id}/unarchive`)).json.archived, false);
  const again = await call('POST', `/invoices/${id}/unarchive`);
  assert.deepEqual([again.status, again.json.code], [400, 'already-unarchived']);
});

test('payment methods: what is due, paid and overpaid, in coins', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const { id } = await create({ amount: '49.90', currency: 'USD' });
  const read = async () => (await call('GET', `/stores/${sim.storeId}/invoices/${id}/payment-methods`)).json;
  const [chain, lightning] = await read();
  assert.deepEqual(Object.keys(chain).sort(), [
    'activated',
    'additionalData',
    'amount',
    'currency',
    'destination',
    'due',
    'paymentLink',
    'paymentMethodFee',
    'paymentMethodId',
    'paymentMethodPaid',
    'payments',
    'rate',
    'totalPaid',
  ]);
  assert.deepEqual(
    [chain.paymentMethodId, chain.currency, chain.rate, chain.due],
    ['BTC-CHAIN', 'BTC', '65000', '0.0007677'],
  );
  assert.match(chain.paymentLink, /^bitcoin:bcrt1q\w+\?amount=0\.0007677$/);
  assert.equal(lightning.due, '0.00076769231');
  const payment = sim.pay(id, { method: 'onchain', amount: '0.001' });
  const [paid] = await read();
  assert.deepEqual([paid.paymentMethodPaid, paid.totalPaid, paid.due], ['0.001', '0.001', '-0.0002323']);
  const { value, status, fee, receivedDate } = paid.payments[0];
  assert.deepEqual(
    { value, status, fee, receivedDate },
    { value: '0.001', status: 'Processing', fee: '0.0', receivedDate: START },
  );
  assert.match(payment.id, /^[0-9a-f]{64}-0$/);
  assert.equal((await call('GET', `/invoices/${id}`)).json.paidAmount, '65.00');
});

test('lazy payment methods have no destination before they are activated', async (t) => {
  const { call, create } = await openWorld(t);
  const { id } = await create({ checkout: { lazyPaymentMethods: true } });
  const methods = async () => (await call('GET', `/invoices/${id}/payment-methods`)).json;
  assert.deepEqual(
    (await methods()).map((/** @type {any} */ method) => [method.activated, method.destination]),
    [
      [false, null],
      [false, null],
    ],
  );
  assert.equal((await call('POST', `/invoices/${id}/payment-methods/BTC_LightningLike/activate`)).text, '');
  const [chain, lightning] = await methods();
  assert.deepEqual([chain.activated, lightning.activated], [false, true]);
  assert.match(lightning.destination, /^lnbcrt100000n1/);
  assert.equal((await call('POST', `/invoices/${id}/payment-methods/DOGE/activate`)).status, 422);
});

test('the list has no limit of its own', async (t) => {
  const { sim, call, create } = await openWorld(t);
  for (let i = 0; i < 60; i += 1) await create();
  assert.equal((await call('GET', `/stores/${sim.storeId}/invoices`)).json.length, 60);
});

test('an archived invoice is still read, and still tells its webhooks', async (t) => {
  const { sim, call, create, read, story } = await openWorld(t);
  const { id } = await create();
  await call('DELETE', `/stores/${sim.storeId}/invoices/${id}`);
  assert.equal((await read(id)).archived, true);
  sim.pay(id);
  assert.ok((await story()).includes('InvoiceSettled'));
});

test('payments that do not count are shown only if asked for', async (t) => {
  const { sim, call, create } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain' });
  sim.replace(id);
  const payments = async (/** @type {string} */ query) =>
    (await call('GET', `/stores/${sim.storeId}/invoices/${id}/payment-methods${query}`)).json[0].payments;
  assert.deepEqual(await payments(''), []);
  assert.deepEqual(
    (await payments('?onlyAccountedPayments=false')).map((/** @type {any} */ { status }) => status),
    ['Invalid'],
  );
});

test('includeSensitive needs canmodifystoresettings (2.0.0); 1.x does not know it', async (t) => {
  for (const [version, status] of /** @type {const} */ ([
    ['2.0.0', 403],
    ['1.13.7', 200],
  ])) {
    const { sim, call, create } = await openWorld(t, { version });
    const { id } = await create();
    const path = `/stores/${sim.storeId}/invoices/${id}/payment-methods?includeSensitive=true`;
    assert.equal((await call('GET', path)).status, status, version);
  }
});
