import { getCookie, setCookie } from 'hono/cookie';
import { catalog } from './catalog.js';

/** @import { Context } from 'hono' */
/** @import { Currency } from './catalog.js' */
/** @import { Item, Product } from './orders.js' */

/**
 * A cart is product ids and quantities and nothing else: prices and stock are looked up when it is shown, so a customer
 * who edits the cookie edits only what they want to buy.
 * @typedef {Map<string, number>} Cart
 * @typedef {Item & {stock: number}} Line
 * @typedef {{currency: Currency, items: Line[]}} Section what can be one order: an order has one currency
 */

/** The most of one product in an order. */
export const MOST = 9;

/**
 * @param {string} text `tenugui.2_sencha.1`; what does not read like that, or is not sold, is left out
 * @returns {Cart}
 */
export function parseCart(text) {
  const pairs = [...text.matchAll(/(?:^|_)([a-z]{1,20})\.([1-9])(?=_|$)/g)];
  const sold = pairs.filter(([, id]) => catalog.some((product) => product.id === id));
  return new Map(sold.map(([, id = '', quantity]) => [id, Number(quantity)]));
}

/**
 * @param {Cart} cart
 * @returns {string}
 */
export function cartText(cart) {
  return [...cart].map(([id, quantity]) => `${id}.${quantity}`).join('_');
}

/** @param {Context} c */
export function readCart(c) {
  return parseCart(getCookie(c, 'cart') ?? '');
}

/**
 * @param {Context} c
 * @param {Cart} cart
 */
export function saveCart(c, cart) {
  setCookie(c, 'cart', cartText(cart), { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 30 * 24 * 60 * 60 });
}

/**
 * @param {Cart} cart
 * @param {Product[]} products
 * @returns {Section[]} one for each currency that is in the cart
 */
export function sectionsOf(cart, products) {
  /** @type {Map<Currency, Line[]>} */
  const byCurrency = new Map();
  for (const { id, currency, price, tax, stock } of products) {
    const quantity = cart.get(id);
    if (!quantity) continue;
    const items = byCurrency.get(currency) ?? [];
    byCurrency.set(currency, [...items, { product_id: id, quantity, price, tax, stock }]);
  }
  return [...byCurrency].map(([currency, items]) => ({ currency, items }));
}

/**
 * The same goods once more, as the text of a cart.
 * @param {Item[]} items
 */
export function textOf(items) {
  return cartText(new Map(items.map(({ product_id, quantity }) => [product_id, quantity])));
}
