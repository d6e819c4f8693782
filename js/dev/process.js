import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where cargo keeps its registry and what it installs. */
export const CARGO_HOME = process.env.CARGO_HOME ?? join(homedir(), '.cargo');

// A shell that was open before rustup came, and a CI shell that reads no profile, do not have it in their path.
process.env.PATH = [process.env.PATH, join(CARGO_HOME, 'bin')].join(delimiter);

/** A failure that its message explains in full: printed as one line, without a stack. */
export class Stop extends Error {}

/**
 * Runs a command to its end and throws {@link Stop} where it fails.
 *
 * Its standard output goes to our standard error unless told: standard output belongs to what the user asked for
 * (`npm start -- --once | tail -1`), not to the work that had to be done first.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ stdout?: number | 'pipe', env?: Record<string, string> }} [options] the file descriptor its standard output
 *   goes to, or `pipe` to have it returned; and what to add to its environment
 * @returns {string | null} its standard output, where that is piped
 */
export function run(command, args, { stdout = 2, env = {} } = {}) {
  const { status, signal, error, ...result } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ['ignore', stdout, 2],
  });
  if (result.stdout && status !== 0) process.stdout.write(result.stdout);
  if (error) throw new Stop(`${command} could not be started: ${error.message}`);
  if (status !== 0) throw new Stop(`${[command, ...args].join(' ')} failed (${signal ?? `exit code ${status}`})`);
  return result.stdout;
}

/**
 * The standard output of a command, or `undefined` where it is missing or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {string | undefined}
 */
export function output(command, args) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: Number.POSITIVE_INFINITY,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

/**
 * The path of a program, without starting it (a browser takes a second to tell its version), or `undefined`.
 * @param {string} program
 * @returns {string | undefined}
 */
export function programPath(program) {
  const paths = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, program));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Prints one line of progress.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a script's work in the project's directory; a {@link Stop} becomes one line and exit code 1.
 * @param {() => unknown} work
 */
export async function main(work) {
  try {
    process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
    await work();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
