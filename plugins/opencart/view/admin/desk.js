/**
 * The pages in which an admin looks after payments. What is to be done is signed by the admin's side, which knows who may, and
 * posted to the storefront's side, which does it.
 */
(() => {
  /** @typedef {{error: string, remedy: string, ok?: undefined} | {ok: Record<string, any>, error?: undefined, remedy?: undefined}} Answer */

  /** @param {HTMLElement} root */
  const desk = (root) => {
    const { sheet = '', tab = '', order = '' } = root.dataset;
    /** @type {Record<string, string>} */
    const texts = JSON.parse(root.dataset.texts ?? '{}');
    /** @type {Record<string, string>} */
    const ui = JSON.parse(root.dataset.ui ?? '{}');
    const said = /** @type {HTMLElement} */ (root.querySelector('[data-said]'));
    const content = /** @type {HTMLElement} */ (root.querySelector('[data-content]'));

    /**
     * @param {string} action
     * @param {string} orderId
     * @param {object} given
     * @returns {Promise<Answer>}
     */
    const ask = async (action, orderId = order, given = {}) => {
      try {
        const signed = await read(sheet, JSON.stringify({ action, orderId, arguments: given }), 'same-origin');
        if (!signed.sheet) return signed;
        const at = new URL(signed.url, location.href);
        // The shop may be set up for http, and its admin looked at by https.
        if (at.host === location.host) at.protocol = location.protocol;
        // The sheet is all that counts there: no cookie of the storefront's goes or comes.
        return await read(at.href, new URLSearchParams({ sheet: signed.sheet }), 'omit');
      } catch {
        return { error: texts.failed ?? '', remedy: texts.failedRemedy ?? '' };
      }
    };

    /** @param {Answer} answer */
    const say = ({ ok, error, remedy }) => {
      const [text, rest] = ok ? [ok.said, ''] : [error, remedy];
      said.replaceChildren();
      if (!text) return;
      const box = element('div', `${ui.notice}${ok ? 'success' : 'danger'}`, text);
      Object.assign(box.style, { marginBottom: '1em', color: '#333' });
      if (rest) box.append(element('br'), rest);
      if (ok?.claimLink) box.append(element('br'), `${texts.claimLink} `, ...link(ok.claimLink));
      said.append(box);
      said.scrollIntoView({ block: 'nearest' });
    };

    const reload = async () => {
      const answer = await fetch(tab, { credentials: 'same-origin' });
      // Made by the extension's own templates, which escape.
      if (answer.ok) content.innerHTML = await answer.text();
      load();
    };

    /**
     * @param {HTMLElement} control
     * @param {object} given
     */
    const act = async (control, given) => {
      const { act: action = '', confirm: question, order: orderId } = control.dataset;
      if (question && !confirm(question)) return;
      const buttons = busy(root, true);
      const answer = await ask(action, orderId, given);
      say(answer);
      if (answer.ok && action === 'acknowledge') countDown();
      if (answer.ok) await reload().catch(() => {});
      busy(root, false, buttons);
    };

    /** What the payment server has to be asked for. */
    const load = async () => {
      const place = content.querySelector('[data-statement]');
      if (!place) return;
      const { ok, error, remedy } = await ask('statement');
      if (!ok) {
        place.replaceChildren(element('div', `${ui.notice}warning`, `${error} ${remedy}`));
        return;
      }
      const lines = /** @type {Record<string, string>[]} */ (ok.lines);
      const sums = [
        [texts.asked, ok.amount],
        [texts.paidAt, ok.paidAt],
      ].filter(([, value]) => value);
      const shown = ['at', 'amount', 'rate', 'worth', 'method', 'transaction', 'state'];
      place.replaceChildren(
        element('p', '', sums.map(([name, value]) => `${name} ${value}`).join(' · ')),
        table(
          lines.filter((line) => !line.isRefund),
          shown,
          texts.none,
        ),
        ok.complete ? '' : element('p', ui.muted, texts.incomplete),
      );
      const refunds = content.querySelector('[data-refunds]');
      refunds?.replaceChildren(
        table(
          lines.filter((line) => line.isRefund),
          ['at', 'amount', 'state', 'claim'],
          texts.noRefunds,
        ),
      );
      choose(ok.currency, ok.coins);
    };

    /**
     * What the form of a refund offers, from what was paid.
     * @param {string} currency
     * @param {string[]} coins
     */
    const choose = (currency, coins) => {
      const currencies = content.querySelector('select[name=currency]');
      currencies?.append(...coins.filter((coin) => coin !== currency).map((coin) => new Option(coin, coin)));
      const methods = content.querySelector('select[name=payoutMethod]');
      const ways = coins.flatMap((coin) => [`${coin}-CHAIN`, `${coin}-LN`]);
      methods?.append(...ways.map((way) => new Option(way, way)));
    };

    /**
     * @param {Record<string, string>[]} lines
     * @param {string[]} names of columns
     * @param {string} [empty] what is said where there is no line
     */
    const table = (lines, names, empty) => {
      if (lines.length === 0) return element('p', ui.muted, empty);
      const frame = element('div', 'table-responsive');
      const whole = element('table', 'table table-bordered table-hover');
      const head = element('tr');
      head.append(...names.map((name) => element('td', '', texts[name])));
      whole.append(element('thead'), element('tbody'));
      head.style.whiteSpace = 'nowrap';
      whole.firstElementChild?.append(head);
      for (const line of lines) {
        const row = element('tr');
        row.append(...names.map((name) => cell(line, name)));
        whole.lastElementChild?.append(row);
      }
      frame.append(whole);
      return frame;
    };

    /**
     * @param {Record<string, string>} line
     * @param {string} name
     */
    const cell = (line, name) => {
      const place = element('td');
      if (name === 'claim') place.append(...link(line.claimLink ?? ''));
      else place.append([line[name], name === 'state' ? line.late : ''].filter(Boolean).join(', '));
      if (name === 'transaction') place.style.wordBreak = 'break-all';
      return place;
    };

    /**
     * An address that can be opened and copied.
     * @param {string} url
     */
    const link = (url) => {
      if (!/^https?:\/\//i.test(url)) return [url];
      const anchor = element('a', '', url);
      Object.assign(anchor, { href: url, target: '_blank', rel: 'noopener noreferrer' });
      anchor.style.wordBreak = 'break-all';
      const copy = element('button', ui.button, texts.copy);
      Object.assign(copy, { type: 'button' });
      copy.addEventListener('click', async () => {
        await navigator.clipboard.writeText(url);
        copy.textContent = texts.copied ?? '';
      });
      return [anchor, ' ', copy];
    };

    /**
     * @param {string} name of the file
     * @param {AsyncGenerator<Answer>} answers
     */
    const save = async (name, answers) => {
      const buttons = busy(root, true);
      let csv = '';
      for await (const answer of answers) {
        say(answer);
        if (!answer.ok) {
          busy(root, false, buttons);
          return;
        }
        csv += answer.ok.csv;
      }
      const anchor = element('a');
      const href = URL.createObjectURL(new Blob([csv], { type: 'text/csv;charset=utf-8' }));
      Object.assign(anchor, { href, download: name }).click();
      URL.revokeObjectURL(href);
      busy(root, false, buttons);
    };

    /** @param {FormData} days */
    async function* pieces(days) {
      for (let after = ''; after !== null; ) {
        const answer = await ask('piece', '', { from: days.get('from'), to: days.get('to'), after });
        yield answer;
        after = answer.ok?.after ?? null;
      }
    }

    async function* whole() {
      yield await ask('csv');
    }

    root.addEventListener('click', ({ target }) => {
      const button = /** @type {Element} */ (target).closest('button');
      if (!button) return;
      if (button.dataset.file) save(`${order}-${button.dataset.file}`, whole());
      else if (button.dataset.act) act(button, JSON.parse(button.dataset.arguments ?? '{}'));
    });
    root.addEventListener('submit', (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      event.preventDefault();
      if (form.dataset.books) save(form.dataset.books, pieces(new FormData(form)));
      else act(form, wanted(form));
    });
    root.addEventListener('change', ({ target }) => {
      const { form, name, value } = /** @type {HTMLSelectElement} */ (target);
      if (name !== 'kind') return;
      for (const row of form?.querySelectorAll('[data-for]') ?? []) {
        row.toggleAttribute('hidden', row.getAttribute('data-for') !== value);
      }
    });
    load();
  };

  /** The menu's number of alerts was right when the page was made. */
  const countDown = () => {
    const badge = document.querySelector('#menu-kessai a span');
    const left = Number(badge?.textContent) - 1;
    if (left > 0) badge?.replaceChildren(String(left));
    else badge?.remove();
  };

  /**
   * What a form says: an amount only where the kind takes one.
   * @param {HTMLFormElement} form
   */
  const wanted = (form) => {
    const said = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
    if (said.kind === 'custom') return said;
    const { amount, currency, ...rest } = said;
    return rest;
  };

  /**
   * @param {string} url
   * @param {BodyInit} body
   * @param {RequestCredentials} credentials
   */
  const read = async (url, body, credentials) =>
    (await fetch(url, { method: 'POST', body, credentials, signal: AbortSignal.timeout(60_000) })).json();

  /**
   * Nothing is pressed twice while something is done.
   * @param {HTMLElement} root
   * @param {boolean} isBusy
   * @param {HTMLButtonElement[]} buttons that were made busy
   */
  const busy = (root, isBusy, buttons = [...root.querySelectorAll('button')].filter(({ disabled }) => !disabled)) => {
    for (const button of buttons) button.disabled = isBusy;
    root.style.cursor = isBusy ? 'progress' : '';
    return buttons;
  };

  /**
   * @param {string} name
   * @param {string} [classes]
   * @param {string} [text]
   */
  const element = (name, classes, text) => {
    const made = document.createElement(name);
    if (classes) made.className = classes;
    if (text) made.textContent = text;
    return made;
  };

  for (const root of document.querySelectorAll('[data-kessai-desk]:not([data-is-ready])')) {
    root.setAttribute('data-is-ready', '');
    desk(/** @type {HTMLElement} */ (root));
  }
})();
