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

/** ASCII's record separator: no JSON text holds it. */
const SEPARATOR = '\x1e';

/**
 * The text of an input as the core's door takes it: settings and record go beside the input, as they are, so that neither
 * is quoted and read again at every call (docs/manual/protocol.md, "Sheets").
 * @param {Record<string, any>} input
 * @returns {string}
 */
function inputText(input) {
  const { then, responses, input: first = input } = input;
  const { settings, record, ...rest } = first;
  if (settings === undefined) return JSON.stringify(input);
  const json = JSON.stringify(first === input ? rest : { then, responses, input: rest });
  const settingsText = settingsTexts.get(settings) ?? JSON.stringify(settings);
  return json + SEPARATOR + settingsText + SEPARATOR + (record ?? '');
}

/**
 * @param {string} text a reply, perhaps with the record behind it
 * @returns {Reply}
 */
function readReply(text) {
  const end = text.indexOf(SEPARATOR);
  if (end < 0) return JSON.parse(text);
  const reply = JSON.parse(text.slice(0, end));
  reply.save = text.slice(end + 1);
  return reply;
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
    return readReply(callText(op, inputText(input), raw));
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
    const [json = '', beside = '{}'] = input.split(SEPARATOR);
    const { settings = JSON.parse(beside), language, input: first } = JSON.parse(json);
    return language ?? settings?.language ?? first?.settings?.language;
  } catch {
    return undefined;
  }
}
