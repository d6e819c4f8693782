import { formatAmount } from '../amounts.js';
import { html } from '../html.js';
import { badge, button, empty, moment, part, short } from './parts.js';

/** @param {import('./parts.js').Scene} scene */
export function refundsPart(scene) {
  const { view, texts, language } = scene;
  const words = texts.refunds;
  const body =
    view.pullPayments.length === 0
      ? empty(words.none)
      : html`${view.pullPayments.map(
          (one) => html`<article class="panel refund">
<h3>${one.name || one.id} ${one.archived && badge('off', words.archived)}</h3>
<p><b>${formatAmount(one.amount, one.currency, language)}</b> · ${words.left(formatAmount(one.remaining, one.currency, language))} · <a href="${one.viewLink}?lang=${language}">${words.page}</a></p>
${
  one.payouts.length === 0
    ? empty(words.noPayouts)
    : html`<ul class="payouts">${one.payouts.map((payout) => payoutRow(scene, payout))}</ul>`
}</article>`,
        )}`;
  return part('refunds', texts.nav.refunds, body);
}

/**
 * @param {import('./parts.js').Scene} scene
 * @param {import('./parts.js').SimView['pullPayments'][number]['payouts'][number]} payout
 */
function payoutRow(scene, { id, state, date, originalAmount, originalCurrency, amount, destination }) {
  const { texts, language } = scene;
  const { states, approve, pay, cancel } = texts.refunds;
  const isOpen = state === 'AwaitingApproval' || state === 'AwaitingPayment';
  return html`<li>${badge(state, states[state])} ${moment(date)} <b>${formatAmount(originalAmount, originalCurrency, language)}</b>${
    amount && html` <small>${amount} BTC</small>`
  } ${short(destination)}
<div class="actions">${state === 'AwaitingApproval' && button(scene, `payouts/${id}/approve`, approve, { about: originalAmount })}
${isOpen && button(scene, `payouts/${id}/pay`, pay, { about: originalAmount })}
${isOpen && button(scene, `payouts/${id}/cancel`, cancel, { about: originalAmount })}</div></li>`;
}
