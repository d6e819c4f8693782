import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';

/** @import { Reconciled } from '../index.d.ts' */

/** Orders between two lines where there is no terminal. */
const LINE_EVERY = 100;

const BAR_WIDTH = 30;

/** What a run shows while it goes on, and what it came to. */
export class Report {
  #out;
  #error;
  #done = 0;
  /** @type {number | undefined} */
  #total;
  #unchanged = 0;
  /** By money case. @type {Map<string, number>} */
  #checked = new Map();
  /** By error code. @type {Map<string, number>} */
  #failed = new Map();

  /**
   * @param {NodeJS.WriteStream} out for the table, and for progress where there is no terminal: cron mails nothing then but what failed
   * @param {NodeJS.WriteStream} error for what failed, and for a bar where it is a terminal
   */
  constructor(out, error) {
    this.#out = out;
    this.#error = error;
  }

  get hasFailed() {
    return this.#failed.size > 0;
  }

  /** How far it is: `480 of 1200 orders`. */
  get position() {
    return this.#total === undefined ? `${this.#done} orders` : `${this.#done} of ${this.#total} orders`;
  }

  /** @param {Reconciled} found */
  add(found) {
    this.#done = found.done;
    this.#total = found.total;
    if (found.outcome === 'unchanged') this.#unchanged += 1;
    if (found.outcome === 'checked')
      increase(this.#checked, found.sure ? found.case : `${found.case}, not decided yet`);
    if (found.outcome === 'failed') {
      increase(this.#failed, /** @type {{ code?: string }} */ (found.error).code ?? found.error.name);
      this.say(`order ${found.orderId}: ${tell(found.error)}`);
    }
    if (this.#error.isTTY) this.#draw();
    else if (this.#done % LINE_EVERY === 0) this.#out.write(`${this.position}\n`);
  }

  /** A line beside the progress. @param {string} line */
  say(line) {
    this.#clear();
    this.#error.write(`${line}\n`);
  }

  /** The table at the end. The progress bar goes. */
  sum() {
    this.#clear();
    /** @type {[string, number][]} */
    const rows = [
      ['Checked', total(this.#checked)],
      ...byCount(this.#checked),
      ['Unchanged', this.#unchanged],
      ['Failed', total(this.#failed)],
      ...byCount(this.#failed),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    const digits = Math.max(...rows.map(([, number]) => String(number).length));
    const lines = rows.map(([name, number]) => `${name.padEnd(width)}  ${String(number).padStart(digits)}`);
    const out = this.#out;
    const isRed = (/** @type {string} */ line) =>
      this.hasFailed && line.startsWith('Failed') && out.isTTY && out.hasColors();
    for (const line of lines) out.write(`${isRed(line) ? styleText('red', line, { stream: out }) : line}\n`);
  }

  #draw() {
    this.#clear();
    const share = this.#total ? this.#done / this.#total : 0;
    const full = Math.floor(share * BAR_WIDTH);
    const bar = this.#total === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} `;
    const percent = this.#total === undefined ? '' : ` (${Math.floor(share * 100)} %)`;
    const line = `${bar}${this.position}${percent}`;
    // A line that is broken could not be cleared.
    this.#error.write(line.slice(0, Math.max((this.#error.columns ?? 80) - 1, 0)));
  }

  #clear() {
    if (!this.#error.isTTY) return;
    cursorTo(this.#error, 0);
    clearLine(this.#error, 0);
  }
}

/**
 * An error in one line: the likely cause, and what to do about it where that is known.
 * @param {Error} error
 */
export function tell(error) {
  const { remedy } = /** @type {{ remedy?: string }} */ (error);
  // What a database says may have several lines.
  return [error.message, remedy]
    .filter(Boolean)
    .join(' ')
    .replace(/[\s\p{Cc}]+/gu, ' ');
}

/**
 * @param {Map<string, number>} counts
 * @param {string} name
 */
const increase = (counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1);

/** @param {Map<string, number>} counts */
const total = (counts) => [...counts.values()].reduce((sum, number) => sum + number, 0);

/**
 * @param {Map<string, number>} counts
 * @returns {[string, number][]} the most frequent first
 */
const byCount = (counts) =>
  [...counts]
    .sort(([a, some], [b, others]) => others - some || a.localeCompare(b))
    .map(([name, n]) => [`  ${name}`, n]);
