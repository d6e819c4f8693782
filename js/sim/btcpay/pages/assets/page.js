/** Keeps a page of the simulator up to date: it is drawn on the server, and drawn again when something has changed. */

const POLL_MS = 700;

/** The part of the page that is drawn anew. */
function live() {
  return /** @type {HTMLElement} */ (document.querySelector('[data-live]'));
}

/** What the page shows, in the server's words. */
let { state } = live().dataset;

/** Replaces the page's content by what the server would draw now; the keyboard stays where it was. */
async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
  if (!fresh) return;
  const focused = document.activeElement?.id;
  live().replaceWith(fresh);
  if (!focused) return;
  const again = document.getElementById(focused);
  const lost = !again || (again instanceof HTMLButtonElement && again.disabled);
  (lost ? /** @type {HTMLElement | null} */ (live().querySelector('h2[tabindex]')) : again)?.focus({
    preventScroll: true,
  });
}

document.addEventListener('redraw', redraw);

/** One look at the server. */
async function lookOnce() {
  const answer = await fetch(live().dataset.pulse ?? '', { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const pulse = await answer.json();
  const isStale = state !== pulse.state;
  ({ state } = pulse);
  if (isStale) await redraw();
  showTime(pulse.secondsLeft);
  document.dispatchEvent(new CustomEvent('pulse', { detail: pulse }));
}

let looking = Promise.resolve();

/** Looks one after the other, so that no older answer is taken for news. */
function look() {
  looking = looking.catch(() => {}).then(lookOnce);
  return looking;
}

/** @param {number} secondsLeft */
function showTime(secondsLeft) {
  const time = document.querySelector('[data-seconds-left]');
  if (!time) return;
  time.textContent = `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`;
  document.querySelector('progress')?.setAttribute('value', String(secondsLeft));
}

/** @param {string} message */
function complain(message) {
  const place = document.querySelector('.failure');
  if (!(place instanceof HTMLElement)) return;
  place.textContent = message;
  place.hidden = false;
}

let isBusy = false;

document.addEventListener('submit', async (event) => {
  // What a person has typed is not in the live part, and is sent as any form.
  if (!live().contains(/** @type {Node} */ (event.target))) return;
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  live().setAttribute('aria-busy', 'true');
  try {
    await send(/** @type {HTMLFormElement} */ (event.target));
  } finally {
    isBusy = false;
    live().removeAttribute('aria-busy');
  }
});

/** @param {HTMLFormElement} form */
async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
  if (!answer.ok) return complain((await answer.json()).message);
  await redraw();
  await look();
}

document.addEventListener('click', async ({ target }) => {
  if (!(target instanceof HTMLElement) || target.dataset.copy === undefined) return;
  await navigator.clipboard.writeText(target.dataset.copy);
  target.textContent = target.dataset.copied ?? '';
});

async function keepLooking() {
  try {
    await look();
  } catch {
    // The simulator is being restarted; the next look may find it again.
  }
  setTimeout(keepLooking, POLL_MS);
}

keepLooking();
