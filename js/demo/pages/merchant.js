import { html } from 'hono/html';
import { productName } from '../catalog.js';
import { cancellable } from '../orders.js';
import { money } from '../pricing.js';
import { isRefunded, refundable } from '../refunds.js';
import { layout, statusText, time, timeline } from './layout.js';
import { refundSection } from './refunds.js';
import { summaryTable } from './summary.js';

/** @import { Item, Order, Product } from '../orders.js' */
/** @import { Refund, RefundForm } from '../refunds.js' */
/** @import { Html, View } from './layout.js' */

/**
 * @typedef {{key: string, at: number, text: string}} Alert
 * @typedef {{at: number, code: string, text: string, invoiceId?: string | null | undefined}} Entry
 * @typedef {{entries: Entry[], alerts: Alert[]}} History
 */

/**
 * @param {View} view
 * @param {({order: Order} & History)[]} listed those that need a person first
 * @param {{products: Product[], ready: boolean}} shop `ready`: customers can pay, and the shop hears of it
 * @returns {Html}
 */
export function ordersPage(view, listed, { products, ready }) {
  const { language, t } = view;
  const alerts = listed.flatMap(({ order, alerts }) => alerts.map((alert) => ({ ...alert, id: order.id })));
  return layout(
    view,
    { title: t.orders, path: '/merchant' },
    html`<div class="heading"><h1>${t.orders}</h1>
      <p class="actions"><a class="button plain" href="/merchant/connection">${t.connection.link}</a>
        <a class="button plain" href="/merchant/accounting.csv" download>${t.csv}</a></p></div>
    ${
      !ready &&
      html`<section class="alerts"><h2>${view.connected ? t.connection.noWebhook : t.connection.notConnected}</h2>
      <p>${view.connected ? t.connection.noWebhookWhy : t.connection.notConnectedWhy}</p>
      <p><a class="button" href="/merchant/connection">${t.connection.toConnection}</a></p></section>`
    }
    <section class="${alerts.length > 0 ? 'alerts' : ''}">
      <h2>${t.alerts}</h2>
      ${
        alerts.length === 0
          ? html`<p class="quiet">${t.noAlerts}</p>`
          : html`<ul>${alerts.map(({ id, text }) => html`<li><a href="/merchant/orders/${id}">${t.orderNo(id)}</a> ${text}</li>`)}</ul>`
      }
    </section>
    <section>
      ${listed.length === 0 ? html`<p class="quiet">${t.noOrders}</p>` : ordersTable(view, listed)}
    </section>
    <section>
      <h2>${t.stock}</h2>
      <ul class="stock">${products.map(({ id, stock }) => html`<li>${productName(id, language)} <strong>${stock}</strong></li>`)}</ul>
    </section>`,
  );
}

/**
 * @param {View} view
 * @param {({order: Order} & History)[]} listed
 * @returns {Html}
 */
function ordersTable(view, listed) {
  const { language, t } = view;
  return html`<table class="orders">
    <thead><tr><th>${t.number}</th><th>${t.status}</th><th>${t.next}</th><th>${t.total}</th><th>${t.customer}</th><th>${t.placedAt}</th></tr></thead>
    <tbody>${listed.map(
      ({ order, ...history }) => html`<tr>
        <td><a href="/merchant/orders/${order.id}" aria-label="${t.orderNo(order.id)}">${order.id}</a></td>
        <td>${statusBadge(view, order)}</td>
        <td>${nextStep(view, order, history)}</td>
        <td>${money(order.total, order.currency, language)}</td>
        <td>${order.name}</td>
        <td>${time(order.created, language)}</td>
      </tr>`,
    )}</tbody>
  </table>
  <p class="quiet">${t.newest}</p>`;
}

/**
 * @param {View} view
 * @param {Order} order
 * @returns {Html}
 */
function statusBadge({ t }, { status }) {
  return html`<span class="badge ${status}">${statusText(t.statuses, status)}</span>`;
}

/**
 * What the merchant does with the order next.
 * @param {View} view
 * @param {Order} order
 * @param {History & {handsOff?: string | null | undefined}} history
 */
function nextStep({ t }, { status, shipped, goods }, { entries, alerts, handsOff }) {
  if (alerts.length > 0 || handsOff) return t.lookAtIt;
  if (shipped === 1) return t.shipped;
  if (status === 'refunded') return '—';
  if (isRefunded(entries)) return t.refundBegun;
  if (goods === 'release') return t.release;
  return status === 'cancelled' || status === 'failed' ? '—' : t.hold;
}

/**
 * @param {View} view
 * @param {Order} order
 * @param {Item[]} items
 * @param {History & {refunds: Refund[], refundKey: string, handsOff: string | null | undefined}} history `handsOff`: why
 *   kessai leaves the order alone; `refundKey`: of the next refund
 * @param {{problem?: string | undefined, form?: RefundForm | undefined}} refused what could not be done and why, and the
 *   form that asked for it
 * @returns {Html}
 */
export function merchantOrderPage(view, order, items, history, { problem, form }) {
  const { language, t } = view;
  const { id, key, status, goods, shipped, currency, shipping, shipping_tax, method } = order;
  const { entries, alerts, refunds, refundKey, handsOff } = history;
  const path = `/merchant/orders/${id}`;
  const action = (/** @type {string} */ name, /** @type {string} */ text, plain = true) =>
    html`<form method="post" action="${path}/${name}"><button${plain && html` class="plain"`}>${text}</button></form>`;
  return layout(
    view,
    { title: t.orderNo(id), path },
    html`<p><a href="/merchant">← ${t.orders}</a></p>
    <h1>${t.orderNo(id)} ${statusBadge(view, order)}</h1>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    ${
      alerts.length > 0 &&
      html`<section class="alerts"><h2>${t.alerts}</h2>
        <ul>${alerts.map(({ text }) => html`<li>${text}</li>`)}</ul>
        <form method="post" action="${path}/acknowledge">
          ${alerts.map((alert) => html`<input type="hidden" name="alert" value="${alert.key}" />`)}
          <button class="plain">${t.done}</button></form></section>`
    }
    ${
      handsOff &&
      html`<section class="alerts"><h2>${t.handsOff.title}</h2>
        <p>${statusText(t.handsOff.reasons, handsOff)}</p>
        ${method === 'btcpay' && action('takeBack', t.handsOff.takeBack)}</section>`
    }
    <section>
      <p><strong>${t.next}: ${nextStep(view, order, history)}</strong></p>
      <div class="actions">
        ${goods === 'release' && shipped === 0 && status !== 'refunded' && action('ship', t.ship, isRefunded(entries))}
        ${action('check', t.checkNow)}
        ${cancellable.includes(status) && action('cancel', t.cancelOrder)}
        <a href="/orders/${id}?key=${key}">${t.customerPage}</a>
      </div>
    </section>
    ${refundSection(view, order, refunds, { key: refundKey, invoices: refundable(order, entries), sent: form })}
    <section>
      <h2>${t.history}</h2>
      ${timeline(entries, view)}
    </section>
    <section>
      ${summaryTable(view, { currency, items, shipping: { price: shipping, tax: shipping_tax } })}
      <dl><div><dt>${t.placedAt}</dt><dd>${time(order.created, language)}</dd></div>
        <div><dt>${t.deliverTo}</dt><dd class="address">${order.name}
${order.address}
${order.email}</dd></div></dl>
    </section>`,
  );
}
