import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from './usageError.js';

/** @import { OrderRecord } from '../index.d.ts' */

/**
 * How far a run over all orders came, in a file, so that the next run goes on from there. The file holds the id of the last
 * order before which nothing is left, and goes away when the orders come to an end.
 */
export class Progress {
  #file;
  /** @type {string | undefined} */
  #after;
  #read = 0;
  #done = 0;

  /**
   * @param {string} file need not be there yet
   * @throws {UsageError} for a file that something else wrote
   */
  constructor(file) {
    this.#file = file;
    this.#after = readId(file);
  }

  /**
   * What is left of the orders, in their order.
   * @param {Iterable<OrderRecord> | AsyncIterable<OrderRecord>} orders
   * @returns {Iterable<OrderRecord> | AsyncIterable<OrderRecord>} with a `length` where they are an array
   */
  rest(orders) {
    if (!Array.isArray(orders)) return this.#follow(orders, this.#after);
    const at = orders.findIndex(({ orderId }) => orderId === this.#after);
    if (this.#after !== undefined && at < 0) throw this.#lost();
    const left = orders.slice(at + 1);
    return Object.assign(this.#follow(left, undefined), { length: left.length });
  }

  /** An order was dealt with, whichever of those that were read. */
  finish() {
    this.#done += 1;
  }

  /** All orders were dealt with. */
  end() {
    rmSync(this.#file, { force: true });
  }

  /**
   * @param {Iterable<OrderRecord> | AsyncIterable<OrderRecord>} orders
   * @param {string | undefined} after
   * @returns {AsyncGenerator<OrderRecord>}
   */
  async *#follow(orders, after) {
    let isSkipping = after !== undefined;
    /** @type {string | undefined} */
    let last;
    for await (const order of orders) {
      if (isSkipping) {
        isSkipping = order.orderId !== after;
        continue;
      }
      // Orders are read ahead and finish in any order.
      if (last !== undefined && this.#done === this.#read) this.#keep(last);
      this.#read += 1;
      last = order.orderId;
      yield order;
    }
    if (isSkipping) throw this.#lost();
  }

  /** @param {string} orderId */
  #keep(orderId) {
    // A process that is killed while writing leaves the file as it was.
    writeFileSync(`${this.#file}.new`, `${JSON.stringify({ kessaiReconcile: orderId })}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  #lost() {
    return new UsageError(
      `order ${this.#after} of ${this.#file} is not among the orders; delete the file to start over`,
    );
  }
}

/**
 * @param {string} file
 * @returns {string | undefined} undefined where there is no file
 */
function readId(file) {
  try {
    const { kessaiReconcile } = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof kessaiReconcile === 'string') return kessaiReconcile;
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT') return undefined;
    if (code) throw new UsageError(`cannot read the progress file: ${/** @type {Error} */ (error).message}`);
  }
  throw new UsageError(`${file} is not a progress file of kessai reconcile; name another, or delete it to start over`);
}
