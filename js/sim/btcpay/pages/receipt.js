import { formatAmount } from './amounts.js';
import { documentOf, html } from './html.js';
import { otherLanguages, pageLanguage } from './language.js';
import { CHECKOUT_TEXTS } from './texts/checkout.js';
import { WORLD_TEXTS } from './texts/world.js';

/**
 * The receipt of a settled invoice, or the wait for one (BTCPay Server from 1.6.0 on).
 * @param {import('./possible.js').InvoiceView} invoice
 * @param {{ root: string, url: URL, storeName: string, state: string, data: unknown, showPayments: boolean }} context `data`: what the
 *   shop wants written on it, `metadata.receiptData`
 * @returns {string}
 */
export function receiptPage(invoice, { root, url, storeName, state, data, showPayments }) {
  const language = pageLanguage(url.searchParams.get('lang'), invoice.language);
  const texts = CHECKOUT_TEXTS[language];
  const { id, amount, currency, createdTime, orderId, description, returnUrl } = invoice;
  const isPaid = invoice.status === 'Settled';
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const rows = [
    [texts.paidOn, `${moment.format(createdTime * 1000)} UTC`],
    orderId && [texts.orderId, orderId],
    description && [texts.details, description],
    [texts.invoiceId, id],
    ...detailsOf(data),
  ].filter((row) => Array.isArray(row));
  const list = html`<dl class="lines">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  const waits = html`<div class="status Processing" role="status"><span class="mark" aria-hidden="true"></span>
<div><strong>${texts.receiptWaits.title}</strong><p>${texts.receiptWaits.text}</p></div></div>`;
  const main = html`<main class="checkout paper" data-live data-pulse="${root}/i/${id}/status" data-state="${state}">
<section class="card"><header><p class="store">${texts.receiptOf(storeName)}</p>
<h1 class="amount">${formatAmount(amount, currency, language)}</h1></header>
${isPaid ? html`<div class="status Settled"><span class="mark" aria-hidden="true"></span><div><strong>${texts.status.Settled.title}</strong></div></div>` : waits}
${list}
${isPaid && showPayments && paymentsPart(invoice, texts, WORLD_TEXTS[language])}
<div class="links">${returnUrl && html`<a class="button primary" href="${returnUrl}" rel="noreferrer">${texts.back}</a>`}
<a class="quiet" href="${root}/i/${id}">${texts.toInvoice}</a></div>
</section></main>`;
  const title = `${texts.receiptTitle} – ${storeName}`;
  const languages = otherLanguages(url, language);
  return documentOf({ title, language, root, banner: texts.banner, main, styles: ['payment.css'], languages });
}

/**
 * @param {import('./possible.js').InvoiceView} invoice
 * @param {import('./texts/checkout.js').CheckoutTexts} texts
 * @param {import('./texts/world.js').WorldTexts} words
 */
function paymentsPart({ paymentMethods }, { payments }, { by }) {
  const paid = paymentMethods.flatMap((method) =>
    method.payments
      .filter(({ status }) => status !== 'Invalid')
      .map(({ id, value }) => ({ id, value, by: by[method.paymentMethodId] ?? method.paymentMethodId })),
  );
  return (
    paid.length > 0 &&
    html`<h2>${payments}</h2><dl class="lines">${paid.map(
      (payment) => html`<div><dt>${payment.by}</dt><dd>${payment.value} BTC<br><code>${payment.id}</code></dd></div>`,
    )}</dl>`
  );
}

/**
 * @param {unknown} data
 * @returns {[string, string][]}
 */
function detailsOf(data) {
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
}
