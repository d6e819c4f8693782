/** The simulator used by what was not written with it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import greenfield from 'btcpay-greenfield-node-client';
import { openWorld, SECRET } from './world.js';

const run = promisify(execFile);

// Generated from an API description of a 1.x release; its types call statuses by names that 1.0.6.0 had already left.
const { InvoicesService, OpenAPI, ServerInfoService, WebhooksService } = /** @type {any} */ (greenfield);

test('a Node client generated from the API description creates, reads, lists and has an invoice paid', async (t) => {
  const { sim, shop, story } = await openWorld(t, { webhook: undefined });
  const { storeId } = sim;
  OpenAPI.BASE = sim.url;
  OpenAPI.TOKEN = sim.apiKey;

  const { version } = await ServerInfoService.serverInfoGetServerInfo();
  assert.equal(version, '2.4.1');
  const webhook = await WebhooksService.postWebhooksService({
    storeId,
    requestBody: { url: shop.url, secret: SECRET, enabled: true, authorizedEvents: { everything: true } },
  });
  assert.equal(webhook.secret, SECRET);
  const [listed] = await WebhooksService.webhokksGetWebhooks({ storeId });
  assert.deepEqual({ ...listed, secret: SECRET }, webhook);

  const created = await InvoicesService.invoicesCreateInvoice({
    storeId,
    requestBody: {
      amount: '10.50',
      currency: 'USD',
      metadata: { orderId: '1001' },
      checkout: { expirationMinutes: 30 },
    },
  });
  assert.equal(created.amount, '10.50');
  assert.equal(created.checkout.expirationMinutes, 30);
  const invoiceId = created.id;
  assert.deepEqual(await InvoicesService.invoicesGetInvoice({ storeId, invoiceId }), created);
  assert.deepEqual(await InvoicesService.invoicesGetInvoices({ storeId }), [created]);

  sim.pay(invoiceId, { method: 'lightning' });
  assert.deepEqual(await story(), [
    'InvoiceCreated',
    'InvoicePaymentSettled Settled',
    'InvoiceReceivedPayment Settled',
    'InvoiceProcessing',
    'InvoiceSettled',
  ]);
  const { status, paidAmount } = await InvoicesService.invoicesGetInvoice({ storeId, invoiceId });
  assert.deepEqual({ status, paidAmount }, { status: 'Settled', paidAmount: '10.50' });
  const methods = await InvoicesService.invoicesGetInvoicePaymentMethods({ storeId, invoiceId });
  assert.deepEqual(
    methods.map((/** @type {any} */ { paymentMethodId, payments }) => [paymentMethodId, payments.length]),
    [
      ['BTC-CHAIN', 0],
      ['BTC-LN', 1],
    ],
  );
  assert.deepEqual(sim.unknownRoutes, []);
});

test('what the Node client does wrong is told to it as errors', async (t) => {
  const { sim } = await openWorld(t);
  OpenAPI.BASE = sim.url;
  OpenAPI.TOKEN = sim.apiKey;
  const invalid = InvoicesService.invoicesCreateInvoice({ storeId: sim.storeId, requestBody: { amount: '-1' } });
  await assert.rejects(invalid, (/** @type {any} */ { status, body }) => {
    assert.deepEqual([status, body[0].path], [422, 'Amount']);
    return true;
  });
  OpenAPI.TOKEN = 'unknown';
  const refused = InvoicesService.invoicesGetInvoices({ storeId: sim.storeId });
  await assert.rejects(refused, { status: 401 });
});

test('curl creates, reads and pays an invoice', async (t) => {
  const { sim, stateOf } = await openWorld(t);
  /** @param {string[]} options */
  const curl = async (...options) => {
    const { stdout } = await run('curl', [
      '--silent',
      '--show-error',
      '--fail-with-body',
      '--max-time',
      '20',
      ...options,
    ]);
    return JSON.parse(stdout);
  };
  const invoices = `${sim.url}/api/v1/stores/${sim.storeId}/invoices`;
  const asShop = ['-H', `Authorization: token ${sim.apiKey}`, '-H', 'Content-Type: application/json'];
  const created = await curl(...asShop, '-X', 'POST', '-d', '{"amount": "1000", "currency": "JPY"}', invoices);
  assert.equal(created.status, 'New');
  assert.deepEqual(await curl(...asShop, '-X', 'GET', `${invoices}/${created.id}`), created);
  assert.deepEqual(await curl(...asShop, '-X', 'GET', `${invoices}?status=New&take=1`), [created]);

  // As the form of its page does.
  const pay = `${sim.url}/sim/invoices/${created.id}/pay`;
  const paid = await curl('-d', 'method=onchain', '-d', 'amount=due', pay);
  assert.equal(paid.status, 'Processing');
  const mined = await curl('-H', 'Content-Type: application/json', '-d', '{"blocks": 1}', `${sim.url}/sim/mine`);
  assert.equal(mined.invoices[0].status, 'Settled');
  assert.equal(await stateOf(created.id), 'Settled/None');
  assert.deepEqual(sim.unknownRoutes, []);
});
