import { html } from './html.js';

/**
 * A button that does something to the simulated world.
 * @param {string} root
 * @param {string} target an invoice's id, or `mine`
 * @param {string} verb
 * @param {string} label
 * @param {Record<string, string>} fields
 * @param {string} [look]
 */
export function action(root, target, verb, label, fields, look = '') {
  const path = target === 'mine' ? '/sim/mine' : `/sim/invoices/${target}/${verb}`;
  return html`<form method="post" action="${root}${path}">${hidden(fields)}<button class="${look}">${label}</button></form>`;
}

/** @param {Record<string, string>} fields */
export const hidden = (fields) =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
