import { html } from 'hono/html';
import { MOST, textOf } from '../cart.js';
import { productName, shipping } from '../catalog.js';
import { price } from '../pricing.js';
import { layout } from './layout.js';
import { summaryFoot, summaryTable } from './summary.js';

/** @import { Currency } from '../catalog.js' */
/** @import { Line, Section } from '../cart.js' */
/** @import { Customer } from '../orders.js' */
/** @import { Html, View } from './layout.js' */

/**
 * @param {View} view
 * @param {Section[]} sections
 * @returns {Html}
 */
export function cartPage(view, sections) {
  const { t } = view;
  return layout(
    view,
    { title: t.cart, path: '/cart' },
    html`<h1>${t.cart}</h1>
    ${sections.length === 0 && html`<section><p>${t.emptyCart}</p><p><a class="button" href="/">${t.backToShop}</a></p></section>`}
    ${sections.length > 1 && html`<p class="lead">${t.severalOrders}</p>`}
    ${sections.map((section) => cartSection(view, section))}`,
  );
}

/**
 * @param {View} view
 * @param {Section} section
 * @returns {Html}
 */
function cartSection(view, { currency, items }) {
  const enough = items.every(({ quantity, stock }) => quantity <= stock);
  return html`<section aria-label="${currency}">
    <table class="summary cart">
      <tbody>${items.map((line) => cartLine(view, currency, line))}</tbody>
      ${summaryFoot(view, { currency, items, shipping: shipping[currency] }, 2)}
    </table>
    ${nextStep(view, { enough, items: textOf(items), currency })}
  </section>`;
}

/**
 * @param {View} view
 * @param {{enough: boolean, items: string, currency: Currency}} cart
 * @returns {Html}
 */
function nextStep({ t, connected }, { enough, items, currency }) {
  if (!enough) return html`<p class="problem" role="alert">${t.notEnough}</p>`;
  if (!connected) return html`<p class="told">${t.notReady}</p>`;
  return html`<p class="end"><a class="button" href="/checkout?items=${items}">${t.toCheckout(currency)}</a></p>`;
}

/**
 * @param {View} view
 * @param {Currency} currency
 * @param {Line} line
 * @returns {Html}
 */
function cartLine({ language, t }, currency, line) {
  const { product_id, quantity, stock } = line;
  const name = productName(product_id, language);
  const form = (/** @type {Html} */ buttons) =>
    html`<form method="post" action="/cart/${product_id}" class="stepper" aria-label="${t.quantity}: ${name}">${buttons}</form>`;
  const full = quantity >= Math.min(stock, MOST);
  return html`<tr>
    <td class="picture"><img src="/assets/${product_id}.svg" alt="" width="400" height="300" /></td>
    <th scope="row">${name}
      <small>${price(line.price, currency, language)}${quantity > stock && html` · ${t.left(stock)}`}</small>
      ${form(html`<button class="plain" name="quantity" value="${quantity - 1}" aria-label="${t.fewer}: ${name}">−</button>
        <span>${quantity}</span>
        <button class="plain" name="quantity" value="${quantity + 1}" aria-label="${t.more}: ${name}"${full && html` disabled`}>+</button>`)}
    </th>
    <td>${price(line.price * quantity, currency, language)}
      ${form(html`<button class="link" name="quantity" value="0" aria-label="${t.remove}: ${name}">${t.remove}</button>`)}
    </td>
  </tr>`;
}

/**
 * @param {View} view
 * @param {Section} section
 * @param {{key: string, customer: Customer, problem?: string}} form `key` becomes the order's
 * @returns {Html}
 */
export function checkoutPage(view, { currency, items }, { key, customer, problem }) {
  const { t } = view;
  const { name, email, address } = customer;
  const text = textOf(items);
  return layout(
    view,
    { title: t.checkout, path: `/checkout?items=${text}` },
    html`<h1>${t.checkout}</h1>
    <div class="checkout">
      <section>
        <h2>${t.yourOrder}</h2>
        ${summaryTable(view, { currency, items, shipping: shipping[currency] })}
        <p class="quiet"><a href="/cart">${t.changeCart}</a></p>
      </section>
      <section>
        <h2>${t.whereTo}</h2>
        ${problem && html`<p class="problem" role="alert">${problem}</p>`}
        <form method="post" action="/orders">
          <input type="hidden" name="items" value="${text}" />
          <input type="hidden" name="key" value="${key}" />
          <label>${t.name}<input name="name" value="${name}" autocomplete="name" maxlength="100" required /></label>
          <label>${t.email}
            <input type="email" name="email" value="${email}" autocomplete="email" maxlength="254" required />
            <small>${t.emailWhy}</small>
          </label>
          <label>${t.address}
            <textarea name="address" rows="3" autocomplete="street-address" maxlength="500" required>${address}</textarea>
          </label>
          <button>${t.placeOrder}</button>
          <button class="plain" name="where" value="here">${t.placeOrderHere}</button>
          <p class="quiet">${t.payNote}</p>
        </form>
      </section>
    </div>`,
  );
}
