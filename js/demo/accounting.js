import { texts } from './texts.js';

/** @import { Kessai, KessaiError } from 'kessai' */
/** @import { Language } from './catalog.js' */
/** @import { Orders } from './orders.js' */

/** @typedef {Awaited<ReturnType<Kessai['order']['statement']>>} Statement */

/** How many statements are asked for at a time: a slow payment server must not make the books take for ever. */
const AT_ONCE = 4;

/**
 * The books: every payment and refund, one a line, in the words of whoever reads them. Amounts are decimals as they are,
 * never rounded here, and no amount is negative: the kind tells a refund.
 * @param {Kessai} kessai
 * @param {Orders} orders
 * @param {Language} language
 * @returns {Promise<string>} CSV
 * @throws {KessaiError}
 */
export async function accounting(kessai, orders, language) {
  const { books, statuses } = texts[language];
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const rows = [books.columns(zone)];
  const billed = orders.billed();
  // Asks the payment server where a rate is not known yet; `complete` is false where that did not answer.
  const statements = await mapped(billed, ({ id: orderId }) => kessai.order.statement({ orderId }));
  for (const [index, { id, created, status, name, total, currency }] of billed.entries()) {
    const { lines, complete } = /** @type {Statement} */ (statements[index]);
    for (const { kind, at, value, coin, rate, worth, method, transactionId, invoiceId, state, ...line } of lines) {
      const booked = [id, when(created), word(statuses, status), name, total, currency];
      const moved = [word(books.kinds, kind), when(at), word(books.states, state), value, coin, rate, worth];
      const traced = [line.currency, method, transactionId ?? line.id, invoiceId, complete ? '' : books.incomplete];
      rows.push([...booked, ...moved, ...traced].map((cell) => cell ?? ''));
    }
  }
  return csv(rows);
}

/**
 * @template T, R
 * @param {T[]} items
 * @param {(item: T) => Promise<R>} work done for `AT_ONCE` of them at a time
 * @returns {Promise<R[]>} in the order of the items
 */
async function mapped(items, work) {
  /** @type {R[]} */
  const results = [];
  const rest = items.entries();
  const worker = async () => {
    // The workers share one iterator: each takes what is next.
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/**
 * RFC 4180, with the mark by which Excel knows UTF-8. A spreadsheet takes a cell that starts like a formula for one, so
 * such a cell gets an apostrophe: a customer can call themselves `=HYPERLINK(…)`.
 * @param {string[][]} rows
 * @returns {string}
 */
export function csv(rows) {
  const cell = (/** @type {string} */ text) => {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  return `\uFEFF${rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** @param {number} at unix seconds; a spreadsheet reads what comes out as a date */
function when(at) {
  return new Date(at * 1000).toLocaleString('sv-SE');
}

/**
 * @param {Record<string, string>} words
 * @param {string} key
 */
function word(words, key) {
  return words[key] ?? key;
}
