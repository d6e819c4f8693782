import { html } from 'hono/html';
import { money } from '../pricing.js';
import { layout } from './layout.js';

/** @import { Order } from '../orders.js' */
/** @import { Html, View } from './layout.js' */

/**
 * Where the customer pays without leaving the shop: the payment server's page in a frame over this one. Without scripts the
 * button is a link to that page.
 * @param {View} view
 * @param {Order} order
 * @param {{serverUrl: string, invoiceId: string, checkoutLink: string, statusToken: string}} checkout
 * @returns {Html}
 */
export function payPage(view, { id, key, total, currency }, { serverUrl, invoiceId, checkoutLink, statusToken }) {
  const { language, t } = view;
  const head = html`<script src="/kessai.js" defer data-kessai-servers="${serverUrl}"></script>`;
  return layout(
    view,
    { title: t.payTitle, path: `/orders/${id}/pay?key=${key}`, head },
    html`<section class="state">
      <p class="quiet">${t.order} ${id}</p>
      <h1>${t.toPay(money(total, currency, language))}</h1>
      <p>${t.explain.awaiting}</p>
      <p class="told" data-kessai-message></p>
      <p><a class="button" href="${checkoutLink}" data-kessai-invoice="${invoiceId}" data-kessai-open
        data-kessai-return="/orders/${id}/return?key=${key}" data-kessai-status="/orders/status?t=${statusToken}">${t.payNow}</a></p>
      <p class="quiet"><a href="${checkoutLink}">${t.payThere}</a></p>
    </section>
    <p class="quiet"><a href="/orders/${id}?key=${key}">${t.toOrder}</a></p>`,
  );
}
