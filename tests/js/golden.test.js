import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadCore } from '../../js/wasm.js';
import * as untyped from '../../pkg/kessai.js';
import {
  fileOf,
  loadAnswers,
  loadCases,
  loadRecords,
  loadSettings,
  presentable,
  readable,
  resolve,
} from '../golden/cases.js';
import { layout } from '../golden/layout.js';
import { mutant, random } from '../golden/mutate.js';

const core = loadCore();
const cases = loadCases();
const settings = loadSettings();

/** @type {(op: string, input: object, raw?: Uint8Array) => any} */
const call = (op, input, raw) => JSON.parse(core.callText(op, JSON.stringify(input), raw));

describe('golden cases', () => {
  for (const golden of cases) {
    it(`${golden.path}: ${golden.name}`, () => {
      const { input, raw } = resolve(golden);
      const reply = JSON.parse(core.callText(golden.op, input, raw));
      if (golden.reply === null && process.env.UPDATE_GOLDEN) {
        const { path, ...file } = golden;
        writeFileSync(fileOf(path), `${layout({ ...file, reply: presentable(reply) })}\n`);
        return;
      }
      assert.deepEqual(readable(golden.reply, reply), golden.reply);
      // Hosts in JavaScript pass objects, which reach the core by a shorter way.
      if (typeof golden.input === 'object' && !golden.input.repeat) {
        assert.deepEqual(core.call(golden.op, JSON.parse(input), raw), reply);
      }
    });
  }
});

describe('webhook answers', () => {
  const answers = loadAnswers();
  for (const [code, expected] of Object.entries(answers)) {
    it(`${code}: ${expected.answer}`, () => {
      const { err } = call('error.tell', { code });
      assert.deepEqual({ code: err.code, answer: err.answer, retryable: err.retryable }, { code, ...expected });
    });
  }
});

describe('records of earlier releases', () => {
  for (const { path, text } of loadRecords()) {
    it(path, () => {
      const { order, applied } = JSON.parse(text);
      assert.ok(Array.isArray(call('order.timeline', { record: text }).ok.entries));
      const shop = { status: applied?.status ?? 'awaiting' };
      const reply = call('order.apply', { settings, orderId: order, record: text, shop, now: 1800100000 });
      assert.equal(reply.err, undefined);
      for (const part of ['attempts', 'acts']) {
        assert.deepEqual(JSON.parse(reply.save)[part], JSON.parse(text)[part], part);
      }
    });
  }
});

/** What wasm-bindgen generates; once there is an instance, `initSync` only hands out its exports. */
const glue = /** @type {{ initSync: (source: object) => { memory: WebAssembly.Memory } }} */ (
  /** @type {unknown} */ (untyped)
);
const instanceMemory = () => glue.initSync({}).memory;

describe('mutated golden cases', () => {
  const ROUNDS = 100_000;
  const LIMIT = 16 * 1024 * 1024;

  it(`${ROUNDS} of them get an answer each, in bounded memory`, () => {
    const seed = Number(process.env.GOLDEN_SEED ?? 20261121);
    console.log(`GOLDEN_SEED=${seed}`);
    const next = random(seed);
    const { secret } = settings.webhookSecrets[0];
    const sign = (/** @type {Uint8Array} */ body) => call('btcpay.signWebhook', { secret }, body).ok.value;
    const seeds = cases.map((golden) => ({ op: golden.op, ...resolve(golden) })).filter(isSmall);
    // The core replaces an instance that traps or grows beyond the limit: here it never may.
    const memory = instanceMemory();
    for (let round = 0; round < ROUNDS; round++) {
      const { op, input, raw } = mutant(seeds, next, sign);
      const told = () => `GOLDEN_SEED=${seed}, round ${round}: ${op} ${input}`;
      /** @type {any} */
      let reply;
      try {
        reply = JSON.parse(core.callText(op, input, raw));
      } catch (cause) {
        assert.fail(`${told()}: ${cause}`);
      }
      const outcomes = ['ok', 'err', 'send'].filter((name) => reply[name] !== undefined);
      if (outcomes.length !== 1) assert.fail(`${told()}: ${outcomes}`);
      if (instanceMemory() !== memory) assert.fail(`${told()}: the instance was replaced`);
    }
    assert.ok(memory.buffer.byteLength < LIMIT, `${memory.buffer.byteLength} bytes`);
  });
});

/** @param {{ input: string, raw: Uint8Array }} seed */
function isSmall({ input, raw }) {
  return input.length + raw.length < 64 * 1024;
}
