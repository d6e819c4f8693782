import { FAULT_KINDS } from '../../faults.js';
import { html } from '../html.js';
import { badge, button, empty, moment, part, table } from './parts.js';

const TIMES = ['1', '2', '3', '5', '10', 'always'];
const LATEST = 8;

const EVENTS = [
  'InvoiceCreated',
  'InvoiceReceivedPayment',
  'InvoiceProcessing',
  'InvoicePaymentSettled',
  'InvoiceSettled',
  'InvoiceExpired',
  'InvoiceExpiredPaidPartial',
  'InvoicePaidAfterExpiration',
  'InvoiceInvalid',
  'InvoiceRefund',
];

/** Paths that are worth an own fault. */
const REQUESTS = ['POST *invoices', 'GET *invoices', 'GET */invoices/*', 'POST */status', 'POST */refund'];

/** What is filled in here must outlive the parts around it. @param {import('./parts.js').Scene} scene */
export const faultForms = (scene) =>
  html`<section id="faults" aria-labelledby="faults-title">
<h2 id="faults-title" tabindex="-1">${scene.texts.nav.faults}</h2>
<p class="empty">${scene.texts.faults.about}</p>
<div class="pair">${form(scene, 'webhook', EVENTS)}${form(scene, 'api', REQUESTS)}</div>
</section>
`;

/** @param {import('./parts.js').Scene} scene */
export function faultsPart(scene) {
  const { view, texts } = scene;
  const { heads, none, fired, clear, clearAll, on, times, kinds } = texts.faults;
  const name = (/** @type {{ on: string, kind: string }} */ fault) =>
    html`${badge('', on[fault.on])} <b>${kinds[fault.on]?.[fault.kind]}</b>`;
  const active =
    view.faults.length === 0
      ? empty(none)
      : html`${table(scene, [heads.fault, heads.only, heads.times, texts.do], view.faults, (fault) => {
          const length = fault.seconds === undefined ? fault.milliseconds : fault.seconds;
          const unit = fault.seconds === undefined ? 'ms' : 's';
          return html`<tr><td>${name(fault)}${length !== undefined && html` <small>${length} ${unit}</small>`}</td>
<td>${fault.match ? html`<code>${fault.match}</code>` : '–'}</td><td>${times(fault.times)}</td>
<td class="do">${button(scene, `faults/${fault.id}/clear`, clear, { about: `${fault.kind} ${fault.match ?? ''}` })}</td></tr>`;
        })}<div class="actions">${button(scene, 'faults/clear', clearAll)}</div>`;
  const latest = view.fired.slice(-LATEST).reverse();
  return part(
    'fired',
    texts.faults.active,
    html`${active}${
      latest.length > 0 &&
      html`<h3>${fired}</h3><ul class="fired">${latest.map(
        (one) => html`<li>${moment(one.at)} ${name(one)} <code>${one.subject}</code></li>`,
      )}</ul>`
    }`,
  );
}

/**
 * @param {import('./parts.js').Scene} scene
 * @param {'webhook' | 'api'} on
 * @param {string[]} examples
 */
function form({ texts, root, language }, on, examples) {
  const { labels, kinds, times, add, on: names } = texts.faults;
  const [unit, needs, usual] = on === 'webhook' ? ['seconds', 'delay', 60] : ['milliseconds', 'slow', 3000];
  return html`<form method="post" action="${root}/sim/faults" class="panel fault">
<h3>${names[on]}</h3>
<input type="hidden" name="on" value="${on}"><input type="hidden" name="lang" value="${language}">
<label>${labels.kind}<select name="kind" data-kind>${FAULT_KINDS[on].map(
    (kind) => html`<option value="${kind}">${kinds[on]?.[kind]}</option>`,
  )}</select></label>
<label data-needs="${needs}">${labels[unit]}<input name="${unit}" type="number" min="0" step="1" placeholder="${usual}"></label>
<label>${labels.times}<select name="times">${TIMES.map((count) => html`<option value="${count}">${times(count)}</option>`)}</select></label>
<label>${labels.match[on]}<input name="match" list="match-${on}" placeholder="${labels.anything}" autocomplete="off" spellcheck="false"></label>
<datalist id="match-${on}">${examples.map((example) => html`<option value="${example}"></option>`)}</datalist>
<button class="primary">${add}</button>
</form>`;
}
