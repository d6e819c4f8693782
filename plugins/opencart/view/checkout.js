// The last click of the checkout: asks the shop for the order's invoice, and opens it. Loaded with each drawing of the button.
(() => {
  /** @typedef {import('../../../js/browser.d.ts').CheckoutOptions} Invoice */
  const button = document.querySelector('button[data-kessai-confirm]');
  const message = document.getElementById('kessai-message');
  if (!(button instanceof HTMLButtonElement) || !message) return;
  const {
    kessaiConfirm: confirm = '',
    kessaiModal: script = '',
    kessaiError: failed = '',
    kessaiOpening: opening = '',
  } = button.dataset;
  const label = button.textContent;

  button.addEventListener('click', async () => {
    message.textContent = '';
    button.disabled = true;
    button.textContent = opening;
    try {
      const answer = await fetch(confirm, { method: 'POST', headers: { accept: 'application/json' } });
      const { redirect, modal, error } = await answer.json();
      if (redirect) return location.assign(redirect);
      if (modal) await pay(modal);
      if (error) message.textContent = error;
    } catch {
      message.textContent = failed;
    }
    button.disabled = false;
    button.textContent = label;
  });

  /** @param {Invoice} invoice */
  async function pay(invoice) {
    try {
      await load();
    } catch {
      // The server's own page does without any script of the shop's.
      return location.assign(String(invoice.checkoutLink));
    }
    const { kessai } = /** @type {{ kessai: { openCheckout(options: Invoice): Promise<unknown> } }} */ (
      /** @type {unknown} */ (window)
    );
    await kessai.openCheckout({ ...invoice, target: button ?? undefined });
  }

  /** @returns {Promise<unknown>} */
  function load() {
    if ('kessai' in window) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const tag = document.createElement('script');
      tag.src = script;
      tag.onload = resolve;
      tag.onerror = reject;
      document.head.append(tag);
    });
  }
})();
