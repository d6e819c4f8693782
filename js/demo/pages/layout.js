import { html } from 'hono/html';

/** @import { Language } from '../catalog.js' */
/** @import { Texts } from '../texts.js' */

/** @typedef {ReturnType<typeof html>} Html `html` escapes whatever stands in `${}`, except Html itself. */
/**
 * @typedef {{language: Language, t: Texts, inCart: number, connected: boolean}} View who looks: in which language, with how much
 *   in the cart; whether customers can pay
 */

/**
 * A whole page.
 * @param {View} view
 * @param {{title: string, path: string, live?: boolean, head?: Html}} page `path` is this page's own, for the link to the other
 *   language; `live` pages follow the order while it can still change by itself; `head` holds tags for this page alone
 * @param {Html} body
 * @returns {Html}
 */
export function layout({ language, t, inCart }, { title, path, live = false, head }, body) {
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
    ${head}
  </head>
  <body>
    <p class="demo">${t.demo}</p>
    <header>
      <a class="brand" href="/"><img src="/assets/swallow.svg" alt="" width="36" height="36" /><span>${t.shop}</span></a>
      <nav>
        <a href="${otherPath}" lang="${other}" hreflang="${other}">${t.otherLanguage}</a>
        <a href="/cart">${t.cart}${inCart > 0 && html` <span class="count">${inCart}</span>`}</a>
      </nav>
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
  const text = date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
}

/**
 * What happened, the newest last.
 * @param {{at: number, text: string}[]} entries
 * @param {View} view
 * @returns {Html}
 */
export function timeline(entries, { language, t }) {
  if (entries.length === 0) return html`<p class="quiet">${t.nothingYet}</p>`;
  return html`<ol class="timeline">${entries.map(({ at, text }) => html`<li>${time(at, language)}<span>${text}</span></li>`)}</ol>`;
}

/**
 * The text of an order's status; the status itself where the merchant's mapping made one up.
 * @param {Record<string, string>} words
 * @param {string} status
 */
export function statusText(words, status) {
  return words[status] ?? status;
}

/**
 * @param {View} view
 * @param {string} message
 * @returns {Html}
 */
export function messagePage(view, message) {
  return layout(
    view,
    { title: message, path: '/' },
    html`<section class="state"><h1>${message}</h1><p><a href="/">${view.t.backToShop}</a></p></section>`,
  );
}
