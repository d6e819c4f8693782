import { html } from 'hono/html';
import { productName } from '../catalog.js';
import { price, totalsOf } from '../pricing.js';

/** @import { Shipping } from '../pricing.js' */
/** @import { Item } from '../orders.js' */
/** @import { Html, View } from './layout.js' */

/**
 * What is bought and what it costs, line by line.
 * @param {View} view
 * @param {{currency: string, items: Item[], shipping: Shipping}} order
 * @returns {Html}
 */
export function summaryTable(view, { currency, items, shipping }) {
  return html`<table class="summary">
    <tbody>${items.map(
      (item) => html`<tr>
        <th scope="row">${productName(item.product_id, view.language)} × ${item.quantity}</th>
        <td>${price(item.price * item.quantity, currency, view.language)}</td>
      </tr>`,
    )}</tbody>
    ${summaryFoot(view, { currency, items, shipping })}
  </table>`;
}

/**
 * The end of such a table: shipping, total, and the taxes contained in it.
 * @param {View} view
 * @param {{currency: string, items: Item[], shipping: Shipping}} order
 * @param {number} [span] the columns that stand before the amounts
 * @returns {Html}
 */
export function summaryFoot({ language, t }, { currency, items, shipping }, span = 1) {
  const totals = totalsOf(items, shipping);
  const row = (/** @type {string} */ kind, /** @type {string} */ what, /** @type {number} */ amount) =>
    html`<tr class="${kind}"><th scope="row" colspan="${span}">${what}</th><td>${text(amount)}</td></tr>`;
  const text = (/** @type {number} */ amount) => price(amount, currency, language);
  return html`<tfoot>
    ${row('shipping', t.shipping, totals.shipping)}
    ${row('total', t.total, totals.total)}
    ${totals.taxes.map(({ percent, gross, tax }) => row('tax', t.taxed(percent, text(gross)), tax))}
  </tfoot>`;
}
