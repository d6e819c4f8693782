/** PHP processes of the tests, as a shop's own would be: the client is loaded by its autoload.php. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Whatever php.ini says: errors on stderr, and nothing that hides a warning. */
const STRICT = ['-d', 'display_errors=stderr', '-d', 'error_reporting=-1', '-d', 'zend.exception_ignore_args=0'];

/** @typedef {{ code: number | null, signal: string | null, out: string, error: string }} Ran */

/**
 * Runs a script of this directory to its end.
 * @param {string} script
 * @param {{ input?: unknown, args?: string[], env?: Record<string, string>, options?: string[] }} [how] `input`: as JSON on its stdin
 * @returns {Promise<Ran>}
 */
export async function php(script, { input, args = [], env = {}, options = [] } = {}) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn('php', [...STRICT, ...options, path, ...args], { env: { ...process.env, ...env } });
  // A script that ended early tells why on its stderr.
  child.stdin.on('error', () => {});
  child.stdin.end(input === undefined ? '' : JSON.stringify(input));
  const [out, error, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (...end) => resolve(end));
    }),
  ]);
  return { code, signal, out, error };
}

/**
 * The same for a script that must succeed and prints JSON.
 * @param {string} script
 * @param {Parameters<typeof php>[1]} [how]
 * @returns {Promise<any>}
 */
export async function phpJson(script, how) {
  const { code, out, error } = await php(script, how);
  assert.deepEqual({ code, error }, { code: 0, error: '' }, out);
  return JSON.parse(out);
}
