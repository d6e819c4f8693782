/** What stands for a text that was taken out. */
const GONE = '[…]';

/** Texts beyond this many would take too long to look for: then nothing is shown. */
const MOST_TEXTS = 5000;

/** A shorter text is looked for as a whole word only. */
const SHORT = 6;

/** The core cuts foreign text here (src/error.rs): the end may be the beginning of a secret. */
const CUT_AT = 300;

/**
 * Takes out of free text what was not shown elsewhere: a server may say a customer's mail address in the text of an error, and
 * a database the whole statement. It knows the texts of one operation's documents.
 */
export class Scrubber {
  /** @type {Set<string>} */
  #hidden = new Set();
  /** @type {Set<string>} */
  #shown = new Set();
  /** @type {RegExp | undefined} */
  #pattern;
  /** @type {string[]} */
  #forms = [];
  #isBlind = false;

  #misfits;

  /** @param {{ misfits: boolean }} options whether a value in the wrong place is hidden too, as a log wants it and a caller does not */
  constructor({ misfits }) {
    this.#misfits = misfits;
  }

  /** @param {string} text is in the log anyway */
  show(text) {
    this.#shown.add(text);
    this.#pattern = undefined;
  }

  /** @param {string} text must not be in it */
  hide(text) {
    if (text.length < 2) return;
    if (this.#hidden.size === MOST_TEXTS) this.#isBlind = true;
    else this.#hidden.add(text);
    this.#pattern = undefined;
  }

  /** @param {string} text */
  misfit(text) {
    if (this.#misfits) this.hide(text);
  }

  /** No text is shown any more. */
  hideEverything() {
    this.#isBlind = true;
  }

  /**
   * @param {string} text
   * @returns {string} without what is hidden, in whatever form it stands there
   */
  clean(text) {
    if (this.#isBlind) return GONE;
    this.#pattern ??= this.#build();
    const clean = text.replace(this.#pattern, GONE);
    return [...text].length >= CUT_AT ? this.#withoutTail(clean) : clean;
  }

  /**
   * As `clean`; what looks like a person, a card or a token goes too, wherever it came from.
   * @param {string} text
   * @returns {string}
   */
  veil(text) {
    return this.clean(text)
      .replace(/[^\s"'<>]+@[^\s"'<>]+/g, GONE)
      .replace(/\b(https?):\/\/[^\s"'<>]+/gi, `$1://${GONE}`)
      .replace(/\+?\d(?:[ ().-]{0,2}\d){8,}/g, (digits) => (this.#shown.has(digits) ? digits : GONE))
      .replace(/[\w+=-]{20,}/g, (token) => (this.#shown.has(token) || !/\d/.test(token) ? token : GONE));
  }

  #build() {
    const texts = [...this.#hidden].filter((text) => !this.#shown.has(text));
    this.#forms = [...new Set(texts.flatMap(formsOf))].sort((a, b) => b.length - a.length);
    const sources = this.#forms.map((form) => {
      const source = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it is for, all of it
      const isWord = form.length < SHORT && /^[\x00-\x7f]*$/.test(form);
      return isWord ? `(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])` : source;
    });
    return sources.length > 0 ? new RegExp(sources.join('|'), 'giu') : /(?!)/;
  }

  /** @param {string} text that was cut */
  #withoutTail(text) {
    for (const form of this.#forms) {
      for (let length = Math.min(form.length - 1, text.length); length >= 4; length--) {
        if (text.endsWith(form.slice(0, length))) return text.slice(0, -length) + GONE;
      }
    }
    return text;
  }
}

/**
 * A text as it may stand in another: as it is, or as URLs, JSON, HTML, Base64 and hexadecimal digits have it.
 * @param {string} text
 * @returns {string[]}
 */
function formsOf(text) {
  // `encodeURIComponent` throws for half a surrogate pair.
  const plain = text.replace(/\p{Cs}/gu, '\ufffd');
  const json = JSON.stringify(plain).slice(1, -1);
  const url = encodeURIComponent(plain);
  const forms = [
    plain,
    plain.trim(),
    plain.replace(/\p{Cc}/gu, ' '),
    url,
    encodeURI(plain),
    new URLSearchParams([['', plain]]).toString().slice(1),
    json,
    // As .NET writes JSON: everything but letters and digits by its number.
    json.replace(/[^\x20-\x7e]|[<>&'+`]/g, numbered),
    json.replace(/\\"/g, '\\u0022').replace(/[^\x20-\x7e]|[<>&'+`]/g, numbered),
    html(plain),
    html(plain).replaceAll('&#39;', '&#x27;'),
  ];
  // Shorter ones would be found everywhere.
  if (plain.length >= SHORT) forms.push(...base64(plain), hexadecimal(plain));
  return [...new Set(forms)].filter((form) => form.length >= 2);
}

/** @param {string} char */
const numbered = (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** @param {string} text */
function html(text) {
  const entities = /** @type {Record<string, string>} */ ({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  });
  return text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

/**
 * By itself or in the midst of something, where it may begin at any of three places; what its neighbours change is left out.
 * @param {string} text
 * @returns {string[]}
 */
function base64(text) {
  const bytes = new TextEncoder().encode(text);
  return [0, 1, 2].flatMap((before) => {
    let binary = '\0'.repeat(before);
    for (const byte of bytes) binary += String.fromCharCode(byte);
    const whole = Math.floor((binary.length * 8) / 6);
    const form = btoa(binary).slice(before === 0 ? 0 : before + 1, whole);
    return [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** @param {string} text */
function hexadecimal(text) {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
