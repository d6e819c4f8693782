/** The description of the server says what it answers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { loadCases, resolve } from '../../golden/cases.js';
import { INPUTS } from '../shim/inputTypes.js';
import { serving } from './serving.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** @param {import('node:test').TestContext} t */
async function described(t) {
  const { ask } = await serving(t);
  const { status, text } = await ask('/openapi.json');
  assert.equal(status, 200);
  return JSON.parse(text);
}

test('it is valid OpenAPI, by another’s validator', async (t) => {
  const document = await described(t);
  assert.deepEqual(await new Validator().validate(structuredClone(document)), { valid: true });
  assert.equal(document.info.version, version);
  const broken = structuredClone(document);
  broken.paths['/v1/send'].post.responses = 'none';
  assert.equal((await new Validator().validate(broken)).valid, false);
});

test('it has every operation, as a whole and as a step', async (t) => {
  const { paths } = await described(t);
  for (const op of [...Object.keys(INPUTS), 'resume']) {
    assert.ok(paths[`/v1/${op}`]?.post, op);
    assert.ok(paths[`/v1/pure/${op}`]?.post, op);
  }
  const steps = Object.keys(INPUTS).filter((op) => paths[`/v1/${op}`].post['x-kessai-step']);
  for (const op of [
    'btcpay.createInvoice',
    'btcpay.refundInvoice',
    'btcpay.markInvoice',
    'btcpay.closeInvoice',
    'order.apply',
  ]) {
    assert.ok(steps.includes(op), op);
  }
  for (const op of ['btcpay.getInvoice', 'order.reconcile', 'doctor.run']) assert.ok(!steps.includes(op), op);
});

test('what the core answers is as it says', async (t) => {
  const document = await described(t);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'kessai');
  /** @param {string} path */
  const answerOf = (path) => {
    const place = `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/post/responses/200/content/application~1json/schema`;
    return ajv.compile({ $ref: `kessai${place}` });
  };
  const validators = Object.fromEntries(Object.keys(INPUTS).map((op) => [op, answerOf(`/v1/pure/${op}`)]));
  let compared = 0;
  for (const golden of loadCases()) {
    const op = golden.op === 'resume' ? JSON.parse(resolve(golden).input).then?.op : golden.op;
    const validate = validators[op];
    if (!validate || golden.reply.err?.code.startsWith('input.')) continue;
    // In the files texts stand as JSON; over the wire they are text.
    const reply = asSent(golden.reply);
    assert.ok(validate(reply), `${golden.path}: ${ajv.errorsText(validate.errors)}`);
    compared += 1;
  }
  assert.ok(compared > 500);
  const { 'order.apply': apply } = validators;
  assert.equal(apply?.({ ok: {} }), false);
  assert.equal(apply?.({ save: 1, ok: { case: 'settled', sure: true } }), false);
});

/** @param {any} reply */
function asSent({ save, send, ...rest }) {
  const asText = (/** @type {any} */ value) => (typeof value === 'string' ? value : JSON.stringify(value));
  const requests = send?.map((/** @type {any} */ { body, ...request }) => ({
    ...request,
    ...(body && { body: asText(body) }),
  }));
  return { ...rest, ...(save && { save: asText(save) }), ...(send && { send: requests }) };
}
