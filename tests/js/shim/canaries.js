import { inspect } from 'node:util';

/** Of all tests of a process: what one prints where it fails is no find of the next. */
let made = 0;

/** Texts that may appear nowhere, and the search for them in whatever form. */
export class Canaries {
  /** What each stands for. @type {Map<string, string>} */
  #texts = new Map();
  #dress;

  /** @param {(core: string) => string} dress what is around it, such as characters that every encoding writes otherwise */
  constructor(dress) {
    this.#dress = dress;
  }

  /**
   * A new one.
   * @param {string} what it stands for
   */
  make(what) {
    return this.#dress(this.bare(what));
  }

  /** One of letters and digits only. @param {string} what */
  bare(what) {
    const core = `cnry${String(made++).padStart(5, '0')}qz`;
    this.#texts.set(core, what);
    return core;
  }

  /** A secret that came from elsewhere. @param {string} text @param {string} what */
  add(text, what) {
    this.#texts.set(text, what);
  }

  /** @returns {string[]} every secret as it is */
  get texts() {
    return [...this.#texts.keys()];
  }

  /**
   * What stands in something that was logged or thrown.
   * @param {unknown} output
   * @returns {string[]}
   */
  in(output) {
    const text = everything(output).toLowerCase();
    return [...this.#texts]
      .filter(([core]) => formsOf(core).some((form) => text.includes(form)))
      .map(([, what]) => what);
  }
}

/** @param {string} core @returns {string[]} in lower case */
function formsOf(core) {
  const bytes = Buffer.from(core);
  const base64 = [0, 1, 2].flatMap((before) => {
    const form = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and the last characters hold bits of the neighbours.
    const inner = form.replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const forms = [core, encodeURIComponent(core), JSON.stringify(core).slice(1, -1), ...base64, bytes.toString('hex')];
  return [...new Set(forms)].map((form) => form.toLowerCase());
}

/**
 * All texts of a value: what any logger could make of it.
 * @param {unknown} value
 */
function everything(value) {
  const shown = inspect(value, {
    depth: 99,
    showHidden: true,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Infinity,
  });
  return `${shown}\n${JSON.stringify(value)}\n${String(value)}`;
}
