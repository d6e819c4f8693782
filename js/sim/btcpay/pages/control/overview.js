import { formatSpan } from '../amounts.js';
import { html } from '../html.js';
import { button, clockOf, part } from './parts.js';

const STEPS = /** @type {const} */ ([
  ['minute', 60],
  ['quarter', 900],
  ['hour', 3600],
  ['day', 86_400],
]);

/** @param {import('./parts.js').Scene} scene */
export function clockPart(scene) {
  const { view, texts, language } = scene;
  const { about, ahead, steps, mine, restart, restartAbout, chain } = texts.clock;
  return part(
    'clock',
    texts.nav.clock,
    html`<div class="panel clock">
<p class="time"><span data-clock>${clockOf(view.now)}</span> UTC${
      view.secondsAhead > 1 && html` <small>${ahead(formatSpan(view.secondsAhead, language))}</small>`
    }</p>
<div class="actions">${STEPS.map(([step, seconds]) => button(scene, 'clock', steps[step], { fields: { advance: String(seconds) } }))}</div>
<p class="empty">${about}</p>
<div class="actions">${button(scene, 'mine', mine, { look: 'primary' })}${button(scene, 'restart', restart)}</div>
<p class="empty">${chain} ${restartAbout}</p>
</div>`,
  );
}

/** @param {import('./parts.js').Scene} scene */
export function serverPart(scene) {
  const { view, texts, base } = scene;
  const { url, store, key, permissions, version, copy, copied, unknown } = texts.server;
  const copyable = (/** @type {string} */ value) =>
    html`<code>${value}</code> <button type="button" class="link" data-copy="${value}" data-copied="${copied}" aria-label="${copy}: ${value}">${copy}</button>`;
  return part(
    'server',
    texts.nav.server,
    html`<dl class="panel facts">
<div><dt>${url}</dt><dd>${copyable(base)}</dd></div>
<div><dt>${version}</dt><dd>BTCPay Server ${view.version}</dd></div>
${view.stores.map(({ id, name }) => html`<div><dt>${store}${name && ` (${name})`}</dt><dd>${copyable(id)}</dd></div>`)}
${view.keys.map(
  ({ apiKey, permissions: granted }) => html`<div><dt>${key}</dt><dd><code>${apiKey}</code>
<details id="key-${apiKey}"><summary>${permissions(granted.length)}</summary><ul>${granted.map((one) => html`<li><code>${one.split(':')[0]}</code></li>`)}</ul></details></dd></div>`,
)}</dl>
${
  view.unknownRoutes.length > 0 &&
  html`<p class="problem">${unknown} ${view.unknownRoutes
    .slice(-5)
    .map(({ method, path }) => `${method} ${path}`)
    .join(', ')}</p>`
}`,
  );
}
