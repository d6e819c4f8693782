import { readFileSync } from 'node:fs';
import * as untyped from '../pkg/kessai.js';
import { createCore } from './core.js';

/**
 * What wasm-bindgen generates; its own declarations need the DOM's and leave `call` out.
 * @typedef {object} Glue
 * @property {(source: { module?: Uint8Array }) => { memory: { buffer: ArrayBuffer } }} initSync
 * @property {(op: string, input: string, raw: Uint8Array) => string} call
 * @property {() => void} __wbg_reset_state
 */
const glue = /** @type {Glue} */ (/** @type {unknown} */ (untyped));

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
      call: glue.call,
      reset: glue.__wbg_reset_state,
      // Once there is an instance, `initSync` only hands out its exports; after a reset, those of the new one.
      memoryBytes: () => glue.initSync({}).memory.buffer.byteLength,
    });
  }
  return core;
}
