// While a payment is on its way, shows what the server says now.
const every = 2000;

async function refresh() {
  if (!document.querySelector('[data-live]')) return;
  try {
    const response = await fetch(location.href, { headers: { accept: 'text/html' } });
    if (response.ok) {
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const [shown, now] = [document.querySelector('main'), page.querySelector('main')];
      if (shown && now && shown.innerHTML !== now.innerHTML) {
        shown.replaceWith(now);
        document.title = page.title;
      }
    }
  } catch {
    // Offline for a moment: what is shown stays, and the next round asks again.
  }
  setTimeout(refresh, every);
}

setTimeout(refresh, every);
