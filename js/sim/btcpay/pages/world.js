import { formatSpan } from './amounts.js';
import { hidden, html } from './html.js';
import { possible } from './possible.js';
import { WORLD_TEXTS } from './texts/world.js';

/** @typedef {import('./possible.js').InvoiceView} InvoiceView */
/** @typedef {import('./possible.js').Possible} Possible */
/** @typedef {import('./texts/world.js').WorldTexts} WorldTexts */

/** Coins offered where the customer may choose. */
const ANY_AMOUNT = '0.0001';
const OF_THE_WORLD = ['mine', 'wait', 'giveUp'];

/**
 * What happens outside the shop and the server: set apart from the payment page, which has none of it.
 * @param {InvoiceView} invoice
 * @param {{ root: string, language: import('./language.js').Language, chosen: string, secondsToGiveUp: number }} context
 */
export function worldPanel(invoice, { root, language, chosen, secondsToGiveUp }) {
  const texts = WORLD_TEXTS[language];
  const all = possible(invoice, chosen, secondsToGiveUp);
  const [world, customer] = [true, false].map((is) => all.filter(({ deed }) => OF_THE_WORLD.includes(deed) === is));
  const draw = (/** @type {Possible[] | undefined} */ deeds) =>
    html`<div class="deeds">${deeds?.map((one) => deedForm(one, { root, language, texts, chosen }))}</div>`;
  return html`<section class="world" aria-labelledby="world">
<header><span class="tag">${texts.tag}</span><h2 id="world" tabindex="-1">${texts.title}</h2><p class="about">${texts.about}</p></header>
<p class="failure" role="alert" hidden></p>
<h3>${texts.customer}</h3>
${draw(customer)}
<h3>${texts.world}</h3>
<p class="warning">${texts.waiting}</p>
${draw(world)}
<h3>${texts.payments}</h3>
${paymentsList(invoice, texts)}
</section>`;
}

/**
 * @param {Possible} possible
 * @param {{ root: string, language: string, texts: WorldTexts, chosen: string }} context
 */
function deedForm({ deed, path, fields, reason, seconds, asksCoins }, { root, language, texts, chosen }) {
  const hint = texts.hints[asksCoins ? 'any' : deed];
  const said = seconds === undefined ? methodOf(deed, texts, chosen) : formatSpan(seconds, language);
  const text = reason ? texts.reasons[reason] : typeof hint === 'function' ? hint(said) : hint;
  const amount =
    asksCoins &&
    html`<label class="choice">${texts.coins}<input name="amount" value="${ANY_AMOUNT}" inputmode="decimal" required></label>`;
  return html`<form class="deed" method="post" action="${root}${path}">${hidden(fields)}${amount}
<button id="deed-${deed}" aria-describedby="why-${deed}" class="${deed === 'pay' ? 'primary' : ''}"${reason && html` disabled`}>${texts.labels[deed]}</button>
<p id="why-${deed}">${text}</p></form>`;
}

/**
 * @param {Possible['deed']} deed
 * @param {WorldTexts} texts
 * @param {string} chosen the payment method that is shown
 */
function methodOf(deed, { by }, chosen) {
  const id = { payLightning: 'BTC-LN', payOnchain: 'BTC-CHAIN' }[String(deed)] ?? chosen;
  return by[id] ?? id;
}

/**
 * @param {InvoiceView} invoice
 * @param {WorldTexts} texts
 */
function paymentsList({ paymentMethods }, texts) {
  const payments = paymentMethods
    .flatMap((method) => method.payments.map((payment) => ({ ...payment, by: method.paymentMethodId })))
    .sort((one, other) => one.receivedDate - other.receivedDate);
  if (payments.length === 0) return html`<p class="none">${texts.noPayments}</p>`;
  return html`<ul class="payments">${payments.map(
    ({ id, value, status, by }) =>
      html`<li class="${status}"><span><b>${value} BTC</b> ${texts.by[by] ?? by}</span> <span>${texts.payment[status]}</span><code title="${id}">${id.slice(0, 12)}…</code></li>`,
  )}</ul>`;
}
