import { html } from 'hono/html';
import { money } from '../pricing.js';
import { refundKinds } from '../refunds.js';
import { statusText, time } from './layout.js';

/** @import { Order } from '../orders.js' */
/** @import { Refund, RefundForm } from '../refunds.js' */
/** @import { Html, View } from './layout.js' */

/**
 * What the merchant sees of refunds, and the form for another.
 * @param {View} view
 * @param {Order} order
 * @param {Refund[]} refunds
 * @param {{key: string, invoices: string[], sent: RefundForm | undefined}} form `sent`: what was refused, to be corrected;
 *   `invoices`: those on which there is money
 * @returns {Html | undefined}
 */
export function refundSection(view, order, refunds, form) {
  if (refunds.length === 0 && form.invoices.length === 0) return undefined;
  const { language, t } = view;
  return html`<section id="refunds">
    <h2>${t.refund.title}</h2>
    ${
      refunds.length > 0 &&
      html`<ul class="refunds">${refunds.map(
        (refund) => html`<li><strong>${sum(view, refund)}</strong>
          <span class="badge ${refund.state}">${statusText(t.refund.states, refund.state)}</span>
          ${time(refund.at, language)}
          ${refund.state === 'pending' && html`<p>${t.refund.passOn} <a href="${refund.claimLink}">${refund.claimLink}</a></p>`}</li>`,
      )}</ul>`
    }
    ${form.invoices.length > 0 && refundForm(view, order, form)}
  </section>`;
}

/**
 * @param {View} view
 * @param {Order} order
 * @param {{key: string, invoices: string[], sent: RefundForm | undefined}} form
 * @returns {Html}
 */
function refundForm({ t }, { id, currency }, { key, invoices, sent }) {
  const is = (/** @type {boolean} */ set, /** @type {string} */ attribute) => set && html` ${attribute}`;
  return html`<details${is(sent !== undefined, 'open')}>
    <summary>${t.refund.make}</summary>
    <form method="post" action="/merchant/orders/${id}/refund">
      <input type="hidden" name="key" value="${sent?.key ?? key}" />
      ${
        invoices.length === 1
          ? html`<input type="hidden" name="invoice" value="${invoices[0]}" />`
          : html`<label>${t.refund.invoice}
            <select name="invoice">${invoices.map((invoice) => html`<option${is(invoice === sent?.invoice, 'selected')}>${invoice}</option>`)}</select></label>`
      }
      <fieldset>
        <legend>${t.refund.howMuch}</legend>
        ${refundKinds.map(
          (
            kind,
          ) => html`<label><input type="radio" name="kind" value="${kind}" required${is(kind === sent?.kind, 'checked')} />
            <span>${t.refund.kinds[kind](currency)}</span></label>`,
        )}
        <input name="amount" inputmode="decimal" autocomplete="off" aria-label="${t.refund.amount(currency)}" value="${sent?.amount ?? ''}" />
      </fieldset>
      <p class="quiet">${t.refund.note}</p>
      <button class="plain">${t.refund.button}</button>
    </form>
  </details>`;
}

/**
 * What the customer sees of them: where to claim the money, and afterwards that it was paid.
 * @param {View} view
 * @param {Refund[]} refunds
 */
export function refundNotices(view, refunds) {
  const { t } = view;
  return refunds.map((refund) => {
    if (refund.state === 'paid') {
      return html`<section class="state paid"><h2>${t.refunded(sum(view, refund))}</h2></section>`;
    }
    // One that the shop has cancelled is nothing to the customer.
    if (refund.state !== 'pending' || !refund.claimLink) return undefined;
    return html`<section class="state"><h2>${t.refunding(sum(view, refund))}</h2>
      <p>${t.claimWhy}</p>
      <p><a class="button" href="${refund.claimLink}">${t.claim}</a></p></section>`;
  });
}

/**
 * @param {View} view
 * @param {Refund} refund
 */
function sum({ language }, { value, coin }) {
  return value && coin ? money(value, coin, language) : '';
}
