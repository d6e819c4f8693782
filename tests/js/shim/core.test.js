import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createCore, freezeSettings } from '../../../js/core.js';
import * as glue from '../../../pkg/kessai.js';

// TypeScript has WebAssembly only together with the DOM.
const { WebAssembly } = /** @type {any} */ (globalThis);

/** (module (func (export "stop") unreachable) (func (export "overflow") call 1)): a trap and a stack overflow. */
const TRAPS = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 4, 1, 96, 0, 0], // one type: no parameters, no results
  ...[3, 3, 2, 0, 0], // two functions of it
  ...[7, 19, 2, 4, 115, 116, 111, 112, 0, 0, 8, 111, 118, 101, 114, 102, 108, 111, 119, 0, 1], // exports
  ...[10, 10, 2, 3, 0, 0, 11, 4, 0, 16, 1, 11], // bodies: unreachable; call 1
]);

/**
 * The core's `error.tell`.
 * @param {string} input
 */
function tell(input) {
  const { code, language = 'en' } = JSON.parse(input);
  return JSON.stringify({ err: { code, message: `told in ${language}`, remedy: 'r', retryable: true, answer: 500 } });
}

/**
 * A core whose `call` is what the test says, and which counts its resets.
 * @param {{ call?: (op: string, input: string) => string, bytes?: () => number, trapsAlways?: boolean }} [glue]
 */
function fake({ call = () => '{"ok":1}', bytes = () => 0, trapsAlways = false } = {}) {
  /** @type {{ op: string, input: string, raw: Uint8Array }[]} */
  const calls = [];
  let resets = 0;
  const core = createCore({
    call(op, input, raw) {
      calls.push({ op, input, raw });
      return op === 'error.tell' && !trapsAlways ? tell(input) : call(op, input);
    },
    reset: () => {
      resets += 1;
    },
    memoryBytes: bytes,
  });
  return { core, calls, resets: () => resets };
}

for (const [name, kind] of /** @type {const} */ ([
  ['stop', 'RuntimeError'],
  ['overflow', 'RangeError'],
])) {
  test(`a trap (${kind}) resets the instance, is host.trap, and the next call works`, () => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(TRAPS));
    const { core, resets } = fake({
      call: (op) => (op === 'trap' ? exports[name]() : '{"ok":"fine"}'),
    });
    assert.throws(
      () => core.call('trap', {}),
      (/** @type {any} */ error) => {
        assert.equal(error.name, 'KessaiError');
        assert.equal(error.code, 'host.trap');
        assert.equal(error.answer, 500);
        assert.equal(error.cause.name, kind);
        return true;
      },
    );
    assert.equal(resets(), 1);
    assert.deepEqual(core.call('next', {}), { ok: 'fine' });
    assert.equal(resets(), 1);
  });
}

test('a trap inside the real module leaves a working core behind', () => {
  const { initSync, call, __wbg_reset_state } = /** @type {any} */ (glue);
  const module = readFileSync(new URL('../../../pkg/kessai_bg.wasm', import.meta.url));
  const before = initSync({ module });
  const core = createCore({
    // Pointers behind the end of the memory: what a corrupted instance would be entered with.
    call: (op, input, raw) => (op === 'trap' ? initSync({}).call(-64, 64, -64, 64, -64, 64) : call(op, input, raw)),
    reset: __wbg_reset_state,
    memoryBytes: () => initSync({}).memory.buffer.byteLength,
  });
  const good = core.call('no.such.op', {});
  assert.equal(good.err?.code, 'input.unknownOp');
  assert.throws(() => core.call('trap', {}), { name: 'KessaiError' });
  assert.notEqual(initSync({}), before);
  assert.deepEqual(core.call('no.such.op', {}), good);
});

test('an instance beyond 16 MB is replaced after the call, and only then', () => {
  let bytes = 16 * 1024 * 1024;
  const { core, resets } = fake({ bytes: () => bytes });
  core.call('op', {});
  assert.equal(resets(), 0);
  bytes += 65536;
  assert.deepEqual(core.call('op', {}), { ok: 1 });
  assert.equal(resets(), 1);
});

test('a text of the settings is made once, and the copy does not follow the caller', () => {
  const own = { storeId: 'first', toJSON: undefined, statuses: { map: { settled: 'paid' } } };
  const settings = freezeSettings(own);
  own.statuses.map.settled = 'changed';
  assert.throws(() => {
    settings.statuses.map.settled = 'changed';
  }, TypeError);
  const stringify = JSON.stringify;
  /** @type {any[]} */
  const seen = [];
  JSON.stringify = /** @type {any} */ (
    (/** @type {any[]} */ ...args) => {
      seen.push(args[0]);
      return /** @type {any} */ (stringify)(...args);
    }
  );
  const { core, calls } = fake();
  try {
    core.call('op', { settings, now: 1 });
    core.call('resume', { responses: [], input: { settings, now: 2 } });
  } finally {
    JSON.stringify = stringify;
  }
  assert.equal(
    seen.some((value) => value === settings || value?.settings),
    false,
  );
  const text = '{"storeId":"first","statuses":{"map":{"settled":"paid"}}}';
  assert.equal(calls[0]?.input, `{"now":1}\x1e${text}\x1e`);
  assert.equal(calls[1]?.input, `{"responses":[],"input":{"now":2}}\x1e${text}\x1e`);
});

test('an input without settings is the JSON it stands for', () => {
  const { core, calls } = fake();
  for (const input of [{}, { now: 1 }, { order: { id: '"' } }, { input: {} }, { record: '{"v":1}', language: 'ja' }]) {
    core.call('op', input);
    assert.deepEqual(JSON.parse(calls.at(-1)?.input ?? ''), input);
  }
});

test('settings and record go beside the input, and the record comes back beside the reply', () => {
  const record = '{"v":1,"10":{},"9":[],"n":12345678901234567890.10,"s":"\\u0000 \\"決済"}';
  const { core, calls } = fake({ call: (_, input) => `{"ok":null}\x1e${input.split('\x1e')[2]}` });
  const settings = { a: [1] };
  assert.deepEqual(core.call('op', { settings, record, now: 1 }), { ok: null, save: record });
  assert.equal(calls.at(-1)?.input, `{"now":1}\x1e{"a":[1]}\x1e${record}`);
  // biome-ignore lint/suspicious/noThenProperty: the protocol's name
  core.call('resume', { then: { op: 'op' }, responses: [], input: { settings, record: null, now: 2 } });
  assert.equal(calls.at(-1)?.input, `{"then":{"op":"op"},"responses":[],"input":{"now":2}}\x1e{"a":[1]}\x1e`);
});

test('a record goes in and comes out byte for byte', () => {
  const record = '{"v":1,"10":{},"9":[],"n":12345678901234567890.10,"s":"\\u0000\\ud83d\\ude00 決済\\u2028"}';
  const { core } = fake({ call: (_, input) => JSON.stringify({ ok: null, save: JSON.parse(input).record }) });
  assert.equal(core.call('op', { record }).save, record);
});

test('raw bytes reach the core untouched, and an op without them gets none', () => {
  const { core, calls } = fake();
  const raw = new Uint8Array([0, 255, 10]);
  core.call('op', {}, raw);
  core.call('op', {});
  assert.equal(calls[0]?.raw, raw);
  assert.equal(calls[1]?.raw.length, 0);
});

test('the error of a trap is in the language of the input', () => {
  const { core } = fake({
    call: () => {
      throw new WebAssembly.RuntimeError('unreachable');
    },
  });
  for (const input of [
    { language: 'ja' },
    { settings: { language: 'ja' } },
    { input: { settings: { language: 'ja' } } },
  ]) {
    assert.throws(() => core.call('op', input), { code: 'host.trap', message: 'told in ja' });
  }
  assert.throws(() => core.callText('op', 'not JSON'), { code: 'host.trap', message: 'told in en' });
});

test('an instance that cannot even tell is replaced, and the trap itself is thrown', () => {
  const trap = new WebAssembly.RuntimeError('unreachable');
  const { core, resets } = fake({
    trapsAlways: true,
    call: () => {
      throw trap;
    },
  });
  assert.throws(
    () => core.call('op', {}),
    (error) => error === trap,
  );
  assert.equal(resets(), 2);
});
