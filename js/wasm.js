import { readFileSync } from 'node:fs';
import * as untyped from '../pkg/kessai.js';
import { createCore } from './core.js';

/**
 * What wasm-bindgen generates; its own declarations need the DOM's and leave `call` out.
 * @typedef {object} Glue
 * @property {(source: { module?: Uint8Array }) => { memory: { buffer: ArrayBuffer } }} initSync
 * @property {(op: string, input: Uint8Array, raw: Uint8Array) => string} call
 * @property {() => void} __wbg_reset_state
 */
const glue = /** @type {Glue} */ (/** @type {unknown} */ (untyped));

const encoder = new TextEncoder();
/** Where inputs are encoded: making a new array for each costs more than encoding. */
let scratch = new Uint8Array(16 * 1024);

/** @type {import('./core.js').Core | undefined} */
let core;

/**
 * The core of this process. Reads and compiles the module at the first use, so that importing kessai costs nothing.
 * @returns {import('./core.js').Core}
 */
export function loadCore() {
  if (!core) {
    glue.initSync({ module: readFileSync(new URL('../pkg/kessai_bg.wasm', import.meta.url)) });
    core = createCore({
      call: (op, input, raw) => glue.call(op, encode(input), raw),
      reset: glue.__wbg_reset_state,
      // Once there is an instance, `initSync` only hands out its exports; after a reset, those of the new one.
      memoryBytes: () => glue.initSync({}).memory.buffer.byteLength,
    });
  }
  return core;
}

/**
 * The bytes of a text, until the next call of this function.
 * @param {string} text
 * @returns {Uint8Array}
 */
function encode(text) {
  // A UTF-16 unit becomes at most three bytes.
  if (text.length * 3 > scratch.length) {
    if (text.length > 256 * 1024) return encoder.encode(text);
    scratch = new Uint8Array(text.length * 3);
  }
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}
