import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * What a simulator remembers from one process to the next: a file of JSON lines, one for each change, appended before
 * the change is answered for. Starting writes the file anew with each record's last state.
 */
export class Journal {
  /** @type {Map<string, Map<string, unknown>>} */
  #records = new Map();
  #file;
  /** How many changes there were since the start, kept or not. */
  changes = 0;

  /** @param {string} [file] without one, nothing is kept */
  constructor(file) {
    this.#file = file;
    if (!file || !existsSync(file)) return;
    const lines = readFileSync(file, 'utf8').split('\n');
    // A process killed while appending leaves a last line without its end; that change was never answered for.
    for (const line of lines.slice(0, -1)) this.#keep(...readLine(line, file));
    const kept = [...this.#records].flatMap(([kind, records]) =>
      [...records].map(([id, record]) => JSON.stringify([kind, id, record])),
    );
    writeFileSync(`${file}.new`, kept.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /**
   * @param {string} kind
   * @returns {Map<string, any>} records by id, in the order they were first written
   */
  load(kind) {
    return this.#records.get(kind) ?? new Map();
  }

  /**
   * @param {string} kind
   * @param {string} id
   * @param {unknown} record JSON; null forgets it
   */
  put(kind, id, record) {
    this.changes += 1;
    if (!this.#file) return;
    appendFileSync(this.#file, `${JSON.stringify([kind, id, record])}\n`, { mode: 0o600 });
  }

  /**
   * @param {string} kind
   * @param {string} id
   * @param {unknown} record
   */
  #keep(kind, id, record) {
    const records = this.#records.get(kind) ?? new Map();
    this.#records.set(kind, records);
    if (record === null) records.delete(id);
    else records.set(id, record);
  }
}

/**
 * @param {string} line
 * @param {string} file
 * @returns {[string, string, unknown]}
 */
function readLine(line, file) {
  try {
    const [kind, id, record] = JSON.parse(line);
    return [kind, id, record];
  } catch {
    throw new Error(`${file} is not a simulator's state file; delete it or name another`);
  }
}
