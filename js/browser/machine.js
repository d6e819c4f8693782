/** The machine that decides (src/modal): what its numbers mean, and loading it. */
import * as glue from '../../pkg/browser/modal_bg.js';
import module from '../../pkg/browser/modal_bg.wasm';

/** @typedef {typeof glue} Machine */

/** What is known, by its number in the lowest three bits of a step. */
export const KNOWN = /** @type {const} */ (['closed', 'expired', 'invalid', 'partlyPaid', 'processing', 'paid']);

/** What the page tells the machine. */
export const READY = 0;
export const BLOCKED = 1;
export const GONE = 2;
export const DISMISSED = 3;
export const STOPPED = 4;
export const LINGERED = 5;
export const NO_ANSWER = 6;

/** What the machine tells the page to do, in this order. */
export const TELL = 1 << 16;
export const SHOW = 1 << 17;
export const FOCUS = 1 << 18;
export const HIDE = 1 << 19;
export const LINGER = 1 << 20;
export const ASK = 1 << 21;
export const END = 1 << 22;
export const RETURN = 1 << 23;
export const REDIRECT = 1 << 24;

/** @param {number} step */
export const isOver = (step) => ((step >> 3) & 7) === 6;

/** @type {Promise<Machine> | undefined} */
let loading;

/**
 * Rejects where the page's policy has no `wasm-unsafe-eval`, or the browser no WebAssembly.
 * @returns {Promise<Machine>}
 */
export function loadMachine() {
  loading ??= load();
  return loading;
}

async function load() {
  const bytes = Uint8Array.from(atob(module), (letter) => letter.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { './modal_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  return glue;
}
