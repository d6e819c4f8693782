import { failure } from './error.js';

/** @import { Reply } from './index.d.ts' */

/** An instance that grew beyond this, in bytes, is replaced: wasm memory never shrinks by itself. */
const MEMORY_LIMIT = 16 * 1024 * 1024;

const NO_BYTES = new Uint8Array(0);

/** @type {WeakMap<object, string>} */
const settingsTexts = new WeakMap();

/**
 * A deeply frozen copy of the settings whose JSON text is made once, here, however often it is passed to `call`.
 * The copy keeps a host that changes its own object later from being half obeyed.
 * @template {object} T
 * @param {T} settings
 * @returns {Readonly<T>}
 */
export function freezeSettings(settings) {
  const text = JSON.stringify(settings);
  const frozen = JSON.parse(text, (_, value) => Object.freeze(value));
  settingsTexts.set(frozen, text);
  return frozen;
}

/**
 * The JSON text of an input. `settings` stand first and come from their cache, also inside the input of a `resume`.
 * @param {object} input
 * @returns {string}
 */
function inputText(input) {
  const { settings, input: first, ...rest } = /** @type {Record<string, any>} */ (input);
  const members = [];
  if (settings !== undefined) members.push(`"settings":${settingsTexts.get(settings) ?? JSON.stringify(settings)}`);
  if (first !== undefined) members.push(`"input":${inputText(first)}`);
  const others = JSON.stringify(rest);
  if (others !== '{}') members.push(others.slice(1, -1));
  return `{${members.join(',')}}`;
}

/**
 * The core behind its one door. It keeps nothing between calls, so that replacing its instance loses nothing.
 * @param {object} glue the wasm build; a fake in tests
 * @param {(op: string, input: string, raw: Uint8Array) => string} glue.call
 * @param {() => void} glue.reset replaces the instance, synchronously
 * @param {() => number} glue.memoryBytes the size of the instance's memory
 */
export function createCore({ call: enter, reset, memoryBytes }) {
  /**
   * One step, text to text: what the sidecar and the command line pass on untouched.
   * @param {string} op
   * @param {string} input JSON text
   * @param {Uint8Array} [raw] a body as it came off the wire
   * @returns {string} the reply, JSON text
   * @throws {KessaiError} `host.trap`; the next call works
   */
  function callText(op, input, raw = NO_BYTES) {
    let reply;
    try {
      reply = enter(op, input, raw);
    } catch (cause) {
      // Not only a RuntimeError: whatever unwound through the instance (a stack overflow is a RangeError) left its
      // stack pointer where it was.
      reset();
      // Told by the new instance, unless it is just this that it cannot do.
      throw op === 'error.tell' ? cause : failure(call, 'host.trap', { language: languageOf(input), cause });
    }
    if (memoryBytes() > MEMORY_LIMIT) reset();
    return reply;
  }

  /**
   * One step. `save` in the reply is text and stays text.
   * @param {string} op
   * @param {object} input
   * @param {Uint8Array} [raw]
   * @returns {Reply}
   * @throws {KessaiError} `host.trap`; the next call works
   */
  function call(op, input, raw) {
    return JSON.parse(callText(op, inputText(input), raw));
  }

  return { call, callText };
}

/** @typedef {ReturnType<typeof createCore>} Core */

/**
 * @param {string} input JSON text
 * @returns {string | undefined}
 */
function languageOf(input) {
  try {
    const { settings, language, input: first } = JSON.parse(input);
    return language ?? settings?.language ?? first?.settings?.language;
  } catch {
    return undefined;
  }
}
