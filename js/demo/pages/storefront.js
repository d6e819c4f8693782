import { html } from 'hono/html';
import { productAbout, productName } from '../catalog.js';
import { price } from '../pricing.js';
import { layout } from './layout.js';

/** @import { Product } from '../orders.js' */
/** @import { Html, View } from './layout.js' */

/**
 * @param {View} view
 * @param {Product[]} products
 * @returns {Html}
 */
export function productsPage(view, products) {
  const { t } = view;
  return layout(
    view,
    { title: t.tagline, path: '/' },
    html`<h1>${t.tagline}</h1>
    <p class="lead">${t.lead}</p>
    ${!view.connected && html`<p class="told" role="status">${t.notReady}</p>`}
    <ul class="products">${products.map((product) => productCard(view, product))}</ul>`,
  );
}

/**
 * @param {View} view
 * @param {Product} product
 * @returns {Html}
 */
function productCard({ language, t }, product) {
  const { id, currency, stock } = product;
  const name = productName(id, language);
  const action =
    stock > 0
      ? html`<form method="post" action="/cart"><input type="hidden" name="product" value="${id}" />
          <button aria-label="${t.add}: ${name}">${t.add}</button></form>`
      : html`<span class="quiet">${t.soldOut}</span>`;
  return html`<li>
    <img src="/assets/${id}.svg" alt="" width="400" height="300" />
    <div class="words">
      <h2>${name}</h2>
      <p>${productAbout(id, language)}</p>
      <div class="offer"><span><strong>${price(product.price, currency, language)}</strong>${product.tax > 0 && html` <small>${t.taxIncluded}</small>`}</span>${action}</div>
    </div>
  </li>`;
}
