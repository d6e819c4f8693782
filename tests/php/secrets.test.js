/** Keys, tokens, customers and bodies appear in nothing that the client throws, shows or logs. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { serving } from '../js/sidecar/serving.js';
import { phpJson } from './php.js';

const canary = (/** @type {string} */ name) => `canary-${name}-0123456789abcdef0123456789`;
const SECRET = canary('webhook');
const CANARIES = ['apiKey', 'shopKey', 'webhook', 'token', 'customer', 'body', 'signature'].map(canary);

test('no secret and nothing of a customer is in an exception, its trace, a dump or a line of the log', async (t) => {
  const { path } = await serving(t);
  const settings = {
    serverUrl: 'https://127.0.0.1:1',
    storeId: 'store',
    shopId: 'shop',
    apiKey: canary('apiKey'),
    shopKey: canary('shopKey'),
    webhookSecrets: [{ name: 'main', secret: SECRET }],
  };
  const body = JSON.stringify({
    type: 'InvoiceSettled',
    storeId: 'store',
    invoiceId: 'invoice',
    deliveryId: '1',
    timestamp: 1_795_000_000,
    metadata: { orderId: '1', note: canary('body') },
  });
  const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
  const order = { id: '1', total: '10', currency: 'JPY', customer: { name: canary('customer') } };
  const input = { socket: path, settings, token: canary('token'), order, body, signature };
  const { shown, outcomes, lines } = await phpJson('secrets.php', { input });

  const kinds = new Set(outcomes.map((/** @type {string} */ line) => line.split(': ')[1]));
  for (const kind of ['sidecar.absent', 'PDOException', 'webhook.signatureWrong', 'client.input', 'host.failed']) {
    assert.ok(kinds.has(kind), `${kind} of ${[...kinds]}`);
  }
  const told = JSON.stringify(lines);
  for (const hidden of [...CANARIES, signature.slice(7)]) {
    assert.ok(!shown.includes(hidden), `${hidden} is shown`);
    assert.ok(!told.includes(hidden), `${hidden} is logged`);
  }

  assert.ok(!shown.includes('a trace with arguments'));

  const levels = (/** @type {string} */ code) =>
    new Set(
      lines
        .filter((/** @type {any} */ [, , context]) => context.code === code)
        .map((/** @type {any} */ [level]) => level),
    );
  assert.deepEqual(levels('sidecar.absent'), new Set(['error']));
  assert.deepEqual(levels('webhook.signatureWrong'), new Set(['info']), 'what a stranger can cause');
  assert.ok(lines.some((/** @type {any} */ [, message, { status }]) => /answered/.test(message) && status === 503));
});
