import { Decimal } from './decimal.js';

/** Digits after the point of a currency, from BTCPay Server's Currencies.json; all others have 2. */
const DIGITS = new Map([
  ['JPY', 0],
  ['KRW', 0],
  ['VND', 0],
  ['CLP', 0],
  ['ISK', 0],
  ['XAF', 0],
  ['BHD', 3],
  ['KWD', 3],
  ['BTC', 8],
  ['SATS', 0],
]);

/**
 * @param {string} currency
 * @returns {number}
 */
export const digitsOf = (currency) => DIGITS.get(currency) ?? 2;

const KNOWN = new Set([...DIGITS.keys(), ...Intl.supportedValuesOf('currency')]);

/** @param {string} currency in any case */
export const isCurrency = (currency) => KNOWN.has(currency.toUpperCase());

/** What 1 BTC costs. SATS is a built-in rule of the server, not a market's rate. */
export const DEFAULT_PRICES = { BTC: '1', SATS: '100000000', JPY: '10000000', USD: '65000' };

/**
 * Rounds a price to its currency's digits, and to more where that would change it by 1 % or more (0.001 USD stays),
 * halves away from zero: BTCPay Server 2.4.1, `RoundToSignificant`.
 * @param {Decimal} price not negative
 * @param {number} digits
 */
export function roundPrice(price, digits) {
  const hundred = new Decimal(100n, 0);
  for (;;) {
    const rounded = price.round(digits);
    const difference = rounded.minus(price);
    const magnitude = difference.sign() < 0 ? price.minus(rounded) : difference;
    if (price.sign() === 0 || magnitude.times(hundred).compare(price) < 0) return rounded;
    digits += 1;
  }
}
