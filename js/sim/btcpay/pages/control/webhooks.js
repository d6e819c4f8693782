import { html } from '../html.js';
import { badge, button, empty, part, table } from './parts.js';

/** @param {import('./parts.js').Scene} scene */
export function webhooksPart(scene) {
  const { view, texts } = scene;
  const { heads, none, on, off, retries, noRetries, everything, nothing, secret, test } = texts.webhooks;
  const body =
    view.webhooks.length === 0
      ? empty(none)
      : html`${table(
          scene,
          [heads.url, heads.events, heads.state, '', view.testsWebhooks ? texts.do : ''],
          view.webhooks,
          (webhook) => {
            const { everything: all, specificEvents } = webhook.authorizedEvents;
            return html`<tr>
<td><code>${webhook.url}</code></td>
<td>${all ? everything : specificEvents.join(', ') || nothing}</td>
<td>${badge(webhook.enabled ? 'on' : 'off', webhook.enabled ? on : off)} <small>${webhook.automaticRedelivery ? retries : noRetries}</small></td>
<td class="number">${heads.waiting}: ${webhook.waiting}</td>
<td class="do">${view.testsWebhooks && button(scene, `webhooks/${webhook.id}/test`, test, { about: webhook.url, fields: { type: 'InvoiceSettled' } })}</td>
</tr>`;
          },
        )}<p class="empty">${secret}</p>`;
  return part('webhooks', texts.nav.webhooks, body);
}
