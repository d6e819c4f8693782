/**
 * What the shop sells. Prices are in the currency's smallest unit (yen, cents, satoshis), so that sums are exact. `tax` is
 * the consumption tax that a price contains, in percent: tea is food, which has the reduced rate; what goes abroad has none.
 * @typedef {{id: string, currency: Currency, price: number, tax: number, stock: number, name: Text, about: Text}} Product
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
    tax: 8,
    stock: 40,
    name: { en: 'Spring sencha, 80 g', ja: '新茶 煎茶 80g' },
    about: { en: 'First harvest from Uji, in a paper-wrapped tin.', ja: '宇治の一番茶。和紙を巻いた茶缶入り。' },
  },
  {
    id: 'tenugui',
    currency: 'JPY',
    price: 950,
    tax: 10,
    stock: 25,
    name: { en: 'Tenugui cloth, waves', ja: '手ぬぐい 青海波' },
    about: { en: 'Indigo-dyed cotton, 35 × 90 cm.', ja: '藍染めの綿。35×90cm。' },
  },
  {
    id: 'cup',
    currency: 'USD',
    price: 2400,
    tax: 0,
    stock: 12,
    name: { en: 'Stoneware cup', ja: '陶器の湯のみ' },
    about: { en: 'Thrown by hand, ash glaze, 180 ml.', ja: '手びねり、灰釉、180ml。' },
  },
  {
    id: 'notebook',
    currency: 'USD',
    price: 1250,
    tax: 0,
    stock: 60,
    name: { en: 'Stitched notebook', ja: '糸綴じノート' },
    about: { en: 'Opens flat. 96 pages, cream paper.', ja: '180度開く96ページ。クリーム色の紙。' },
  },
  {
    id: 'postcards',
    currency: 'SATS',
    price: 5000,
    tax: 0,
    stock: 30,
    name: { en: 'Five postcards', ja: '絵はがき 5枚組' },
    about: { en: 'Letterpress on cotton paper.', ja: 'コットン紙に活版印刷。' },
  },
  {
    id: 'stickers',
    currency: 'SATS',
    price: 2100,
    tax: 0,
    stock: 100,
    name: { en: 'Swallow stickers', ja: 'つばめシール' },
    about: { en: 'Three sheets, made to last outdoors.', ja: '3シート。屋外でも長持ち。' },
  },
];

/** One parcel an order, whatever is in it. @type {Record<Currency, {price: number, tax: number}>} */
export const shipping = {
  JPY: { price: 500, tax: 10 },
  USD: { price: 800, tax: 0 },
  SATS: { price: 3000, tax: 0 },
};

const products = new Map(catalog.map((product) => [product.id, product]));

/**
 * @param {string} productId
 * @param {Language} language
 */
export function productName(productId, language) {
  return products.get(productId)?.name[language] ?? productId;
}

/**
 * @param {string} productId
 * @param {Language} language
 */
export function productAbout(productId, language) {
  return products.get(productId)?.about[language] ?? '';
}
