import { deliveriesPart } from './control/deliveries.js';
import { faultForms, faultsPart } from './control/faults.js';
import { invoicesPart } from './control/invoices.js';
import { clockPart, serverPart } from './control/overview.js';
import { refundsPart } from './control/refunds.js';
import { webhooksPart } from './control/webhooks.js';
import { documentOf, html } from './html.js';
import { otherLanguages } from './language.js';
import { CONTROL_TEXTS } from './texts/control.js';

export { clockOf } from './control/parts.js';

const SECTIONS = /** @type {const} */ (['clock', 'server', 'invoices', 'deliveries', 'webhooks', 'faults', 'refunds']);

/**
 * The page a developer looks on from: everything the simulator holds, and what can be done to it.
 * @param {import('./control/parts.js').SimView} view
 * @param {{ root: string, base: string, url: URL, state: string, language: import('./language.js').Language }} context
 * @returns {string}
 */
export function controlPage(view, { root, base, url, state, language }) {
  const texts = CONTROL_TEXTS[language];
  const scene = { view, texts, language, root, base };
  const main = html`<main class="control" data-pulse="${root}/sim/pulse" data-state="${state}">
<header>
<h1>${texts.title}</h1>
<p class="empty">${texts.about}</p>
<nav aria-label="${texts.sections}">${SECTIONS.map((id) => html`<a href="#${id}">${texts.nav[id]}</a>`)}</nav>
</header>
<p class="failure" role="alert" hidden></p>
<div class="pair top">${clockPart(scene)}${serverPart(scene)}</div>
${invoicesPart(scene)}${deliveriesPart(scene)}${webhooksPart(scene)}${faultForms(scene)}${faultsPart(scene)}${refundsPart(scene)}
</main>`;
  return documentOf({
    title: texts.title,
    language,
    root,
    banner: texts.banner,
    main,
    look: 'wide',
    scripts: ['control.js'],
    styles: ['control.css'],
    languages: otherLanguages(url, language),
  });
}
