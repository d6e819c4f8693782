import { html } from 'hono/html';
import { checkList } from './checks.js';
import { layout } from './layout.js';

/** @import { KessaiError } from 'kessai' */
/** @import { Checked } from '../connect.js' */
/** @import { Connected } from '../connection.js' */
/** @import { Html, View } from './layout.js' */

/**
 * @typedef {{serverUrl: string, storeId?: string}} ConnectForm as the merchant sent it
 * @typedef {{error?: KessaiError, before?: string, form?: ConnectForm}} Refused why something was not done, and what was
 *   done before that
 * @typedef {{kept: Connected | undefined, shopId: string, webhookUrl: string, suggested: string, begun: 'key' | 'server' | undefined}} Known
 *   `webhookUrl`: where this shop listens; `suggested`: an address to connect to
 */

const path = '/merchant/connection';

/** What a key needs, as the server's own page for keys names it. The last two: the webhook, and refunds from the shop. */
const permissions = [
  'canviewinvoices',
  'cancreateinvoice',
  'canmodifyinvoices',
  'canviewstoresettings',
  'webhooks.canmodifywebhooks',
  'cancreatenonapprovedpullpayments',
].map((name) => `btcpay.store.${name}`);

/**
 * @param {View} view
 * @param {Known} known
 * @param {Refused} refused
 * @returns {Html}
 */
export function connectionPage(view, known, { error, before, form }) {
  const { t } = view;
  const { kept } = known;
  // To look at the key again helps only where something else was wrong.
  const begun = /^(connect|btcpay)\./.test(error?.code ?? '') ? undefined : known.begun;
  return layout(
    view,
    { title: t.connection.title, path },
    html`<p><a href="/merchant">← ${t.orders}</a></p>
    <h1>${t.connection.title}</h1>
    ${!kept && html`<p class="lead">${t.connection.lead}</p>`}
    ${error && problem(error, before)}
    ${begun && begunSection(view, begun)}
    ${kept ? connectedSections(view, kept, known, { error, form }) : connectForms(view, { serverUrl: known.suggested, ...form }, form)}`,
  );
}

/**
 * @param {KessaiError} error
 * @param {string} [before]
 * @returns {Html}
 */
function problem({ message, remedy }, before) {
  return html`<div class="problem" role="alert">${before && html`<p>${before}</p>`}<p><strong>${message}</strong></p><p>${remedy}</p></div>`;
}

/**
 * @param {View} view
 * @param {'key' | 'server'} begun
 * @returns {Html}
 */
function begunSection({ t }, begun) {
  const { title, text } = t.connection.begun[begun];
  return html`<section class="begun"><h2>${title}</h2><p>${text}</p>
    ${begun === 'key' && html`<p><a class="button" href="${path}/review">${t.connection.toReview}</a></p>`}</section>`;
}

/**
 * @param {View} view
 * @param {ConnectForm} form
 * @param {ConnectForm} [sent] `form` was refused
 * @returns {Html}
 */
function connectForms({ t }, { serverUrl, storeId = '' }, sent) {
  const { connection } = t;
  const address = html`<label>${connection.address}
    <input name="serverUrl" value="${serverUrl}" inputmode="url" autocomplete="off" spellcheck="false" maxlength="500" required />
    <small>${connection.addressExample}</small></label>`;
  return html`<section>
      <h2>${connection.byButton}</h2>
      <p>${connection.howItGoes}</p>
      <form method="post" action="${path}/start">${address}<button>${connection.connect}</button></form>
    </section>
    <section>
      <details${sent?.storeId !== undefined && html` open`}><summary>${connection.byHand}</summary>
        <p>${connection.byHandHow}</p>
        <ul class="permissions">${permissions.map((name) => html`<li><code>${name}</code></li>`)}</ul>
        <form method="post" action="${path}/paste">${address}
          <label>${connection.apiKey}<input type="password" name="apiKey" autocomplete="off" maxlength="200" required /></label>
          <label>${connection.storeId}<input name="storeId" value="${storeId}" autocomplete="off" spellcheck="false" maxlength="100" required />
            <small>${connection.storeIdWhere}</small></label>
          <button class="plain">${connection.check}</button></form>
      </details>
    </section>`;
}

/**
 * @param {View} view
 * @param {Connected} kept
 * @param {Known} known
 * @param {Refused} refused
 * @returns {Html}
 */
function connectedSections(view, kept, known, { error, form }) {
  const { t } = view;
  const { connection } = t;
  const { serverUrl, storeId, storeName, apiKey } = kept;
  return html`<section class="state ${kept.webhook && !error ? 'paid' : 'review'}">
      <h2>${connection.store}</h2>
      <dl>
        <div><dt>${connection.server}</dt><dd>${serverUrl}</dd></div>
        ${storeName && html`<div><dt>${connection.storeName}</dt><dd>${storeName}</dd></div>`}
        <div><dt>${connection.storeId}</dt><dd><code>${storeId}</code></dd></div>
        <div><dt>${connection.apiKey}</dt><dd><code>••••${apiKey.slice(-4)}</code></dd></div>
      </dl>
      <p class="actions"><a class="button plain" href="${path}/checks">${t.checks.button}</a></p>
    </section>
    ${webhookSection(view, kept, known, error)}
    <section><details${form && html` open`}><summary>${connection.again}</summary>
      ${connectForms(view, { serverUrl, storeId, ...form }, form)}</details></section>
    <section><details><summary>${connection.disconnect}</summary>
      <p>${connection.disconnectWhy}</p>
      <form method="post" action="${path}/disconnect"><button class="plain">${connection.disconnect}</button></form></details></section>`;
}

/**
 * @param {View} view
 * @param {Connected} kept
 * @param {Known} known
 * @param {KessaiError | undefined} error
 * @returns {Html}
 */
function webhookSection({ t }, { webhook }, { webhookUrl, shopId }, error) {
  const { connection } = t;
  const act = (/** @type {string} */ what, /** @type {string} */ text, plain = true) =>
    html`<form method="post" action="${path}/webhook"><button name="do" value="${what}"${plain && html` class="plain"`}>${text}</button></form>`;
  if (!webhook) {
    return html`<section class="alerts"><h2>${connection.noWebhook}</h2><p>${connection.noWebhookWhy}</p>
      ${act('repair', connection.register, false)}</section>`;
  }
  const isElsewhere = webhook.url !== webhookUrl || error?.code === 'connect.webhookMoved';
  return html`<section${isElsewhere && html` class="alerts"`}>
    <h2>${connection.webhook}</h2>
    <dl>
      <div><dt>${connection.webhookUrl}</dt><dd>${webhook.url}</dd></div>
      <div><dt>${connection.webhookId}</dt><dd><code>${webhook.id}</code></dd></div>
      <div><dt>${connection.secret}</dt><dd>••••••••</dd></div>
      <div><dt>shopId</dt><dd><code>${shopId}</code></dd></div>
      <div><dt>${connection.events}</dt><dd>${webhook.events.join(', ')}</dd></div>
    </dl>
    ${
      isElsewhere &&
      html`<p><strong>${connection.elsewhere(webhookUrl)}</strong></p>
      <div class="actions">${act('moved', connection.moved, false)} ${act('separate', connection.separate)}</div>
      <p class="quiet">${connection.elsewhereWhy}</p>`
    }
    <div class="actions">${act('repair', connection.repair)}
      <form method="post" action="${path}/webhook"><button name="do" value="delete" class="link">${connection.deleteWebhook}</button></form></div>
  </section>`;
}

/**
 * What the admin looks at before anything is saved.
 * @param {View} view
 * @param {Checked} checked
 * @returns {Html}
 */
export function reviewPage(view, checked) {
  const { t } = view;
  const { connection } = t;
  const { serverUrl, version, storeName, storeId } = checked;
  const granted = checked.permissions.map((name) => name.replace(`:${storeId}`, ''));
  const row = (/** @type {string} */ title, /** @type {string | Html} */ text) =>
    html`<div><dt>${title}</dt><dd>${text}</dd></div>`;
  return layout(
    view,
    { title: connection.review, path: `${path}/review` },
    html`<h1>${connection.review}</h1>
    <p class="lead">${connection.reviewLead}</p>
    <section>
      <dl>
        ${row(connection.server, serverUrl)}
        ${row(connection.version, `BTCPay Server ${version}`)}
        ${storeName && row(connection.storeName, html`<strong>${storeName}</strong>`)}
        ${row(connection.storeId, html`<code>${storeId}</code>`)}
        ${row(connection.permissions, html`${granted.map((name) => html`<code>${name}</code><br />`)}`)}
      </dl>
      ${checkList(view, checked.checks)}
      <div class="actions">
        <form method="post" action="${path}/save">
          <input type="hidden" name="serverUrl" value="${serverUrl}" /><input type="hidden" name="storeId" value="${storeId}" />
          <button>${connection.save}</button></form>
        <form method="post" action="${path}/discard"><button class="plain">${connection.discard}</button></form>
      </div>
    </section>`,
  );
}

/**
 * A page that leads on by itself, to a place where a redirect could not lead.
 * @param {View} view
 * @param {{title: string, url: string, error?: KessaiError}} lead with an error it waits for the merchant
 * @returns {Html}
 */
export function leadPage(view, { title, url, error }) {
  const { t } = view;
  const head = error ? html`` : html`<meta http-equiv="refresh" content="0; url=${url}" />`;
  return layout(
    view,
    { title, path, head },
    html`<h1>${title}</h1>
    ${error && problem(error)}
    <p><a class="button" href="${url}">${error ? t.connection.toConnection : t.connection.goOn}</a></p>`,
  );
}
