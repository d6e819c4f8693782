/** What only the payment page does: it tells the page around it, closes, and goes back to the shop. */

const isModal = document.body.classList.contains('modal');

/** @param {unknown} message to the shop's page around the frame, whoever that is, as the server's page does */
const tell = (message) => {
  if (window.parent !== window) window.parent.postMessage(message, '*');
};

/** @type {DOMStringMap} */
const {
  invoice: invoiceId,
  word,
  redirect,
  redirectWords = '',
  redirectSeconds,
} = /** @type {HTMLElement} */ (document.querySelector('main')).dataset;
let told = word;

// Only what changes while the page is open is told, and sends the customer back; how it was when it opened is not.
document.addEventListener('pulse', (event) => {
  const { word } = /** @type {CustomEvent} */ (event).detail;
  if (word === told) return;
  const before = told;
  told = word;
  tell({ invoiceId, status: word });
  const ends = redirectWords.split(' ');
  if (redirect && ends.includes(word) && !ends.includes(before ?? '')) sendBack(redirect);
});

/** @param {string} address */
function sendBack(address) {
  document.getElementById('redirecting')?.removeAttribute('hidden');
  setTimeout(() => {
    (window.top ?? window).location.href = address;
  }, Number(redirectSeconds) * 1000);
}

if (isModal) {
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('#close')) tell('close');
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') tell('close');
  });
  tell('loaded');
}

// Another payment method is the same page drawn anew: a page loaded anew would greet the shop's page a second time.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('.methods a') : null;
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(null, '', link.href);
  document.dispatchEvent(new Event('redraw'));
});
