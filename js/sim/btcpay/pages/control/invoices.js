import { formatAmount } from '../amounts.js';
import { html } from '../html.js';
import { badge, button, empty, moment, part, short, table } from './parts.js';

/** @param {import('./parts.js').Scene} scene */
export function invoicesPart(scene) {
  const { view, texts, language, root } = scene;
  const { heads, actions } = texts.invoices;
  const body =
    view.invoices.length === 0
      ? empty(texts.invoices.none)
      : table(scene, [heads.order, heads.amount, heads.status, heads.created, texts.do], view.invoices, (invoice) => {
          const about = invoice.orderId || invoice.id;
          const isOpen = invoice.status === 'New';
          return html`<tr>
<td><b>${invoice.orderId || '–'}</b> <a href="${root}/i/${invoice.id}?lang=${language}">${short(invoice.id)}</a></td>
<td class="number">${invoice.asksAnyAmount ? texts.invoices.any : formatAmount(invoice.amount, invoice.currency, language)}</td>
<td>${badge(invoice.status, texts.invoices.status[invoice.status])}${
            invoice.additionalStatus === 'None'
              ? null
              : html` <small>${texts.invoices.additional[invoice.additionalStatus]}</small>`
          }</td>
<td>${moment(invoice.createdTime)}</td>
<td class="do"><div class="actions">
${isOpen && !invoice.asksAnyAmount && invoice.paymentMethods.length > 0 && button(scene, `invoices/${invoice.id}/pay`, actions.pay, { about })}
${isOpen && button(scene, `invoices/${invoice.id}/expire`, actions.expire, { about })}
${invoice.markable.map((status) => button(scene, `invoices/${invoice.id}/mark`, actions[status], { about, fields: { status } }))}
</div></td></tr>`;
        });
  return part('invoices', texts.nav.invoices, body);
}
