import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Case one file; README.md describes its members
 * @property {string} path
 * @property {string} name
 * @property {string} source
 * @property {string} op
 * @property {any} input
 * @property {unknown} [raw]
 * @property {any} reply
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Directories beside those of the operations. */
const NO_CASES = ['records', 'settings'];

/** Members that cross the door as text and stand as JSON in the files. */
const TEXTS = ['record', 'body'];

/** @returns {Case[]} in the order of their paths */
export function loadCases() {
  const directories = readdirSync(HERE, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !NO_CASES.includes(entry.name),
  );
  return directories.flatMap(({ name }) =>
    jsonFiles(join(HERE, name)).map((path) => ({ path: relative(HERE, path), ...readJson(path) })),
  );
}

/** Records as releases wrote them. @returns {{ path: string, text: string }[]} */
export function loadRecords() {
  return jsonFiles(join(HERE, 'records')).map((path) => ({
    path: relative(HERE, path),
    text: readFileSync(path, 'utf8').trimEnd(),
  }));
}

/** @param {string} path of a case @returns {string} */
export const fileOf = (path) => join(HERE, path);

/** @returns {any} the settings of this name */
export const loadSettings = (name = 'default') => readJson(join(HERE, 'settings', `${name}.json`));

/** HTTP answer and retryability of every error code. */
export const loadAnswers = () => readJson(join(HERE, 'answers.json'));

/**
 * What goes through the door for a case.
 * @param {Pick<Case, 'input' | 'raw'>} golden
 * @returns {{ input: string, raw: Uint8Array }}
 */
export function resolve({ input, raw }) {
  const whole = resolved(input);
  return { input: typeof whole === 'string' ? whole : JSON.stringify(whole), raw: bytes(raw) };
}

/**
 * The reply as the files write it: where the expectation has JSON, a text is read as JSON.
 * @param {any} expected
 * @param {any} actual
 * @returns {any}
 */
export function readable(expected, actual) {
  if (expected === null || typeof expected !== 'object') return actual;
  if (typeof actual === 'string') return JSON.parse(actual);
  if (Array.isArray(actual)) return actual.map((value, at) => readable(expected[at], value));
  if (actual === null || typeof actual !== 'object') return actual;
  return Object.fromEntries(Object.entries(actual).map(([name, value]) => [name, readable(expected[name], value)]));
}

/**
 * A reply as a new case writes it.
 * @param {any} reply
 * @returns {any}
 */
export function presentable(reply) {
  const send = reply.send?.map((/** @type {any} */ request) =>
    request.body ? { ...request, body: JSON.parse(request.body) } : request,
  );
  return { ...reply, ...(reply.save && { save: JSON.parse(reply.save) }), ...(send && { send }) };
}

/** @param {any} value @returns {any} */
function resolved(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(resolved);
  if (value.repeat) return value.repeat[0].repeat(value.repeat[1]);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === 'settings' && typeof member === 'string' && member.startsWith('@')) {
        return [name, loadSettings(member.slice(1))];
      }
      const whole = resolved(member);
      const isJson = whole !== null && typeof whole === 'object';
      return [name, TEXTS.includes(name) && isJson ? JSON.stringify(whole) : whole];
    }),
  );
}

/** @param {any} raw @returns {Uint8Array} */
function bytes(raw) {
  if (raw === undefined) return new Uint8Array(0);
  if (raw.base64) return Uint8Array.from(Buffer.from(raw.base64, 'base64'));
  const text = Array.isArray(raw) ? raw.join('\n') : resolved(raw);
  return new TextEncoder().encode(text);
}

/** @param {string} directory */
function jsonFiles(directory) {
  const names = readdirSync(directory, { encoding: 'utf8', recursive: true });
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(directory, name))
    .sort();
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
