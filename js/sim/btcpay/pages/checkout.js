import { formatAmount } from './amounts.js';
import { documentOf, html } from './html.js';
import { otherLanguages, pageLanguage } from './language.js';
import { QR_SIZE, qrLikePath } from './qrLike.js';
import { CHECKOUT_TEXTS } from './texts/checkout.js';
import { worldPanel } from './world.js';

/** @typedef {import('./possible.js').InvoiceView} InvoiceView */
/** @typedef {import('./texts/checkout.js').CheckoutTexts} Texts */

/**
 * @typedef {object} CheckoutContext
 * @property {string} root
 * @property {URL} url of the page
 * @property {string} storeName
 * @property {string} chosen the payment method that is shown
 * @property {number} redirectSeconds
 * @property {string} state what the drawing depends on
 * @property {string} word the status in the words of the modal's messages
 * @property {string[]} redirectWords on which of them the customer is sent back
 * @property {boolean} receipt whether there is one
 * @property {number} secondsToGiveUp
 */

/**
 * The page a customer pays on, by itself or in the frame of `btcpay.js`.
 * @param {InvoiceView} invoice
 * @param {CheckoutContext} context
 * @returns {string}
 */
export function checkoutPage(invoice, context) {
  const { root, url, word, redirectWords, redirectSeconds } = context;
  const language = pageLanguage(url.searchParams.get('lang'), invoice.language);
  const texts = CHECKOUT_TEXTS[language];
  const isModal = url.searchParams.get('view') === 'modal';
  const enters = isModal && url.searchParams.get('animateEntrance') !== 'false';
  const main = html`<main class="checkout" data-live data-pulse="${root}/i/${invoice.id}/status" data-state="${context.state}" data-invoice="${invoice.id}"
 data-word="${word}" data-redirect-words="${redirectWords.join(' ')}" data-redirect-seconds="${redirectSeconds}"
 data-redirect="${invoice.redirectAutomatically ? invoice.returnUrl : null}">
${isModal && html`<button type="button" class="close" id="close" aria-label="${texts.close}">×</button>`}
${paymentCard(invoice, texts, language, context)}
${worldPanel(invoice, { ...context, language })}
</main>`;
  return documentOf({
    title: `${texts.title} – ${context.storeName}`,
    language,
    root,
    banner: texts.banner,
    main,
    look: [isModal && 'modal', enters && 'enters'].filter(Boolean).join(' '),
    scripts: ['page.js', 'payment.js'],
    styles: ['payment.css'],
    languages: otherLanguages(url, language),
  });
}

/**
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 * @param {string} language
 * @param {CheckoutContext} context
 */
function paymentCard(invoice, texts, language, context) {
  const isOpen = invoice.status === 'New';
  const amount = invoice.asksAnyAmount ? texts.anyAmount : formatAmount(invoice.amount, invoice.currency, language);
  const due = invoice.paymentMethods.find(({ paymentMethodId }) => paymentMethodId === context.chosen)?.due ?? '0';
  const what = [invoice.description, invoice.orderId && texts.order(invoice.orderId)].filter(Boolean).join(' · ');
  return html`<section class="card">
<header>
<p class="store">${context.storeName}</p>
<h1 class="amount">${amount}</h1>
${isOpen && due !== '0' && html`<p class="coins">${due} BTC</p>`}
${what && html`<p class="what">${what}</p>`}
</header>
${statusPart(invoice, texts)}
${isOpen && timePart(invoice, texts)}
${isOpen && methodPart(invoice, texts, context)}
${linksPart(invoice, texts, context)}
</section>`;
}

/**
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 */
function statusPart({ status, additionalStatus, dueCoins }, { status: words, due }) {
  const key =
    status === 'Expired' && additionalStatus === 'PaidPartial'
      ? 'ExpiredPaidPartial'
      : additionalStatus === 'PaidPartial' || additionalStatus === 'PaidLate'
        ? additionalStatus
        : status;
  const { title, text } = words[key];
  return html`<div class="status ${status} ${additionalStatus}" role="status">
<span class="mark" aria-hidden="true"></span>
<div><strong>${title}</strong>${text && html`<p>${text}</p>`}
${additionalStatus === 'PaidPartial' && html`<p>${due}: <b>${dueCoins} BTC</b></p>`}</div>
</div>`;
}

/**
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 */
function timePart({ secondsLeft, secondsTotal }, { timeLeft }) {
  const clock = `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`;
  return html`<div class="time"><span>${timeLeft}</span><time data-seconds-left="${secondsLeft}">${clock}</time>
<progress max="${secondsTotal}" value="${secondsLeft}" aria-label="${timeLeft}"></progress></div>`;
}

/**
 * The ways to pay, and the one that is shown.
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 * @param {CheckoutContext} context
 */
function methodPart(invoice, texts, { root, url, chosen }) {
  const methods = invoice.paymentMethods.map(({ paymentMethodId }) => paymentMethodId);
  const shown = invoice.paymentMethods.find(({ paymentMethodId }) => paymentMethodId === chosen);
  const query = new URLSearchParams(url.search);
  query.delete('id');
  const link = (/** @type {string} */ id) => `${root}/i/${invoice.id}/${id}${query.size > 0 ? `?${query}` : ''}`;
  return html`${
    methods.length > 1 &&
    html`<nav class="methods" aria-label="${texts.methods}">${methods.map(
      (id) =>
        html`<a id="method-${id}" href="${link(id)}"${id === chosen && html` aria-current="true"`}>${texts.method[id] ?? id}</a>`,
    )}</nav>`
  }
${shown?.destination && destinationPart(shown.paymentMethodId, shown.destination, texts)}`;
}

/**
 * @param {string} methodId
 * @param {string} destination
 * @param {Texts} texts
 */
const destinationPart = (methodId, destination, texts) => html`<figure class="qr">
<svg viewBox="-2 -2 ${QR_SIZE + 4} ${QR_SIZE + 4}" aria-hidden="true"><path d="${qrLikePath(destination)}"/></svg>
<span class="sign" aria-hidden="true">${texts.sign}</span>
<figcaption>${texts.nothingToScan}</figcaption></figure>
<div class="address"><span id="destination">${texts.destination[methodId] ?? methodId}</span>
<code aria-labelledby="destination">${destination}</code>
<button type="button" class="small" data-copy="${destination}" data-copied="${texts.copied}">${texts.copy}</button></div>`;

/**
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 * @param {CheckoutContext} context
 */
function linksPart({ id, status, returnUrl }, texts, { root, receipt }) {
  const hasReceipt = receipt && status === 'Settled';
  return (
    (hasReceipt || returnUrl) &&
    html`<div class="links">
${returnUrl && html`<p class="redirecting" id="redirecting" role="status" hidden>${texts.redirecting}</p>`}
${returnUrl && html`<a class="${status === 'New' ? 'quiet' : 'button primary'}" href="${returnUrl}" target="_top" rel="noreferrer">${texts.back}</a>`}
${hasReceipt && html`<a class="quiet" href="${root}/i/${id}/receipt" target="_top">${texts.receipt}</a>`}
</div>`
  );
}
