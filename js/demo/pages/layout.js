import { html } from 'hono/html';
import { texts } from '../texts.js';

/** @import { Language } from '../catalog.js' */

/** @typedef {ReturnType<typeof html>} Html `html` escapes whatever stands in `${}`, except Html itself. */

/**
 * A whole page.
 * @param {{title: string, language: Language, path: string, live?: boolean}} page `path` is this page's own, for the
 *   link to the other language; `live` pages follow the order while it can still change by itself
 * @param {Html} body
 * @returns {Html}
 */
export function layout({ title, language, path, live = false }, body) {
  const t = texts[language];
  const other = language === 'ja' ? 'en' : 'ja';
  const otherPath = `${path}${path.includes('?') ? '&' : '?'}lang=${other}`;
  return html`<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} · ${t.shop}</title>
    <link rel="icon" href="/assets/swallow.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/shop.css" />
    ${live && html`<script src="/assets/live.js" type="module"></script><noscript><meta http-equiv="refresh" content="5" /></noscript>`}
  </head>
  <body>
    <p class="demo">${t.demo}</p>
    <header>
      <a class="brand" href="/"><img src="/assets/swallow.svg" alt="" width="36" height="36" /><span>${t.shop}</span></a>
      <a class="language" href="${otherPath}" lang="${other}" hreflang="${other}">${t.otherLanguage}</a>
    </header>
    <main${live && html` data-live`}>${body}</main>
    <footer>
      <span>${t.shop} · ${t.tagline}</span>
      <a href="/merchant">${t.merchant}</a>
    </footer>
  </body>
</html>`;
}

/**
 * @param {number} at unix seconds
 * @param {Language} language
 * @returns {Html}
 */
export function time(at, language) {
  const date = new Date(at * 1000);
  const text = date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

/**
 * What happened, the newest last.
 * @param {{at: number, text: string}[]} entries
 * @param {Language} language
 * @returns {Html}
 */
export function timeline(entries, language) {
  if (entries.length === 0) return html`<p class="quiet">${texts[language].nothingYet}</p>`;
  return html`<ol class="timeline">${entries.map(({ at, text }) => html`<li>${time(at, language)}<span>${text}</span></li>`)}</ol>`;
}

/**
 * @param {string} status
 * @param {Language} language
 * @returns {Html}
 */
export function statusBadge(status, language) {
  return html`<span class="badge ${status}">${statusText(texts[language].statuses, status)}</span>`;
}

/**
 * The text of an order's status; the status itself where the merchant's mapping made one up.
 * @param {Record<string, string>} words
 * @param {string} status
 */
export function statusText(words, status) {
  return words[status] ?? status;
}
