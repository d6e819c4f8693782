import { html } from 'hono/html';
import { textOf } from '../cart.js';
import { cancellable, payable } from '../orders.js';
import { isRefunded } from '../refunds.js';
import { layout, statusText, time, timeline } from './layout.js';
import { refundNotices } from './refunds.js';
import { summaryTable } from './summary.js';

/** @import { Item, Order } from '../orders.js' */
/** @import { Refund } from '../refunds.js' */
/** @import { Html, View } from './layout.js' */

/** The order can still change by itself, so the page follows it. */
const moving = [...payable, 'processing'];

/** What only the merchant needs to know. */
const internal = ['alerted', 'createOpen', 'createFailed'];

/**
 * The page that the customer returns to.
 * @param {View} view
 * @param {Order} order
 * @param {Item[]} items
 * @param {{entries: {at: number, code: string, text: string}[], refunds: Refund[]}} history `entries` of the timeline
 * @param {string} [problem] the name of one of the texts
 * @returns {Html}
 */
export function orderPage(view, order, items, { entries, refunds }, problem) {
  const { language, t } = view;
  const { id, key, status, created, currency, shipping, shipping_tax, name, address, goods, shipped } = order;
  const headline = statusText(t.headline, status);
  const unpaid = payable.includes(status);
  const shown = Object.entries(t.problems).find(([known]) => known === problem)?.[1];
  return layout(
    view,
    { title: headline, path: `/orders/${id}?key=${key}`, live: moving.includes(status) },
    html`<section class="state ${status}" role="status">
      <p class="quiet">${t.order} ${id}</p>
      <h1>${headline}</h1>
      ${steps(view, order)}
      <p>${explanation(view, order, entries)}</p>
      ${goods === 'release' && shipped === 0 && !isRefunded(entries) && html`<p>${t.packing}</p>`}
      ${moving.includes(status) && view.connected && shown && html`<p class="problem" role="alert">${shown}</p>`}
      ${
        unpaid &&
        (view.connected
          ? html`<form method="post" action="/orders/${id}/pay"><input type="hidden" name="key" value="${key}" />
          <button>${t.payNow}</button> <a class="button plain" href="/orders/${id}/pay?key=${key}">${t.payHere}</a></form>`
          : html`<p class="told">${t.notReady}</p>`)
      }
      ${status === 'cancelled' && html`<p><a class="button" href="/checkout?items=${textOf(items)}">${t.orderAgain}</a></p>`}
    </section>
    ${refundNotices(view, refunds)}
    <section>
      <h2>${t.whatHappened}</h2>
      ${timeline(
        entries.filter(({ code }) => !internal.includes(code)),
        view,
      )}
    </section>
    <section>
      <h2>${t.yourOrder}</h2>
      ${summaryTable(view, { currency, items, shipping: { price: shipping, tax: shipping_tax } })}
      <dl><div><dt>${t.placed}</dt><dd>${time(created, language)}</dd></div>
        <div><dt>${t.sentTo}</dt><dd class="address">${name}
${address}</dd></div></dl>
      ${
        cancellable.includes(status) &&
        html`<form method="post" action="/orders/${id}/cancel"><input type="hidden" name="key" value="${key}" />
          <button class="link">${t.cancel}</button></form>`
      }
    </section>
    <p class="quiet">${t.keepLink} <a href="/">${t.backToShop}</a></p>`,
  );
}

/**
 * What the status means for the customer.
 * @param {View} view
 * @param {Order} order
 * @param {{code: string}[]} entries
 */
function explanation({ t }, { status, shipped }, entries) {
  if (shipped === 1) return t.onItsWay;
  if (status === 'cancelled' && entries.some(({ code }) => code === 'expired')) return t.expired;
  return statusText(t.explain, status);
}

/**
 * How far an order is that goes its way.
 * @param {View} view
 * @param {Order} order
 * @returns {Html | undefined}
 */
function steps({ t }, { status, shipped }) {
  if (status !== 'paid' && !moving.includes(status)) return undefined;
  const reached = shipped === 1 ? 3 : status === 'paid' ? 2 : 1;
  return html`<ol class="steps">${Object.values(t.steps).map(
    (step, index) => html`<li${index < reached && html` class="reached"`}>${step}</li>`,
  )}</ol>`;
}
