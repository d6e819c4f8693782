import { randomBytes } from 'node:crypto';
import { refuseOtherSites } from '../control.js';
import { newApiKey } from '../permissions.js';
import { earlierKey, granted, needsStore, offered, readAsked } from './authorization.js';
import { documentOf, hidden, html } from './html.js';
import { otherLanguages, pageLanguage } from './language.js';
import { isStorePolicy, policyWords } from './policies.js';
import { htmlOf } from './response.js';
import { AUTHORIZE_TEXTS } from './texts/authorize.js';

/** @typedef {import('../control.js').PageRequest} PageRequest */
/** @typedef {import('../permissions.js').ApiKey} ApiKey */
/** @typedef {import('./authorization.js').Asked} Asked */
/** @typedef {typeof AUTHORIZE_TEXTS.en} Texts */
/** @typedef {import('./html.js').Markup} Markup */

/** The one person of the simulator. */
const USER_ID = '9d3c7a50-5b0e-4f5a-9d84-7a1f0c2b6e11';

/**
 * `/api-keys/authorize`: a merchant gives an application a key.
 * @param {PageRequest} request GET, or POST by the page's own forms
 * @param {string} root
 */
export async function authorizePage(request, root) {
  const { sim, method, url } = request;
  const { texts, draw } = drawing(request, root);
  const asked = readAsked(url.searchParams, sim.version);
  const step = await readStep(request);
  const earlier = earlierKey(sim, asked);
  if (method === 'POST' && step.get('reuse') && earlier?.isEnough && asked.redirect) {
    return handOver(draw, texts, asked.redirect, earlier.key);
  }
  if (earlier && !earlier.isEnough && !asked.strict) {
    const { title, text } = texts.broken;
    return draw(html`<h1>${title}</h1><p>${text}</p>`, { title, status: 500 });
  }
  const name = asked.applicationName || texts.unnamed;
  const title = texts.title(name);
  if (earlier?.isEnough) return draw(reusePart(request, root, title, earlier.key), { title });
  const storeId = sim.stores.has(step.get('storeId') ?? '') ? step.get('storeId') : null;
  if (needsStore(asked, sim.version) && storeId === null) return draw(storesPart(request, root, title), { title });
  if (method !== 'POST' || !step.get('consent')) {
    return draw(consentPart(request, root, title, asked, storeId), { title });
  }
  const permissions = granted(asked, { ticked: step.getAll('permissions'), storeId }, sim.version);
  const { identifier, redirect } = asked;
  const apiKey = sim.addKey(permissions, newApiKey(), {
    label: step.get('label') ?? '',
    ...(identifier && redirect && { application: { identifier, redirect } }),
  });
  if (redirect) return handOver(draw, texts, redirect, { apiKey, label: '', permissions });
  return keysPage(request, root, apiKey);
}

/**
 * `/account/apikeys`: where a merchant lands who cancels, or whom no application waits for.
 * @param {PageRequest} request
 * @param {string} root
 * @param {string} [created] a key just made
 */
export function keysPage(request, root, created) {
  const { texts, draw } = drawing(request, root);
  const keys = [...request.sim.keys.values()].reverse();
  const part = html`<h1>${texts.keys}</h1>
${created && html`<p role="status">${texts.created}<br><code class="key">${created}</code></p>`}
<ul class="keys">${keys.map(
    ({ apiKey, label, permissions }) => html`<li><b>${label || texts.unnamedKey}</b> <code>…${apiKey.slice(-4)}</code>
<details><summary>${texts.permissions(permissions.length)}</summary>${permissions.map((one) => html`<code>${one}</code><br>`)}</details></li>`,
  )}</ul>
<a class="quiet" href="${root}/">${texts.toControl}</a>`;
  return draw(part, { title: texts.keys });
}

/**
 * @param {PageRequest} request
 * @param {string} root
 */
function drawing({ url, headers }, root) {
  const language = pageLanguage(url.searchParams.get('lang'), headers['accept-language']);
  const texts = AUTHORIZE_TEXTS[language];
  /**
   * @param {Markup} part
   * @param {{ title: string, scripts?: string[] } & Parameters<typeof htmlOf>[1]} options
   */
  const draw = (part, { title, scripts = [], ...options }) => {
    const main = html`<main class="consent"><p class="server">${texts.server}</p><section class="card">${part}</section></main>`;
    const languages = otherLanguages(url, language);
    const page = { title, language, root, banner: texts.banner, main, scripts, styles: ['account.css'], languages };
    return htmlOf(documentOf(page), options);
  };
  return { language, texts, draw };
}

/** @param {PageRequest} request */
async function readStep(request) {
  if (request.method !== 'POST') return new URLSearchParams();
  refuseOtherSites(request);
  return new URLSearchParams(await request.body());
}

/**
 * The form keeps what the application asked for, in its address.
 * @param {PageRequest} request
 * @param {string} root
 * @param {Record<string, string>} fields
 * @param {unknown} content
 */
function stepForm({ url, headers }, root, fields, content) {
  const { cancel } = AUTHORIZE_TEXTS[pageLanguage(url.searchParams.get('lang'), headers['accept-language'])];
  return html`<form method="post" action="${root}/api-keys/authorize${url.search}">${hidden(fields)}${content}
<a class="quiet" href="${root}/account/apikeys">${cancel}</a></form>`;
}

/**
 * @param {PageRequest} request
 * @param {string} root
 * @param {string} title
 */
function storesPart(request, root, title) {
  const { texts } = drawing(request, root);
  const stores = [...request.sim.stores.values()];
  const choices = stores.map(
    ({ id, name }, index) =>
      html`<label class="choice"><input type="radio" name="storeId" value="${id}" required${index === 0 && html` checked`}>
<span><b>${name}</b><br><code>${id}</code></span></label>`,
  );
  const content = html`<fieldset><legend>${texts.chooseStore}</legend>${choices}</fieldset>
<button class="primary">${texts.next}</button>`;
  return html`<h1>${title}</h1>${stepForm(request, root, {}, content)}`;
}

/**
 * @param {PageRequest} request
 * @param {string} root
 * @param {string} title
 * @param {Asked} asked
 * @param {string | null} storeId
 */
function consentPart(request, root, title, asked, storeId) {
  const { texts, language } = drawing(request, root);
  const { sim } = request;
  const all = offered(asked, sim.version);
  const draw = (/** @type {string} */ policy) => {
    const words = policyWords(policy, language);
    const said = html`<span>${words && html`<b>${words}</b><br>`}<code>${policy}</code></span>`;
    if (asked.strict) return html`<li>${said}</li>`;
    const ticked = asked.permissions.includes(policy) && html` checked`;
    return html`<li><label class="choice"><input type="checkbox" name="permissions" value="${policy}"${ticked}>${said}</label></li>`;
  };
  const others = all.filter((policy) => !asked.permissions.includes(policy));
  const store = storeId === null ? null : sim.stores.get(storeId);
  const content = html`<p>${asked.permissions.length > 0 ? texts.wants : texts.wantsNothing}</p>
<ul class="permissions">${asked.permissions.map(draw)}</ul>
${others.length > 0 && html`<details><summary>${texts.other}</summary><ul class="permissions">${others.map(draw)}</ul></details>`}
<p class="scope">${store ? texts.ofStore(store.name) : all.some(isStorePolicy) && texts.ofAllStores} ${!asked.strict && texts.adjust}</p>
<label class="name">${texts.label}<input name="label" value="${asked.applicationName}" maxlength="100"></label>
${asked.redirect && html`<p class="scope">${texts.sendsTo(new URL(asked.redirect).host)}</p>`}
<button class="primary">${texts.authorize}</button>`;
  const fields = { consent: 'yes', ...(storeId !== null && { storeId }) };
  return html`<h1>${title}</h1>${stepForm(request, root, fields, content)}`;
}

/**
 * @param {PageRequest} request
 * @param {string} root
 * @param {string} title
 * @param {ApiKey} key
 */
function reusePart(request, root, title, { label, permissions }) {
  const { texts } = drawing(request, root);
  const content = html`<p>${texts.again}</p><p><b>${label || texts.unnamedKey}</b></p>
<ul class="permissions">${permissions.map((permission) => html`<li><code>${permission}</code></li>`)}</ul>
<button class="primary">${texts.share}</button>`;
  return html`<h1>${title}</h1>${stepForm(request, root, { reuse: 'yes' }, content)}`;
}

/**
 * The key goes to the application as a form that sends itself across sites: its own cookies come along only if they are
 * `SameSite=None` (BTCPay Server since 1.0.5.6, PostRedirect.cshtml).
 * @param {ReturnType<typeof drawing>['draw']} draw
 * @param {Texts} texts
 * @param {string} redirect
 * @param {ApiKey} key
 */
function handOver(draw, texts, redirect, { apiKey, permissions }) {
  const fields = {
    __RequestVerificationToken: `CfDJ8${randomBytes(90).toString('base64url')}`,
    apiKey,
    userId: USER_ID,
  };
  const part = html`<h1>${texts.sending}</h1>
<form method="post" action="${redirect}" rel="noreferrer">${hidden(fields)}${permissions.map((permission) => hidden({ 'permissions[]': permission }))}
<noscript><button class="primary">${texts.send}</button></noscript></form>`;
  // The application may answer by sending the browser on to another address of its own; browsers hold that, too, to the
  // policy of the page the form was on.
  const options = { formAction: '*', referrer: 'no-referrer' };
  return draw(part, { title: texts.sending, scripts: ['submit.js'], ...options });
}
