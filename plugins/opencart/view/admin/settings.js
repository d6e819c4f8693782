/**
 * The page of the settings: sends what was typed, puts what is wrong beside its field, and replaces the parts that changed. What was
 * typed stays as long as it is not saved.
 */
(() => {
  /**
   * @typedef {object} Answer
   * @property {string} [said]
   * @property {string} [error]
   * @property {string} [remedy]
   * @property {string[]} [warnings]
   * @property {Record<string, string>} [fields] what is wrong, by the field's name
   * @property {Record<string, string>} [parts] HTML, made by the extension's own templates, which escape
   * @property {string[]} [again] actions to ask for next
   * @property {string} [goto]
   */

  const root = /** @type {HTMLElement} */ (document.getElementById('kessai'));
  const form = /** @type {HTMLFormElement} */ (document.getElementById('kessai-settings'));
  const said = /** @type {HTMLElement} */ (root.querySelector('[data-said]'));
  /** @type {Record<string, string>} */
  const texts = JSON.parse(root.dataset.texts ?? '{}');

  /**
   * @param {string} url
   * @param {Record<string, string>} [more]
   * @returns {Promise<Answer>}
   */
  const post = async (url, more = {}) => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) body.append(name, String(value));
    for (const [name, value] of Object.entries(more)) body.append(name, value);
    try {
      const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(60_000) });
      return await answer.json();
    } catch {
      return { error: texts.failed ?? '', remedy: texts.failedRemedy ?? '' };
    }
  };

  /**
   * @param {string} action
   * @param {Record<string, string>} [more]
   */
  const act = (action, more) => post(`${root.dataset.act}&do=${action}`, more);

  /** @param {Answer} answer */
  const tell = ({ said: text, error, remedy, warnings = [] }) => {
    said.replaceChildren();
    if (error) said.append(box('alert-danger', error, remedy));
    if (text) said.append(box('alert-success', text));
    for (const warning of warnings) said.append(box('alert-warning', warning));
    if (error || text || warnings.length > 0) said.scrollIntoView({ block: 'nearest' });
  };

  /**
   * @param {string} look
   * @param {string} text
   * @param {string} [more]
   */
  const box = (look, text, more = '') => {
    const made = document.createElement('div');
    made.className = `alert ${look}`;
    made.setAttribute('role', 'alert');
    const strong = document.createElement('strong');
    strong.textContent = text;
    made.append(strong, more && ` ${more}`);
    return made;
  };

  /** @param {Record<string, string>} fields */
  const mark = (fields) => {
    for (const place of root.querySelectorAll('[data-wrong]')) {
      const text = fields[place.getAttribute('data-wrong') ?? ''] ?? '';
      place.textContent = text;
      place.closest('[data-field]')?.classList.toggle('is-wrong', text !== '');
    }
    const first = [...root.querySelectorAll('[data-wrong]')].find((place) => place.textContent !== '');
    if (!first) return;
    for (let at = first.closest('details'); at; at = at.parentElement?.closest('details') ?? null) at.open = true;
    open(first.closest('.tab-pane')?.id);
    first.scrollIntoView({ block: 'center' });
  };

  /** @param {string} [id] of a tab's content */
  const open = (id) => {
    // The theme's own script switches: Bootstrap 3 and 5 each have one.
    /** @type {HTMLElement | null} */ (root.querySelector(`.nav-tabs a[href="#${id}"]`))?.click();
  };

  /** @param {Answer} answer */
  const take = async (answer) => {
    if (answer.goto) {
      location.assign(answer.goto);
      return;
    }
    mark(answer.fields ?? {});
    tell(answer);
    put(answer.parts ?? {});
    for (const action of answer.again ?? []) put((await act(action)).parts ?? {});
  };

  /** @param {Record<string, string>} parts */
  const put = (parts) => {
    for (const [name, html] of Object.entries(parts)) {
      const place = root.querySelector(`[data-part="${name}"]`);
      if (!place) continue;
      place.innerHTML = html;
      load(place);
    }
  };

  /** What a part asks for as soon as it is shown. @param {Element} within */
  const load = (within) => {
    for (const place of within.querySelectorAll('[data-load]')) {
      act(place.getAttribute('data-load') ?? '').then(({ error, remedy = '', parts = {} }) => {
        if (error) place.replaceChildren(box('alert-danger', error, remedy));
        put(parts);
      });
    }
  };

  /**
   * Nothing is pressed twice while something is done.
   * @param {() => Promise<void>} work
   */
  const busy = async (work) => {
    const buttons = [...document.querySelectorAll('#content button')].filter((button) => !button.matches(':disabled'));
    for (const button of buttons) button.setAttribute('disabled', '');
    root.style.cursor = 'progress';
    await work();
    for (const button of buttons) button.removeAttribute('disabled');
    root.style.cursor = '';
  };

  /** Shows the fields of what was chosen. */
  const choose = () => {
    const data = new FormData(form);
    for (const place of root.querySelectorAll('[data-shown-for]')) {
      const wanted = (place.getAttribute('data-shown-for') ?? '').split(' ').map((pair) => pair.split('='));
      place.toggleAttribute('hidden', !wanted.some(([name = '', value]) => data.get(name) === value));
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    busy(async () => take(await post(form.action)));
  });

  root.addEventListener('click', async (event) => {
    const target = /** @type {Element} */ (event.target);
    const step = target.closest('.kessai-steps a');
    if (step) {
      event.preventDefault();
      open(step.getAttribute('href')?.slice(1));
      return;
    }
    const button = /** @type {HTMLElement | null} */ (target.closest('button[data-do], button[data-copy]'));
    if (!button) return;
    const { do: action, confirm: question } = button.dataset;
    if (action === undefined) {
      await navigator.clipboard.writeText(button.previousElementSibling?.textContent ?? '');
      button.textContent = texts.copied ?? '';
    } else if (!question || confirm(question)) {
      busy(async () => take(await act(action)));
    }
  });

  root.addEventListener('keydown', (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (event.key !== 'Enter' || input.name !== 'serverUrl') return;
    // Here the button beside the field is meant, and not the page's.
    event.preventDefault();
    busy(async () => take(await act('connect')));
  });

  root.addEventListener('change', ({ target }) => {
    if (/** @type {HTMLInputElement} */ (target).name !== 'transport') return;
    choose();
    act('ping').then(({ parts = {} }) => put(parts));
  });

  for (const details of root.querySelectorAll('details[data-guide]')) {
    details.addEventListener(
      'toggle',
      async () => {
        const answer = await act('guide', { kind: details.getAttribute('data-guide') ?? '' });
        put(answer.parts ?? {});
        if (answer.error) tell(answer);
      },
      { once: true },
    );
  }

  choose();
  act('ping').then((answer) => {
    put(answer.parts ?? {});
    if (answer.error) tell(answer);
    // The first step that is not done is what the merchant came for, unless a key waits.
    const first = root.querySelector('.kessai-steps .is-wrong a, .kessai-steps .is-next a');
    if (!root.querySelector('#kessai-tab-connection.active')) open(first?.getAttribute('href')?.slice(1));
  });
  load(root);
})();
