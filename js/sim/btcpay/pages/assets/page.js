/** Keeps a page of the simulator up to date: it is drawn on the server, and drawn again when something has changed. */

const POLL_MS = 700;

/** @type {string | undefined} what the page shows, in the server's words */
let state;
let status = main().dataset.status;

function main() {
  return /** @type {HTMLElement} */ (document.querySelector('main'));
}

/** Replaces the page's content by what the server would draw now. */
async function redraw() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
  if (fresh) main().replaceWith(fresh);
}

/** One look at the server. */
async function look() {
  const answer = await fetch(main().dataset.pulse ?? '', { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const pulse = await answer.json();
  const before = status;
  const isStale = state !== undefined && state !== pulse.state;
  ({ status, state } = pulse);
  if (isStale) await redraw();
  showTime(pulse.secondsLeft);
  const clock = document.querySelector('[data-clock]');
  if (clock) clock.textContent = pulse.clock;
  // The customer is sent back only if the page saw the payment settle, not if it was opened afterwards.
  if (before !== undefined && before !== 'Settled' && pulse.status === 'Settled') sendBack();
}

function sendBack() {
  const { redirect, redirectSeconds } = main().dataset;
  if (!redirect) return;
  document.getElementById('redirecting')?.removeAttribute('hidden');
  setTimeout(() => {
    (window.top ?? window).location.href = redirect;
  }, Number(redirectSeconds) * 1000);
}

/** @param {number} secondsLeft */
function showTime(secondsLeft) {
  const time = document.querySelector('[data-seconds-left]');
  if (!time) return;
  time.textContent = `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`;
  document.querySelector('progress')?.setAttribute('value', String(secondsLeft));
}

document.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  for (const button of document.querySelectorAll('button')) button.disabled = true;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
  if (!answer.ok) alert((await answer.json()).message);
  await redraw();
  await look();
});

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
