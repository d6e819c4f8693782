// The page of an order: asks the shop how it stands until that is decided, and is drawn anew when it has changed.
(() => {
  const PAUSE = 4000;
  const HOUR = 3600 * 1000;
  const place = document.querySelector('p[data-kessai-order]');
  if (!(place instanceof HTMLElement)) return;
  const { kessaiOrder: address = '', kessaiState: state = '' } = place.dataset;
  if (!['waiting', 'partlyPaid'].includes(state)) return;
  const end = Date.now() + HOUR;
  const timer = setInterval(async () => {
    if (Date.now() > end) return clearInterval(timer);
    if (document.hidden) return;
    try {
      const { page, text } = await (await fetch(address, { headers: { accept: 'application/json' } })).json();
      if (page && page !== state) {
        clearInterval(timer);
        location.reload();
      } else if (text) {
        place.textContent = text;
      }
    } catch {
      // Asked again in a moment.
    }
  }, PAUSE);
})();
