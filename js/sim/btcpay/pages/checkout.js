import { formatAmount } from './amounts.js';
import { documentOf, html } from './html.js';
import { pageLanguage, TEXTS } from './texts.js';

/** @typedef {ReturnType<typeof import('../views.js').invoiceView>} InvoiceView */
/** @typedef {typeof TEXTS.en} Texts */

/** Coins paid where the customer may choose. */
const ANY_AMOUNT = '0.0001';

/**
 * The page a customer pays on.
 * @param {InvoiceView} invoice
 * @param {{ root: string, storeName: string, language: string | null, redirectSeconds: number }} context
 * @returns {string}
 */
export function checkoutPage(invoice, { root, storeName, language: asked, redirectSeconds }) {
  const language = pageLanguage(asked, invoice.language);
  const texts = TEXTS[language];
  const isOpen = invoice.status === 'New';
  const amount = invoice.asksAnyAmount ? texts.anyAmount : formatAmount(invoice.amount, invoice.currency, language);
  const main = html`<main class="checkout" data-pulse="${root}/i/${invoice.id}/status" data-status="${invoice.status}"
 data-redirect-seconds="${redirectSeconds}" data-redirect="${invoice.redirectAutomatically ? invoice.returnUrl : null}">
<section class="card">
<header>
<p class="store">${storeName}</p>
<p class="amount">${amount}</p>
<p class="coins">${isOpen && invoice.dueCoins !== '0' ? `${invoice.dueCoins} BTC` : null}</p>
<p class="what">${[invoice.description, invoice.orderId && texts.order(invoice.orderId)].filter(Boolean).join(' · ')}</p>
</header>
${statusPart(invoice, texts)}
${isOpen ? timePart(invoice, texts) : null}
${isOpen ? payPart(invoice, texts, root) : null}
${
  invoice.returnUrl
    ? html`<p class="redirecting" id="redirecting" role="status" hidden>${texts.redirecting}</p>
<p><a class="${isOpen ? 'quiet' : 'button primary'}" href="${invoice.returnUrl}" rel="noreferrer">${texts.back}</a></p>`
    : null
}
</section>
${testsPart(invoice, texts, root)}
</main>`;
  return documentOf({ title: texts.title, language, root, banner: texts.banner, main });
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
<div><strong>${title}</strong>${text ? html`<p>${text}</p>` : null}
${additionalStatus === 'PaidPartial' ? html`<p>${due}: <b>${dueCoins} BTC</b></p>` : null}</div>
</div>`;
}

/**
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 */
function timePart({ secondsLeft, secondsTotal }, { timeLeft }) {
  const clock = `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`;
  return html`<div class="time"><span>${timeLeft}</span><time data-seconds-left="${secondsLeft}">${clock}</time>
<progress max="${secondsTotal}" value="${secondsLeft}"></progress></div>`;
}

/**
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 * @param {string} root
 */
function payPart(invoice, texts, root) {
  const [lightning, onchain] = ['BTC-LN', 'BTC-CHAIN'].map((id) =>
    invoice.paymentMethods.find((method) => method.paymentMethodId === id && method.destination !== null),
  );
  const address = (/** @type {string} */ label, /** @type {string | null} */ destination) =>
    html`<div class="address"><label>${label}<input readonly value="${destination}"></label>
<button type="button" class="small" data-copy="${destination}" data-copied="${texts.copied}">${texts.copy}</button></div>`;
  /** @type {Record<string, string>} */
  const amount = invoice.asksAnyAmount ? { amount: ANY_AMOUNT } : {};
  return html`${lightning && address(texts.lightning, lightning.destination)}
${onchain && address(texts.onchain, onchain.destination)}
<div class="actions">
${lightning && action(root, invoice.id, 'pay', texts.pay, { method: 'lightning', ...amount }, 'primary')}
${onchain && action(root, invoice.id, 'pay', texts.payOnchain, { method: 'onchain', ...amount }, lightning ? '' : 'primary')}
</div>`;
}

/**
 * What a test wants to see beyond a plain payment, as far as it can happen now.
 * @param {InvoiceView} invoice
 * @param {Texts} texts
 * @param {string} root
 */
function testsPart(invoice, texts, root) {
  const { id, status, additionalStatus, paymentMethods, asksAnyAmount } = invoice;
  const takesCoins = paymentMethods.some(
    (method) => method.paymentMethodId === 'BTC-CHAIN' && method.destination !== null,
  );
  const isWaiting = paymentMethods.some((method) => method.payments.some((payment) => payment.status === 'Processing'));
  const isLate = status === 'Expired' && additionalStatus !== 'PaidLate' && !asksAnyAmount;
  const onchain = { method: 'onchain' };
  const isShort = status === 'New' && !asksAnyAmount;
  const actions = [
    takesCoins && isLate && action(root, id, 'pay', texts.payLate, onchain),
    takesCoins && (isShort || isLate) && action(root, id, 'pay', texts.payHalf, { ...onchain, amount: 'half' }),
    takesCoins && isShort && action(root, id, 'pay', texts.payOver, { ...onchain, amount: 'over' }),
    takesCoins && (status === 'Processing' || status === 'Settled') && action(root, id, 'pay', texts.payAgain, onchain),
    isWaiting && action(root, id, 'replace', texts.replace, {}),
    isWaiting && action(root, 'mine', '', texts.mine, { invoice: id }),
    status === 'New' && action(root, id, 'expire', texts.expire, {}),
  ].filter(Boolean);
  return (
    actions.length > 0 &&
    html`<section class="tests"><h2>${texts.tests}</h2><div class="actions">${actions}</div></section>`
  );
}

/**
 * @param {string} root
 * @param {string} target an invoice's id, or `mine`
 * @param {string} verb
 * @param {string} label
 * @param {Record<string, string>} fields
 * @param {string} [look]
 */
export function action(root, target, verb, label, fields, look = '') {
  const path = target === 'mine' ? '/sim/mine' : `/sim/invoices/${target}/${verb}`;
  return html`<form method="post" action="${root}${path}">${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="${look}">${label}</button></form>`;
}
