import { html } from 'hono/html';
import { layout } from './layout.js';

/** @import { Checked, Diagnosis } from '../connect.js' */
/** @import { Html, View } from './layout.js' */

/** @typedef {Diagnosis['checks'][number]} Check */

/**
 * What was looked at: first what needs somebody, with its remedy; what is fine stands below.
 * @param {View} view
 * @param {Checked['checks'] | Diagnosis['checks']} checks
 * @returns {Html}
 */
export function checkList(view, checks) {
  const { t } = view;
  const fine = checks.filter(({ verdict }) => verdict === 'ok');
  const others = checks.filter(({ verdict }) => verdict !== 'ok');
  return html`${others.length > 0 && html`<ul class="checks">${others.map((check) => checkItem(view, check))}</ul>`}
    ${
      fine.length > 0 &&
      html`<details><summary>${t.checks.fine(fine.length)}</summary>
      <ul class="checks">${fine.map((check) => checkItem(view, check))}</ul></details>`
    }`;
}

/**
 * @param {View} view
 * @param {Check} check
 * @returns {Html}
 */
function checkItem({ t }, { verdict, title, meaning, remedy }) {
  return html`<li><span class="badge ${verdict}">${t.checks.verdicts[verdict]}</span>
    <div><strong>${title}</strong> ${meaning}${remedy && html`<br />→ ${remedy}`}</div></li>`;
}

/**
 * Everything between shop and server, as the doctor found it.
 * @param {View} view
 * @param {Diagnosis} diagnosis
 * @returns {Html}
 */
export function checksPage(view, diagnosis) {
  const { t } = view;
  const report = reportOf(view, diagnosis);
  return layout(
    view,
    { title: t.checks.title, path: '/merchant/connection/checks' },
    html`<p><a href="/merchant/connection">← ${t.connection.title}</a></p>
    <h1>${t.checks.headlines[diagnosis.verdict]}</h1>
    <section>
      ${checkList(view, diagnosis.checks)}
    </section>
    <p class="actions"><a class="button plain" href="/merchant/connection/checks">${t.checks.again}</a></p>
    <section>
      <label>${t.checks.report}
        <small>${t.checks.reportWhy}</small>
        <textarea class="report" rows="10" readonly>${report}</textarea></label>
    </section>`,
  );
}

/**
 * The same as text, to be sent to whoever helps. No entry holds a secret.
 * @param {View} view
 * @param {Diagnosis} diagnosis
 */
function reportOf({ t }, { verdict, checks }) {
  const lines = checks.map(
    ({ id, verdict, found, title, meaning, remedy }) =>
      `[${t.checks.verdicts[verdict]}] ${id} (${found})\n  ${title}: ${meaning}${remedy ? `\n  -> ${remedy}` : ''}`,
  );
  return [`${t.shop}: ${t.checks.headlines[verdict]}`, ...lines].join('\n');
}
