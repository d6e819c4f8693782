/** `kessai doctor` in a process of its own. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** @import { Clinic } from './clinic.js' */

const CLI = fileURLToPath(new URL('../../../js/sidecar/cli.js', import.meta.url));
export const SHOP = fileURLToPath(new URL('cliShop.js', import.meta.url));

/** Makes the pipes of a test look like a terminal that goes by the environment. @param {number} columns */
const terminal = (columns) =>
  `data:text/javascript,${encodeURIComponent(`
  import { WriteStream } from 'node:tty';
  for (const stream of [process.stdout, process.stderr]) {
    const { hasColors, getColorDepth } = WriteStream.prototype;
    Object.assign(stream, { isTTY: true, columns: ${columns}, hasColors, getColorDepth });
  }
`)}`;

/**
 * @typedef {object} How
 * @property {Record<string, string>} [env]
 * @property {number} [columns] of a terminal; without, there is none
 * @property {(child: import('node:child_process').ChildProcess) => Promise<void>} [whileRunning]
 */

/**
 * @param {string[]} args what follows `kessai doctor`
 * @param {How} [how]
 * @returns {Promise<{ code: unknown, out: string, error: string }>} `code` is the signal's name where one ended it
 */
export async function doctorCommand(args, { env = {}, columns, whileRunning } = {}) {
  // In no language but that which a test asks for, and on a terminal that is what it says it is.
  const others = ['NO_COLOR', 'FORCE_COLOR', 'CI', 'LC_ALL', 'LC_MESSAGES', 'LANG', 'KESSAI_LOG'];
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !others.includes(name)));
  const flags = columns ? ['--import', terminal(columns)] : [];
  const child = spawn(process.execPath, [...flags, CLI, 'doctor', ...args], {
    env: { ...inherited, TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), whileRunning?.(child)]);
  return { code: await closed, out, error };
}

/**
 * The command for a clinic's shop, by a module.
 * @param {Clinic} clinic
 * @param {string[]} [args]
 * @param {How} [how]
 */
export function kessaiDoctor({ settings, callbackUrl, webhook, clock }, args = [], how = {}) {
  const told = JSON.stringify({ settings, callbackUrl, webhookId: webhook.id, now: clock.now() });
  return doctorCommand(['--shop', SHOP, ...args], { ...how, env: { DOCTOR_SHOP: told, ...how.env } });
}
