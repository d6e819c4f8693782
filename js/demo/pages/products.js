import { html } from 'hono/html';
import { catalog, decimal, money } from '../catalog.js';
import { texts } from '../texts.js';
import { layout } from './layout.js';

/** @import { Language, Text } from '../catalog.js' */
/** @import { Orders, Product } from '../orders.js' */
/** @import { Html } from './layout.js' */

/**
 * @param {Product} product
 * @param {Language} language
 */
function words({ id }, language) {
  const { name, about } = catalog.find((entry) => entry.id === id) ?? {
    name: { en: id, ja: id },
    about: { en: '', ja: '' },
  };
  return { name: name[language], about: about[language] };
}

/**
 * @param {Product[]} products
 * @param {Language} language
 * @returns {Html}
 */
export function productsPage(products, language) {
  const t = texts[language];
  return layout(
    { title: t.tagline, language, path: '/' },
    html`<h1>${t.tagline}</h1>
    <ul class="products">${products.map((product) => productCard(product, language))}</ul>`,
  );
}

/**
 * @param {Product} product
 * @param {Language} language
 * @returns {Html}
 */
function productCard(product, language) {
  const t = texts[language];
  const { id, price, currency, stock } = product;
  const { name, about } = words(product, language);
  const action =
    stock > 0
      ? html`<a class="button" href="/checkout?product=${id}" aria-label="${t.buy}: ${name}">${t.buy}</a>`
      : html`<span class="quiet">${t.soldOut}</span>`;
  return html`<li>
    <img src="/assets/${id}.svg" alt="" width="400" height="300" />
    <div class="words">
      <h2>${name}</h2>
      <p>${about}</p>
      <p class="offer"><strong>${money(decimal(price, currency), currency, language)}</strong>${action}</p>
    </div>
  </li>`;
}

/**
 * @param {Product} product
 * @param {{key: string, quantity: number, email: string, problem?: string}} form `key` becomes the order's
 * @param {Language} language
 * @returns {Html}
 */
export function checkoutPage(product, { key, quantity, email, problem }, language) {
  const t = texts[language];
  const { id, price, currency, stock } = product;
  const { name } = words(product, language);
  const most = Math.min(stock, 9);
  return layout(
    { title: t.checkout, language, path: `/checkout?product=${id}&quantity=${quantity}` },
    html`<h1>${t.checkout}</h1>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <section class="checkout">
      <img src="/assets/${id}.svg" alt="" width="400" height="300" />
      <div>
        <h2>${name}</h2>
        <p>${money(decimal(price, currency), currency, language)}</p>
        <form method="get" action="/checkout" class="quantity">
          <input type="hidden" name="product" value="${id}" />
          <label>${t.quantity}
            <input type="number" name="quantity" value="${quantity}" min="1" max="${most}" required />
          </label>
          <button class="plain">${t.update}</button>
        </form>
        <p class="total"><span>${t.total}</span><strong>${money(decimal(price * quantity, currency), currency, language)}</strong></p>
        <form method="post" action="/orders">
          <input type="hidden" name="product" value="${id}" />
          <input type="hidden" name="quantity" value="${quantity}" />
          <input type="hidden" name="key" value="${key}" />
          <label>${t.email}
            <input type="email" name="email" value="${email}" autocomplete="email" maxlength="254" required />
            <small>${t.emailWhy}</small>
          </label>
          <button>${t.placeOrder}</button>
          <p class="quiet">${t.payNote}</p>
        </form>
      </div>
    </section>`,
  );
}
