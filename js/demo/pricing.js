/** @import { Language } from './catalog.js' */

/**
 * @typedef {{price: number, quantity: number, tax: number}} Priced `price` of one, in the currency's smallest unit, with
 *   `tax` percent in it
 * @typedef {{price: number, tax: number}} Shipping
 * @typedef {{goods: number, shipping: number, total: number, taxes: Tax[]}} Totals in the currency's smallest unit
 * @typedef {{percent: number, gross: number, tax: number}} Tax what of the total has this rate, and the tax contained in it
 */

/**
 * What an order costs. Prices contain their tax. As Japan's qualified invoices want it, the tax is taken from the sum of
 * each rate and rounded down once, not line by line.
 * @param {Priced[]} items
 * @param {Shipping} shipping
 * @returns {Totals}
 */
export function totalsOf(items, shipping) {
  const goods = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  /** @type {Map<number, number>} */
  const grossByRate = new Map();
  for (const { price, quantity, tax } of [...items, { ...shipping, quantity: 1 }]) {
    grossByRate.set(tax, (grossByRate.get(tax) ?? 0) + price * quantity);
  }
  const taxes = [...grossByRate]
    .filter(([percent]) => percent > 0)
    .sort(([a], [b]) => b - a)
    .map(([percent, gross]) => ({ percent, gross, tax: Math.floor((gross * percent) / (100 + percent)) }));
  return { goods, shipping: shipping.price, total: goods + shipping.price, taxes };
}

/**
 * An amount as kessai wants it: a decimal with a dot.
 * @param {number} amount in the smallest unit
 * @param {string} currency
 * @returns {string} `"24.00"` for 2400 cents
 */
export function decimal(amount, currency) {
  if (currency !== 'USD') return String(amount);
  return `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
}

/**
 * An amount as a person reads it.
 * @param {string} amount a decimal with a dot
 * @param {string} currency
 * @param {Language} language
 */
export function money(amount, currency, language) {
  // Intl formats decimal text exactly; a number would pass through a float.
  const text = /** @type {Intl.StringNumericLiteral} */ (amount);
  if (currency === 'SATS') return `${new Intl.NumberFormat(language).format(text)} sats`;
  // What was paid in coins is refunded in coins, and Intl would round them to two digits.
  if (currency === 'BTC') return `${new Intl.NumberFormat(language, { maximumFractionDigits: 8 }).format(text)} BTC`;
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(text);
}

/**
 * @param {number} amount in the smallest unit
 * @param {string} currency
 * @param {Language} language
 */
export function price(amount, currency, language) {
  return money(decimal(amount, currency), currency, language);
}
