import { spawnSync } from 'node:child_process';

/** A failure that its message explains in full: printed as one line, without a stack. */
export class Stop extends Error {}

/**
 * Runs a command to its end and throws {@link Stop} where it fails.
 *
 * Its standard output goes to our standard error: standard output belongs to what the user asked for
 * (`npm start -- --once | tail -1`), not to the work that had to be done first.
 * @param {string} command
 * @param {readonly string[]} args
 */
export function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (error) throw new Stop(`${command} could not be started: ${error.message}`);
  if (status !== 0) throw new Stop(`${[command, ...args].join(' ')} failed (${signal ?? `exit code ${status}`})`);
}

/**
 * The standard output of a command, or `undefined` where it is missing or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined}
 */
export function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout : undefined;
}

/**
 * Prints one line of progress.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a script's work; a {@link Stop} becomes one line and exit code 1.
 * @param {() => unknown} work
 */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
