/** Keeps the control page up to date: the server draws it, and each part is replaced when it has changed. */

const POLL_MS = 1000;

const main = /** @type {HTMLElement} */ (document.querySelector('main'));
const failure = /** @type {HTMLElement} */ (main.querySelector('.failure'));

/** What the page shows, in the server's words. */
let { state } = main.dataset;

/** Takes over what the server would draw now. What is opened stays open, and the keyboard where it was. */
async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const focused = document.activeElement?.id;
  for (const now of main.querySelectorAll('[data-part]')) {
    const next = fresh.getElementById(now.id);
    if (!next) continue;
    for (const { id } of now.querySelectorAll('details[open]')) fresh.getElementById(id)?.setAttribute('open', '');
    if (now.outerHTML !== next.outerHTML) now.replaceWith(next);
    // A button that is gone leaves the keyboard at its section.
    if (focused && !document.activeElement?.id) {
      (document.getElementById(focused) ?? next.querySelector('h2'))?.focus({ preventScroll: true });
    }
  }
}

async function look() {
  const answer = await fetch(main.dataset.pulse ?? '', { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const pulse = await answer.json();
  const isStale = state !== pulse.state;
  ({ state } = pulse);
  if (isStale) await redraw();
  const clock = main.querySelector('[data-clock]');
  if (clock) clock.textContent = pulse.clock;
}

async function keepLooking() {
  try {
    await look();
  } catch {
    // The simulator is being restarted; the next look may find it again.
  }
  setTimeout(keepLooking, POLL_MS);
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
  failure.hidden = answer.ok;
  failure.textContent = answer.ok ? '' : (await answer.json()).message;
  if (!answer.ok) failure.scrollIntoView({ block: 'nearest' });
  await redraw();
}

let isBusy = false;

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  main.setAttribute('aria-busy', 'true');
  try {
    await send(/** @type {HTMLFormElement} */ (event.target));
  } catch (error) {
    failure.hidden = false;
    failure.textContent = String(error);
  } finally {
    isBusy = false;
    main.removeAttribute('aria-busy');
  }
});

document.addEventListener('click', async ({ target }) => {
  if (!(target instanceof HTMLElement) || target.dataset.copy === undefined) return;
  const label = target.textContent;
  await navigator.clipboard.writeText(target.dataset.copy);
  target.textContent = target.dataset.copied ?? '';
  setTimeout(() => {
    target.textContent = label;
  }, 2000);
});

/** Asks for a length of time only where the fault has one. @param {HTMLSelectElement} select */
function showLength(select) {
  const label = select.form?.querySelector('[data-needs]');
  if (!(label instanceof HTMLElement)) return;
  label.hidden = label.dataset.needs !== select.value;
  for (const input of label.querySelectorAll('input')) input.disabled = label.hidden;
}

for (const select of main.querySelectorAll('select[data-kind]')) {
  const kind = /** @type {HTMLSelectElement} */ (select);
  kind.addEventListener('change', () => showLength(kind));
  showLength(kind);
}

keepLooking();
