/** HTML that cannot be broken out of: every value is escaped unless it is HTML itself. */

class Html {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

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

/**
 * @param {{ title: string, language: string, root: string, banner: string, main: Html }} page
 * @returns {string}
 */
export const documentOf = ({ title, language, root, banner, main }) =>
  html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}/sim/assets/sim.css">
<script src="${root}/sim/assets/page.js" defer></script>
</head>
<body>
<p class="banner">${banner}</p>
${main}
</body>
</html>
`.text;
