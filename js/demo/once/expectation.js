import { deepStrictEqual } from 'node:assert/strict';

/** @import { Texts } from '../texts.js' */

/**
 * How the one purchase can end, and all that must be true then.
 * @typedef {{
 *   case: string, shopStatus: keyof Texts['headline'], goods: string, taken: number, mails: number, alerts: number, invoice: string,
 * }} Expectation `taken` of the product's stock; `invoice` at the payment server: status and additional status
 * @typedef {'settled' | 'overpaid' | 'expired'} Ending
 */

/** What is bought. */
export const product = 'tenugui';
export const quantity = 2;

/** @type {Record<Ending, Expectation>} */
export const expectations = {
  settled: {
    case: 'settled',
    shopStatus: 'paid',
    goods: 'release',
    taken: quantity,
    mails: 1,
    alerts: 0,
    invoice: 'Settled/None',
  },
  overpaid: {
    case: 'settledOverpaid',
    shopStatus: 'paid',
    goods: 'release',
    taken: quantity,
    mails: 1,
    alerts: 1,
    invoice: 'Settled/PaidOver',
  },
  expired: {
    case: 'expiredUnpaid',
    shopStatus: 'cancelled',
    goods: 'hold',
    taken: 0,
    mails: 0,
    alerts: 0,
    invoice: 'Expired/None',
  },
};

/**
 * Says what holds; throws where it does not.
 * @param {string} what
 * @param {unknown} actual
 * @param {unknown} expected
 * @throws {Error}
 */
export function verify(what, actual, expected) {
  deepStrictEqual(actual, expected, new Error(`${what}: expected ${text(expected)}, found ${text(actual)}`));
  console.log(`  ok  ${what}`);
}

/** @param {unknown} value */
function text(value) {
  return JSON.stringify(value);
}
