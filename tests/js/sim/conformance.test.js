/** The simulator, and what the core sends, beside BTCPay Server's own description of its API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routesOf } from '../../../js/sim/btcpay/routes.js';
import { behaviourOf } from '../../../js/sim/btcpay/versions.js';
import { loadCases } from '../../golden/cases.js';
import { checkAnswer, checkRequest, checkWebhook, routeOf } from './schema/shapes.js';
import { openWorld } from './world.js';

test('every route of the simulator is one of the description', () => {
  const unknown = routesOf(behaviourOf('2.4.1'))
    .filter(({ path }) => path[0] === 'api')
    .map(({ method, path }) => [method, `/${path.slice(2).join('/')}`])
    .filter(([method = '', path = '']) => routeOf(method, path) === undefined);
  assert.deepEqual(unknown, []);
});

test('an answer of another shape is noticed', async (t) => {
  const { sim, create } = await openWorld(t);
  const path = `/stores/${sim.storeId}/invoices`;
  const invoice = await create();
  const { receipt, ...without } = invoice;
  /** @param {unknown} document */
  const check = (document, status = 200) =>
    checkAnswer({ method: 'POST', path, status, text: JSON.stringify(document) }, sim.version);
  check(invoice);
  assert.throws(() => check(without), /must have required property 'receipt'/);
  assert.throws(() => check({ ...invoice, amount: 1000 }), /\/amount must be string/);
  assert.throws(() => check({ ...invoice, amount: '1,000' }), /\/amount must match format "decimal"/);
  assert.throws(() => check({ ...invoice, status: 'Paid' }), /\/status must be equal to one of the allowed values/);
  assert.throws(() => check({ ...invoice, exceptionStatus: null }), /must NOT have additional properties/);
  assert.throws(() => check({ ...invoice, checkout: {} }), /\/checkout must have required property 'redirectURL'/);
  assert.throws(() => check(invoice, 201), /has no shape/);
  assert.throws(() => check({ code: 'generic-error' }, 400), /must have required property 'message'/);
  assert.throws(() => check([{ path: 'Amount' }], 422), /must have required property 'message'/);
});

test('an answer of a route that is not described, or with a body where none belongs, is noticed', () => {
  const answer = { method: 'GET', path: '/users/me', status: 200, text: '{}' };
  assert.throws(() => checkAnswer(answer, '2.4.1'), /has no shape/);
  const archived = { method: 'DELETE', path: '/invoices/x', status: 200, text: '{}' };
  assert.throws(() => checkAnswer(archived, '2.4.1'), /has a body/);
});

test('a release before a member may leave it out, a later one may not', async (t) => {
  const { create } = await openWorld(t, { version: '2.1.1' });
  const text = JSON.stringify(await create());
  const answer = { method: 'GET', path: '/invoices/x', status: 200, text };
  checkAnswer(answer, '2.1.1');
  assert.throws(() => checkAnswer(answer, '2.1.2'), /required property 'paidAmount'/);
  assert.throws(() => checkAnswer(answer, '2.3.6'), /required property 'paymentMethods'/);
});

test('a webhook of another shape is noticed', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  sim.pay((await create()).id);
  await sim.idle();
  for (const { event } of shop.received) {
    checkWebhook(event);
    const { metadata, ...without } = event;
    assert.throws(() => checkWebhook(without), /required property 'metadata'/);
    assert.throws(() => checkWebhook({ ...event, orderId: '1001' }), /additional properties/);
  }
  assert.throws(() => checkWebhook({ type: 'InvoiceVanished' }), /has no shape/);
});

/** Those to the server: the doctor sends two to the shop itself. */
const sent = loadCases()
  .flatMap(({ path, reply }) => (reply?.send ?? []).map((/** @type {any} */ request) => ({ path, request })))
  .filter(({ request }) => request.url.includes('/api/v1/'));

test('the golden cases send something', () => assert.ok(sent.length > 50, `${sent.length} requests`));

for (const { path, request } of sent) {
  test(`${path} sends what the description knows: ${request.id}`, () => {
    const below = new URL(request.url).pathname.split('/api/v1')[1] ?? '';
    if (request.body === undefined) return assert.ok(routeOf(request.method, below), `${request.method} ${below}`);
    return checkRequest(request.method, below, readBody(request.body));
  });
}

/** Cases write a body as JSON where they can. @param {unknown} body */
function readBody(body) {
  return typeof body === 'string' ? JSON.parse(body) : body;
}
