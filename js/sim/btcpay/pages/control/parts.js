import { html } from '../html.js';

/** @typedef {import('../texts/control.js').ControlTexts} ControlTexts */
/** @typedef {ReturnType<typeof import('../../views.js').simView>} SimView */

/**
 * @typedef {object} Scene what every part of the page is drawn from
 * @property {SimView} view
 * @property {ControlTexts} texts
 * @property {import('../language.js').Language} language
 * @property {string} root the server's root path
 * @property {string} base the server's address
 */

/** Rows shown at most; the API has them all. */
const MOST_ROWS = 25;

/**
 * A section that is drawn anew by itself when something in it has changed.
 * @param {string} id
 * @param {string} title
 * @param {import('../html.js').Markup} body
 */
export const part = (id, title, body) =>
  html`<section id="${id}" aria-labelledby="${id}-title" data-part>
<h2 id="${id}-title" tabindex="-1">${title}</h2>
${body}
</section>
`;

/**
 * A button that does something.
 * @param {Scene} scene
 * @param {string} path below `/sim`
 * @param {string} label
 * @param {{ fields?: Record<string, string>, about?: string, look?: string }} [more] `about`: whom it befalls, for those
 *   who do not see where it stands
 */
export const button = ({ root, language }, path, label, { fields = {}, about, look } = {}) =>
  html`<form method="post" action="${root}/sim/${path}">${Object.entries({
    ...fields,
    back: 'control',
    lang: language,
  }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button id="${[path, ...Object.values(fields)].join('-').replace(/[^\w-]+/g, '-')}" class="${look}"${
    about ? html` aria-label="${label}: ${about}"` : null
  }>${label}</button></form>`;

/**
 * @template Row
 * @param {Scene} scene
 * @param {string[]} heads
 * @param {Row[]} rows
 * @param {(row: Row) => import('../html.js').Markup} draw
 */
export const table = ({ texts }, heads, rows, draw) =>
  html`<div class="scroll"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.slice(0, MOST_ROWS).map(draw)}</tbody></table></div>
${rows.length > MOST_ROWS && html`<p class="empty">${texts.more(rows.length - MOST_ROWS)}</p>`}`;

/** @param {string} text */
export const empty = (text) => html`<p class="empty">${text}</p>`;

/** @param {string} look @param {unknown} text */
export const badge = (look, text) => html`<span class="badge ${look}">${text}</span>`;

/** @param {number} seconds since 1970 */
export const clockOf = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** @param {number} seconds since 1970 */
export function moment(seconds) {
  const [day = '', time = ''] = clockOf(seconds).split(' ');
  return html`<time class="moment" datetime="${day}T${time}Z"><small>${day}</small> ${time}</time>`;
}

/** @param {string} id */
export const short = (id) => html`<code title="${id}">${id.length > 12 ? `${id.slice(0, 10)}…` : id}</code>`;
