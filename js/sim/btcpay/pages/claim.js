import { refuseOtherSites } from '../control.js';
import { Decimal } from '../decimal.js';
import { ApiError, pullPaymentNotFound } from '../errors.js';
import { destinationFor, ON_CHAIN } from '../paymentMethods.js';
import { formatAmount } from './amounts.js';
import { documentOf, html } from './html.js';
import { otherLanguages, pageLanguage } from './language.js';
import { htmlOf, jsonOf, redirectTo } from './response.js';
import { CLAIM_TEXTS } from './texts/claim.js';

/** @typedef {import('../control.js').PageRequest} PageRequest */
/** @typedef {import('../pullPayments.js').PullPayment} PullPayment */
/** @typedef {import('../pullPayments.js').Payout} Payout */

/**
 * @typedef {object} Scene
 * @property {PageRequest['sim']} sim
 * @property {PullPayment} pullPayment
 * @property {string} root
 * @property {import('./language.js').Language} language
 * @property {import('./texts/claim.js').ClaimTexts} texts
 */

/**
 * `/pull-payments/{id}`: a customer claims a refund, and sees what becomes of it.
 * @param {PageRequest} request GET, or POST with `destination`, `payoutMethodId` and `claimedAmount`
 * @param {string} root
 * @param {string} id
 * @throws {ApiError} 404, 403
 */
export async function claimPage(request, root, id) {
  const { sim, method, url, headers } = request;
  const pullPayment = sim.pullPayments.find(id);
  if (!pullPayment) throw pullPaymentNotFound();
  const language = pageLanguage(url.searchParams.get('lang'), headers['accept-language']);
  const scene = { sim, pullPayment, root, language, texts: CLAIM_TEXTS[language] };
  if (method !== 'POST') return draw(scene, url, new URLSearchParams(), '');
  refuseOtherSites(request);
  const given = new URLSearchParams(await request.body());
  try {
    const [destination, payoutMethod, amount] = ['destination', 'payoutMethodId', 'claimedAmount'].map((name) =>
      given.get(name),
    );
    sim.pullPayments.claim(id, { destination, method: payoutMethod, amount });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return draw(scene, url, given, messageOf(error));
  }
  return redirectTo(url.pathname + url.search, 303);
}

/**
 * What the open page asks for: whether it must be drawn anew.
 * @param {PageRequest['sim']} sim
 * @param {string} id
 */
export function claimPulse(sim, id) {
  const pullPayment = sim.pullPayments.find(id);
  if (!pullPayment) throw pullPaymentNotFound();
  return jsonOf({ state: stateOf(sim, pullPayment) });
}

/**
 * @param {PageRequest['sim']} sim
 * @param {PullPayment} pullPayment
 */
const stateOf = (sim, { id, archived }) =>
  [archived, ...sim.pullPayments.payouts(id).map((payout) => payout.state)].join(' ');

/** @param {ApiError} error a document, or a list of what is wrong with single fields */
function messageOf({ body }) {
  const problems = /** @type {{ message: string }[]} */ ([body].flat());
  return problems.map(({ message }) => message).join(' ');
}

/**
 * @param {Scene} scene
 * @param {URL} url
 * @param {URLSearchParams} given what was typed before
 * @param {string} problem with it
 */
function draw(scene, url, given, problem) {
  const { sim, pullPayment, root, language, texts } = scene;
  const state = stateOf(sim, pullPayment);
  const main = html`<main class="checkout claim">
<section class="card">
<header><p class="store">${sim.stores.get(pullPayment.storeId)?.name}</p><h1>${pullPayment.name || texts.title}</h1>
${pullPayment.description && html`<p class="what">${pullPayment.description}</p>`}</header>
${claimForm(scene, url, given, problem)}
</section>
<div class="beside" data-live data-pulse="${root}/pull-payments/${pullPayment.id}/status" data-state="${state}">
<section class="card">${sumsPart(scene)}<h2>${texts.payouts}</h2>${payoutsPart(scene)}</section>
${shopPanel(scene)}
</div>
</main>`;
  const languages = otherLanguages(url, language);
  const { banner, title } = texts;
  const text = documentOf({ title, language, root, banner, main, styles: ['payment.css', 'claim.css'], languages });
  return htmlOf(text, { status: problem ? 422 : 200 });
}

/** @param {Scene} scene */
function sumsPart({ sim, pullPayment, language, texts }) {
  const left = sim.pullPayments.remaining(pullPayment);
  const claimed = Decimal.of(pullPayment.amount).minus(left);
  const { amount, currency, expiresAt } = pullPayment;
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
  const rows = [
    [texts.amount, formatAmount(amount, currency, language)],
    [texts.claimed, formatAmount(claimed.toString(), currency, language)],
    [texts.left, formatAmount(left.toString(), currency, language)],
    ...(expiresAt === null ? [] : [[texts.until, `${moment.format(expiresAt * 1000)} UTC`]]),
  ];
  return html`<dl class="lines">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/**
 * @param {Scene} scene
 * @returns {keyof import('./texts/claim.js').ClaimTexts['closed'] | null} why nothing can be claimed
 */
function closedReason({ sim, pullPayment }) {
  const { archived, startsAt, expiresAt } = pullPayment;
  const now = sim.clock.now();
  if (archived) return 'archived';
  if (expiresAt !== null && now > expiresAt) return 'expired';
  if (now < startsAt) return 'early';
  return sim.pullPayments.remaining(pullPayment).sign() > 0 ? null : 'empty';
}

/**
 * @param {Scene} scene
 * @param {URL} url
 * @param {URLSearchParams} given
 * @param {string} problem
 */
function claimForm(scene, url, given, problem) {
  const { sim, pullPayment, texts } = scene;
  const { currency, payoutMethods } = pullPayment;
  const closed = closedReason(scene);
  if (closed)
    return html`<div class="status Settled" role="status"><span class="mark" aria-hidden="true"></span><div><strong>${texts.closed[closed]}</strong></div></div>`;
  const left = sim.pullPayments.remaining(pullPayment).toString();
  const example = destinationFor(ON_CHAIN, Decimal.zero);
  const options = payoutMethods.map(
    (id) =>
      html`<option value="${id}"${given.get('payoutMethodId') === id && html` selected`}>${texts.methods[id] ?? id}</option>`,
  );
  return html`<form class="claiming" method="post" action="${url.pathname}${url.search}">
${problem && html`<p class="failure" role="alert">${problem}</p>`}
<label>${texts.method}<select name="payoutMethodId">${options}</select></label>
<label>${texts.destination}<input name="destination" value="${given.get('destination')}" required autocomplete="off" spellcheck="false">
<small>${texts.destinationHint}</small></label>
<label>${texts.howMuch(currency)}<input name="claimedAmount" value="${given.get('claimedAmount') ?? left}" inputmode="decimal"></label>
<button class="primary">${texts.claim}</button>
${
  payoutMethods.includes(ON_CHAIN) &&
  html`<div class="address"><span id="example">${texts.example}</span><code aria-labelledby="example">${example}</code>
<button type="button" class="small" data-copy="${example}" data-copied="${texts.copied}">${texts.copy}</button></div>`
}
</form>`;
}

/** @param {Scene} scene */
function payoutsPart({ sim, pullPayment, language, texts }) {
  const payouts = sim.pullPayments.payouts(pullPayment.id);
  if (payouts.length === 0) return html`<p class="none">${texts.none}</p>`;
  return html`<ul class="payments">${payouts.map(
    ({ state, originalAmount, originalCurrency, amount, destination }) =>
      html`<li class="${state}"><span><b>${formatAmount(originalAmount, originalCurrency, language)}</b>${amount && html` ${amount} BTC`}</span>
<span>${texts.states[state]}</span><code>${destination}</code></li>`,
  )}</ul>`;
}

/** What the merchant does, as far as the state of each claim lets them. @param {Scene} scene */
function shopPanel({ sim, pullPayment, root, language, texts }) {
  const open = sim.pullPayments
    .payouts(pullPayment.id)
    .filter(({ state }) => state === 'AwaitingApproval' || state === 'AwaitingPayment');
  const act = (/** @type {Payout} */ payout, /** @type {'approve' | 'pay' | 'cancel'} */ verb) =>
    html`<form method="post" action="${root}/sim/payouts/${payout.id}/${verb}"><button id="${verb}-${payout.id}" class="${verb === 'pay' && 'primary'}">${texts[verb]}</button></form>`;
  const rows = open.map(
    (
      payout,
    ) => html`<div class="decision"><b>${formatAmount(payout.originalAmount, payout.originalCurrency, language)}</b>
${payout.state === 'AwaitingApproval' && act(payout, 'approve')}${act(payout, 'pay')}${act(payout, 'cancel')}</div>`,
  );
  return html`<section class="world" aria-labelledby="world">
<header><span class="tag">${texts.tag}</span><h2 id="world" tabindex="-1">${texts.shop}</h2><p class="about">${texts.about}</p></header>
<p class="failure" role="alert" hidden></p>
${rows.length > 0 ? rows : html`<p class="none">${texts.nothing}</p>`}</section>`;
}
