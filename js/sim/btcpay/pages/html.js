/** HTML that cannot be broken out of: every value is escaped unless it is HTML itself. */

class Html {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** @typedef {Html} Markup */

/** @type {Record<string, string>} */
const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * @param {unknown} value
 * @returns {string}
 */
function render(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  if (value === null || value === undefined || value === false) return '';
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * @param {TemplateStringsArray} parts
 * @param {unknown[]} values
 * @returns {Html}
 */
export const html = (parts, ...values) =>
  new Html(parts.reduce((text, part, index) => text + render(values[index - 1]) + part));

/** Fields a form sends without showing them. @param {Record<string, string>} fields */
export const hidden = (fields) =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);

/**
 * @param {object} page
 * @param {string} page.title
 * @param {string} page.language
 * @param {string} page.root
 * @param {string} page.banner
 * @param {Html} page.main
 * @param {string} [page.look] a class of the body
 * @param {string[]} [page.scripts] of `assets`
 * @param {string[]} [page.styles] of `assets`, beside the common one
 * @param {{ code: string, name: string, href: string }[]} [page.languages] this page in others
 * @returns {string}
 */
export const documentOf = ({
  title,
  language,
  root,
  banner,
  main,
  look,
  scripts = ['page.js'],
  styles = [],
  languages = [],
}) =>
  html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
${['sim.css', ...styles].map(
  (name) => html`<link rel="stylesheet" href="${root}/sim/assets/${name}">
`,
)}${scripts.map((name) => html`<script src="${root}/sim/assets/${name}" defer></script>`)}
</head>
<body class="${look}">
<p class="banner">${banner}</p>
${main}
${
  languages.length > 0 &&
  html`<footer class="languages">${languages.map(
    ({ code, name, href }) => html`<a href="${href}" lang="${code}" hreflang="${code}">${name}</a>`,
  )}</footer>`
}
</body>
</html>
`.text;
