import { action } from './action.js';
import { formatAmount } from './amounts.js';
import { documentOf, html } from './html.js';

/** @typedef {ReturnType<typeof import('../views.js').simView>} SimView */
/** @typedef {SimView['invoices'][number]} InvoiceView */

const BACK = { back: 'control' };
const STEPS = /** @type {const} */ ([
  ['+1 min', 60],
  ['+15 min', 900],
  ['+1 h', 3600],
  ['+1 day', 86_400],
]);

/** Rows shown at most; the API has them all. */
const MOST_ROWS = 50;

/**
 * The page a developer looks on from: all invoices, all deliveries, the clock.
 * @param {SimView} view
 * @param {{ root: string, storeId: string, base: string }} context
 * @returns {string}
 */
export function controlPage(view, { root, storeId, base }) {
  const main = html`<main class="control" data-pulse="${root}/sim/pulse">
<h1>BTCPay Server simulator</h1>
<dl class="facts">
<div><dt>Server</dt><dd><code>${base}</code></dd></div>
<div><dt>Store id</dt><dd><code>${storeId}</code></dd></div>
<div><dt>Version</dt><dd>${view.version}</dd></div>
<div><dt>Clock (UTC)</dt><dd><span data-clock>${clockOf(view.now)}</span>${view.secondsAhead > 1 ? html` <small>${spanOf(view.secondsAhead)} ahead</small>` : null}</dd></div>
</dl>
<div class="actions tools">
${STEPS.map(([label, seconds]) => html`<form method="post" action="${root}/sim/clock"><input type="hidden" name="advance" value="${seconds}"><button>${label}</button></form>`)}
${action(root, 'mine', '', 'Mine a block', {})}
</div>
${view.unknownRoutes.length > 0 ? html`<p class="problem">The simulator was asked for what it does not know: ${view.unknownRoutes.map(({ method, path }) => `${method} ${path}`).join(', ')}</p>` : null}
<h2>Invoices</h2>
${invoicesTable(view.invoices, root)}
<h2>Webhook deliveries</h2>
${deliveriesTable(view, root)}
</main>`;
  return documentOf({
    title: 'BTCPay Server simulator',
    language: 'en',
    root,
    banner: 'Simulator: not real money',
    main,
  });
}

/**
 * @param {InvoiceView[]} invoices
 * @param {string} root
 */
function invoicesTable(invoices, root) {
  if (invoices.length === 0) return html`<p class="empty">None yet. Create one through the API, or from your shop.</p>`;
  return html`<div class="scroll"><table>
<thead><tr><th>Created</th><th>Order</th><th>Amount</th><th>Status</th><th>Do</th></tr></thead>
<tbody>${invoices.slice(0, MOST_ROWS).map(
    (invoice) => html`<tr>
<td>${timeOf(invoice.createdTime)}</td>
<td>${invoice.orderId || '–'}<br><a href="${root}/i/${invoice.id}"><code>${invoice.id.slice(0, 10)}…</code></a></td>
<td class="number">${invoice.asksAnyAmount ? 'any' : formatAmount(invoice.amount, invoice.currency, 'en')}</td>
<td><span class="badge ${invoice.status}">${invoice.status}</span>${invoice.additionalStatus === 'None' ? null : html`<br><small>${invoice.additionalStatus}</small>`}</td>
<td><div class="actions">
${invoice.status === 'New' && !invoice.asksAnyAmount && action(root, invoice.id, 'pay', 'Pay', BACK)}
${invoice.status === 'New' && action(root, invoice.id, 'expire', 'Expire', BACK)}
${invoice.markable.map((status) => action(root, invoice.id, 'mark', status === 'Settled' ? 'Mark settled' : 'Mark invalid', { ...BACK, status }))}
</div></td></tr>`,
  )}</tbody></table></div>`;
}

/**
 * @param {SimView} view
 * @param {string} root
 */
function deliveriesTable({ deliveries, webhooks, waitingDeliveries }, root) {
  const targets = webhooks.map(
    ({ url, enabled }) => html`<li><code>${url}</code>${enabled ? null : ' (disabled)'}</li>`,
  );
  const waiting =
    waitingDeliveries > 0 &&
    html`<p class="problem">${waitingDeliveries} waiting: a delivery that fails holds up all behind it. Move the clock to retry.</p>`;
  if (targets.length === 0) return html`<p class="empty">No webhook is registered.</p>`;
  return html`<ul class="targets">${targets}</ul>${waiting}
${
  deliveries.length > 0 &&
  html`<div class="scroll"><table>
<thead><tr><th>Sent</th><th>Event</th><th>Invoice</th><th>Answer</th><th>Do</th></tr></thead>
<tbody>${deliveries.slice(0, MOST_ROWS).map(
    (delivery) => html`<tr><td>${timeOf(delivery.deliveryTime)}</td><td>${delivery.type}</td>
<td><a href="${root}/i/${delivery.invoiceId}"><code>${delivery.invoiceId.slice(0, 10)}…</code></a></td>
<td><span class="badge ${delivery.status}">${delivery.httpCode ?? 'none'}</span>${delivery.status === 'Failed' ? html`<br><small>${delivery.errorMessage}</small>` : null}</td>
<td><form method="post" action="${root}/sim/deliveries/${delivery.id}/redeliver"><button>Redeliver</button></form></td></tr>`,
  )}</tbody></table></div>`
}`;
}

/** @param {number} seconds since 1970 */
const timeOf = (seconds) => {
  const [day = '', time = ''] = new Date(seconds * 1000).toISOString().split('T');
  return html`<time class="moment" datetime="${day}T${time}"><small>${day}</small> ${time.slice(0, 8)}</time>`;
};

/** @param {number} seconds since 1970 */
export const clockOf = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** @param {number} seconds */
function spanOf(seconds) {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([count]) => count !== 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}
