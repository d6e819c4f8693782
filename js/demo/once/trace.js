/** What a run tells whoever reads along, and its checks. */
import { deepStrictEqual } from 'node:assert/strict';

/** @param {string} title */
export function step(title) {
  console.log(`\n${title}`);
}

/** @param {string} line */
export function say(line) {
  console.log(`  ${line}`);
}

/**
 * Says what holds; throws where it does not.
 * @param {string} what
 * @param {unknown} actual
 * @param {unknown} expected
 * @throws {Error}
 */
export function verify(what, actual, expected) {
  deepStrictEqual(actual, expected, new Error(`${what}: expected ${text(expected)}, found ${text(actual)}`));
  say(`ok  ${what}`);
}

/** @param {unknown} value */
function text(value) {
  return JSON.stringify(value);
}
