// The last click of the checkout: asks the shop for the order's invoice, and opens it. Loaded with each drawing of the button.
(() => {
  const button = document.querySelector('[data-kessai-confirm]');
  const message = document.getElementById('kessai-message');
  if (!button || !message) return;
  const { kessaiConfirm: confirm, kessaiModal: script, kessaiError: failed, kessaiOpening: opening } = button.dataset;
  const label = button.textContent;

  button.addEventListener('click', async () => {
    message.textContent = '';
    button.disabled = true;
    button.textContent = opening;
    try {
      const answer = await fetch(confirm, { method: 'POST', headers: { accept: 'application/json' } });
      const { redirect, modal, error } = await answer.json();
      if (error) message.textContent = error;
      else if (redirect) return void location.assign(redirect);
      else if (modal) await pay(modal);
    } catch {
      message.textContent = failed;
    }
    button.disabled = false;
    button.textContent = label;
  });

  async function pay(invoice) {
    try {
      await load(invoice.serverUrl);
    } catch {
      // The page of the server does without any script of the shop's.
      location.assign(invoice.checkoutLink);
      return;
    }
    await window.kessai.openCheckout({ ...invoice, target: button });
  }

  function load(serverUrl) {
    if (window.kessai) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const tag = document.createElement('script');
      tag.src = script;
      tag.dataset.kessaiServers = serverUrl;
      tag.onload = resolve;
      tag.onerror = reject;
      document.head.append(tag);
    });
  }
})();
