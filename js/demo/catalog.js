/**
 * What the shop sells. Prices are in the currency's smallest unit (yen, cents, satoshis), so that multiplying by a
 * quantity is exact.
 * @typedef {{id: string, currency: Currency, price: number, stock: number, name: Text, about: Text}} Product
 * @typedef {'JPY' | 'USD' | 'SATS'} Currency
 * @typedef {'en' | 'ja'} Language
 * @typedef {Record<Language, string>} Text
 */

/** @type {Product[]} */
export const catalog = [
  {
    id: 'sencha',
    currency: 'JPY',
    price: 1620,
    stock: 40,
    name: { en: 'Spring sencha, 80 g', ja: '新茶 煎茶 80g' },
    about: { en: 'First harvest from Uji, in a paper-wrapped tin.', ja: '宇治の一番茶。和紙を巻いた茶缶入り。' },
  },
  {
    id: 'tenugui',
    currency: 'JPY',
    price: 1200,
    stock: 25,
    name: { en: 'Tenugui cloth, waves', ja: '手ぬぐい 青海波' },
    about: { en: 'Indigo-dyed cotton, 35 × 90 cm.', ja: '藍染めの綿。35×90cm。' },
  },
  {
    id: 'cup',
    currency: 'USD',
    price: 2400,
    stock: 12,
    name: { en: 'Stoneware cup', ja: '陶器の湯のみ' },
    about: { en: 'Thrown by hand, ash glaze, 180 ml.', ja: '手びねり、灰釉、180ml。' },
  },
  {
    id: 'notebook',
    currency: 'USD',
    price: 1250,
    stock: 60,
    name: { en: 'Stitched notebook', ja: '糸綴じノート' },
    about: { en: 'Opens flat. 96 pages, cream paper.', ja: '180度開く96ページ。クリーム色の紙。' },
  },
  {
    id: 'postcards',
    currency: 'SATS',
    price: 5000,
    stock: 30,
    name: { en: 'Five postcards', ja: '絵はがき 5枚組' },
    about: { en: 'Letterpress on cotton paper.', ja: 'コットン紙に活版印刷。' },
  },
  {
    id: 'stickers',
    currency: 'SATS',
    price: 2100,
    stock: 100,
    name: { en: 'Swallow stickers', ja: 'つばめシール' },
    about: { en: 'Three sheets, made to last outdoors.', ja: '3シート。屋外でも長持ち。' },
  },
];

const names = new Map(catalog.map((product) => [product.id, product.name]));

/**
 * @param {string} productId
 * @param {Language} language
 */
export function productName(productId, language) {
  return names.get(productId)?.[language] ?? productId;
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
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(text);
}
