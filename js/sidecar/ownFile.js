import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './usageError.js';

/**
 * The text of a file that an option names.
 * @param {string} file
 * @param {{ isSecret?: boolean }} [how] `isSecret`: nobody but its owner and group may be able to read it
 * @returns {string}
 * @throws {UsageError}
 */
export function readFile(file, { isSecret = false } = {}) {
  let text;
  let mode;
  try {
    text = readFileSync(file, 'utf8');
    mode = statSync(file).mode;
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${/** @type {NodeJS.ErrnoException} */ (error).code}`);
  }
  if (isSecret && mode & 0o007) throw new UsageError(`anybody can read ${file}: chmod 640 it`);
  return text;
}
