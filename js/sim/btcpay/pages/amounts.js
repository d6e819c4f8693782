/**
 * An amount as people write it. Exact: the digits are never turned into a float.
 * @param {string} amount
 * @param {string} currency
 * @param {string} language
 * @returns {string}
 */
export function formatAmount(amount, currency, language) {
  const fraction = amount.split('.')[1]?.length ?? 0;
  if (!/^[A-Z]{3}$/.test(currency) || currency === 'BTC') return `${group(amount)} ${currency}`;
  const format = new Intl.NumberFormat(language, { style: 'currency', currency });
  const usual = format.resolvedOptions().minimumFractionDigits ?? 0;
  const digits = Math.max(usual, fraction);
  return new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(/** @type {any} */ (amount));
}

/** @param {string} amount */
function group(amount) {
  const [whole = '', fraction] = amount.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** @type {[Intl.NumberFormatOptions['unit'], number][]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/**
 * A span of time as people say it, in its two largest units.
 * @param {number} seconds
 * @param {string} language
 * @returns {string}
 */
export function formatSpan(seconds, language) {
  let left = seconds;
  const parts = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    const format = { style: 'unit', unit, unitDisplay: 'long' };
    if (count > 0) parts.push(new Intl.NumberFormat(language, /** @type {any} */ (format)).format(count));
  }
  const span = parts.slice(0, 2).join(' ') || formatSpan(1, language);
  return language === 'ja' ? span.replaceAll(' ', '') : span;
}
