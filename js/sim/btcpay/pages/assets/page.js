/** Keeps a page of the simulator up to date: it is drawn on the server, and drawn again when something has changed. */

const POLL_MS = 700;

function main() {
  return /** @type {HTMLElement} */ (document.querySelector('main'));
}

/** What the page shows, in the server's words. */
let { state } = main().dataset;

/** Replaces the page's content by what the server would draw now; the keyboard stays where it was. */
async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
  if (!fresh) return;
  const focused = document.activeElement?.id;
  main().replaceWith(fresh);
  if (!focused) return;
  const again = document.getElementById(focused);
  const lost = !again || (again instanceof HTMLButtonElement && again.disabled);
  (lost ? /** @type {HTMLElement | null} */ (document.querySelector('main h2[tabindex]')) : again)?.focus({
    preventScroll: true,
  });
}

/** One look at the server. */
async function lookOnce() {
  const answer = await fetch(main().dataset.pulse ?? '', { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const pulse = await answer.json();
  const isStale = state !== pulse.state;
  ({ state } = pulse);
  if (isStale) await redraw();
  showTime(pulse.secondsLeft);
  const clock = document.querySelector('[data-clock]');
  if (clock) clock.textContent = pulse.clock;
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
  if (!(place instanceof HTMLElement)) return alert(message);
  place.textContent = message;
  place.hidden = false;
}

let isBusy = false;

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  main().setAttribute('aria-busy', 'true');
  try {
    await send(/** @type {HTMLFormElement} */ (event.target));
  } finally {
    isBusy = false;
    main().removeAttribute('aria-busy');
  }
});

/** @param {HTMLFormElement} form */
async function send(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
  const problem = answer.ok ? null : (await answer.json()).message;
  await redraw();
  if (problem) complain(problem);
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
