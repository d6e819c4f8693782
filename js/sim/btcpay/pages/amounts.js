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
