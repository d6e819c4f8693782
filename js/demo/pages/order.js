import { html } from 'hono/html';
import { decimal, money, productName } from '../catalog.js';
import { payable } from '../orders.js';
import { texts } from '../texts.js';
import { layout, statusText, time, timeline } from './layout.js';

/** @import { Language } from '../catalog.js' */
/** @import { Item, Order } from '../orders.js' */
/** @import { Html } from './layout.js' */

/** The order can still change by itself, so the page follows it. */
const moving = [...payable, 'processing'];

/** What only the merchant needs to know. */
const internal = ['alerted', 'createOpen', 'createFailed'];

/**
 * The page that the customer returns to.
 * @param {Order} order
 * @param {Item[]} items
 * @param {{at: number, code: string, text: string}[]} entries of the timeline
 * @param {string | undefined} problem
 * @param {Language} language
 * @returns {Html}
 */
export function orderPage(order, items, entries, problem, language) {
  const t = texts[language];
  const { id, key, status, created, goods, shipped } = order;
  const unpaid = payable.includes(status);
  const headline = statusText(t.headline, status);
  return layout(
    { title: headline, language, path: `/orders/${id}?key=${key}`, live: moving.includes(status) },
    html`<section class="state ${status}" role="status">
      <p class="quiet">${t.order} ${id}</p>
      <h1>${headline}</h1>
      <p>${statusText(t.explain, status)} ${goods === 'release' && (shipped === 1 ? t.onItsWay : t.packing)}</p>
      ${unpaid && problem && html`<p class="problem" role="alert">${problem}</p>`}
      ${
        unpaid &&
        html`<form method="post" action="/orders/${id}/pay"><input type="hidden" name="key" value="${key}" />
          <button>${t.payNow}</button></form>`
      }
    </section>
    <section>
      <h2>${t.items}</h2>
      ${itemsTable(order, items, language)}
      <p class="quiet">${t.placed}: ${time(created, language)}</p>
    </section>
    <section>
      <h2>${t.whatHappened}</h2>
      ${timeline(
        entries.filter(({ code }) => !internal.includes(code)),
        language,
      )}
    </section>
    <p class="quiet">${t.keepLink} <a href="/">${t.backToShop}</a></p>`,
  );
}

/**
 * @param {Order} order
 * @param {Item[]} items
 * @param {Language} language
 * @returns {Html}
 */
export function itemsTable({ total, currency }, items, language) {
  const row = (/** @type {Item} */ { product_id, quantity, price }) =>
    html`<tr><td>${productName(product_id, language)} × ${quantity}</td><td>${money(decimal(price * quantity, currency), currency, language)}</td></tr>`;
  return html`<table class="items">
    <tbody>${items.map(row)}</tbody>
    <tfoot><tr><th scope="row">${texts[language].total}</th><td>${money(total, currency, language)}</td></tr></tfoot>
  </table>`;
}

/**
 * @param {string} message
 * @param {Language} language
 * @returns {Html}
 */
export function messagePage(message, language) {
  const t = texts[language];
  return layout(
    { title: message, language, path: '/' },
    html`<section class="state"><h1>${message}</h1><p><a href="/">${t.backToShop}</a></p></section>`,
  );
}
