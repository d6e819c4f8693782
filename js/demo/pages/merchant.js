import { html } from 'hono/html';
import { money, productName } from '../catalog.js';
import { texts } from '../texts.js';
import { layout, statusBadge, time, timeline } from './layout.js';
import { itemsTable } from './order.js';

/** @import { Language } from '../catalog.js' */
/** @import { HistoryEntry, Item, ListedOrder, Order, Product } from '../orders.js' */
/** @import { Html } from './layout.js' */

/**
 * @param {ListedOrder[]} orders
 * @param {Product[]} products
 * @param {Language} language
 * @returns {Html}
 */
export function ordersPage(orders, products, language) {
  const t = texts[language];
  const alerting = orders.filter(({ alerts }) => alerts > 0);
  return layout(
    { title: t.orders, language, path: '/merchant' },
    html`<h1>${t.orders}</h1>
    <section class="${alerting.length > 0 ? 'alerts' : ''}">
      <h2>${t.alerts}</h2>
      ${
        alerting.length === 0
          ? html`<p class="quiet">${t.noAlerts}</p>`
          : html`<ul>${alerting.map(({ id, alerts }) => html`<li><a href="/merchant/orders/${id}">${t.order} ${id}</a> (${alerts})</li>`)}</ul>`
      }
    </section>
    <section>
      ${orders.length === 0 ? html`<p class="quiet">${t.noOrders}</p>` : ordersTable(orders, language)}
    </section>
    <section>
      <h2>${t.stock}</h2>
      <ul class="stock">${products.map(({ id, stock }) => html`<li>${productName(id, language)} <strong>${stock}</strong></li>`)}</ul>
    </section>`,
  );
}

/**
 * @param {ListedOrder[]} orders
 * @param {Language} language
 * @returns {Html}
 */
function ordersTable(orders, language) {
  const t = texts[language];
  return html`<table class="orders">
    <thead><tr><th>${t.order}</th><th>${t.status}</th><th>${t.total}</th><th class="wide">${t.goods}</th><th class="wide">${t.placed}</th></tr></thead>
    <tbody>${orders.map(
      (order) => html`<tr>
        <td><a href="/merchant/orders/${order.id}">${order.id}</a></td>
        <td>${statusBadge(order.status, language)}</td>
        <td>${money(order.total, order.currency, language)}</td>
        <td class="wide">${goodsText(order, language)}</td>
        <td class="wide">${time(order.created, language)}</td>
      </tr>`,
    )}</tbody>
  </table>`;
}

/**
 * @param {Order} order
 * @param {Language} language
 */
function goodsText({ shipped, goods }, language) {
  const t = texts[language];
  if (shipped === 1) return t.shipped;
  return goods === 'release' ? t.release : t.hold;
}

/**
 * @param {Order} order
 * @param {Item[]} items
 * @param {HistoryEntry[]} history
 * @param {{at: number, text: string}[]} entries of the timeline
 * @param {{message: string, remedy: string} | undefined} problem
 * @param {Language} language
 * @returns {Html}
 */
export function merchantOrderPage(order, items, history, entries, problem, language) {
  const t = texts[language];
  const { id, key, status, goods, shipped } = order;
  const path = `/merchant/orders/${id}`;
  const open = history.filter(({ kind, closed }) => kind === 'alert' && closed === 0);
  return layout(
    { title: `${t.order} ${id}`, language, path },
    html`<p><a href="/merchant">← ${t.orders}</a></p>
    <h1>${t.order} ${id} ${statusBadge(status, language)}</h1>
    ${problem && html`<p class="problem" role="alert">${t.checkFailed} ${problem.message} ${problem.remedy}</p>`}
    ${
      open.length > 0 &&
      html`<section class="alerts"><h2>${t.alerts}</h2>
        <ul>${open.map(({ text }) => html`<li>${text}</li>`)}</ul>
        <form method="post" action="${path}/alerts"><button class="plain">${t.done}</button></form></section>`
    }
    <section>
      ${itemsTable(order, items, language)}
      <p>${t.goods}: <strong>${goodsText(order, language)}</strong></p>
      <div class="actions">
        <form method="post" action="${path}/check"><button class="plain">${t.checkNow}</button></form>
        ${goods === 'release' && shipped === 0 && html`<form method="post" action="${path}/ship"><button>${t.ship}</button></form>`}
        <a href="/orders/${id}?key=${key}">${t.customerPage}</a>
      </div>
    </section>
    <section><h2>${t.history}</h2>${timeline(history, language)}</section>
    <section><h2>${t.whatHappened}</h2>${timeline(entries, language)}</section>`,
  );
}
