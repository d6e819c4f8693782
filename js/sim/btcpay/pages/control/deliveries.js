import { html } from '../html.js';
import { badge, button, empty, moment, part, short, table } from './parts.js';

/** @param {import('./parts.js').Scene} scene */
export function deliveriesPart(scene) {
  const { view, texts } = scene;
  const { heads, none, waiting } = texts.deliveries;
  const body = html`${view.waitingDeliveries > 0 && html`<p class="problem">${waiting(view.waitingDeliveries)}</p>`}${
    view.deliveries.length === 0
      ? empty(none)
      : table(scene, [heads.sent, heads.event, heads.answer, heads.body, texts.do], view.deliveries, (delivery) =>
          deliveryRow(scene, delivery),
        )
  }`;
  return part('deliveries', texts.nav.deliveries, body);
}

/**
 * @param {import('./parts.js').Scene} scene
 * @param {import('./parts.js').SimView['deliveries'][number]} delivery
 */
function deliveryRow(scene, delivery) {
  const { view, texts, language, root } = scene;
  const words = texts.deliveries;
  const isKnown = view.invoices.some(({ id }) => id === delivery.invoiceId);
  const isAgain = !delivery.pruned && JSON.parse(delivery.request).isRedelivery === true;
  const canSend = !delivery.pruned && view.webhooks.some(({ id }) => id === delivery.webhookId);
  return html`<tr>
<td>${moment(delivery.deliveryTime)}</td>
<td><b>${delivery.type}</b>${isAgain && html` <small>${words.again}</small>`}${
    isKnown && html` <a href="${root}/i/${delivery.invoiceId}?lang=${language}">${short(delivery.invoiceId)}</a>`
  }</td>
<td>${badge(delivery.status, delivery.httpCode ?? words.noAnswer)}${
    delivery.httpCode === null && html` <small>${delivery.errorMessage}</small>`
  }</td>
<td><details id="body-${delivery.id}"><summary><span class="signed ${delivery.signed}">${words.signed[delivery.signed]}</span></summary>
<pre tabindex="0">BTCPay-Sig: ${delivery.signature}

${delivery.request}</pre></details></td>
<td class="do">${canSend && button(scene, `deliveries/${delivery.id}/redeliver`, words.redeliver, { about: delivery.type })}</td>
</tr>`;
}
