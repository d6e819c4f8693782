/** What stands for a text that was taken out. */
const GONE = '[…]';

/** Texts beyond this many would take too long to look for: then nothing is shown. */
const MOST_TEXTS = 5000;

/** The same for how long they are together. */
const MOST_CHARACTERS = 500_000;

/** What is scrubbed is shorter, so that of a text beyond this only the beginning can stand there, at its end. */
const LONGEST = 16_384;

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
  /** What to look for, made when it is needed. @type {string[] | undefined} */
  #forms;
  #characters = 0;
  #isBlind = false;

  #misfits;

  /** @param {{ misfits: boolean }} options whether a value in the wrong place is hidden too, as a log wants it and a caller does not */
  constructor({ misfits }) {
    this.#misfits = misfits;
  }

  /** @param {string} text is in the log anyway, unless it was hidden before */
  show(text) {
    if (this.bars(text)) return;
    this.#shown.add(text);
    this.#forms = undefined;
  }

  /** @param {string} text must not be in it, unless it was shown before */
  hide(text) {
    if (text.length < 2 || this.#shown.has(text)) return;
    this.#isBlind ||= this.#hidden.size > MOST_TEXTS || this.#characters > MOST_CHARACTERS;
    for (const piece of this.#isBlind ? [] : piecesOf(text.slice(0, LONGEST))) {
      if (this.#shown.has(piece) || this.#hidden.has(piece)) continue;
      this.#hidden.add(piece);
      this.#characters += piece.length;
    }
    this.#forms = undefined;
  }

  /**
   * Whether something hidden stands in the place of what is shown.
   * @param {string} text
   * @returns {boolean}
   */
  bars(text) {
    return this.#isBlind || piecesOf(text).some((piece) => piece.length >= SHORT && this.#hidden.has(piece));
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
    if (this.#isBlind || text.length > LONGEST) return GONE;
    this.#forms ??= this.#made();
    const lower = lowerCase(text);
    const isGone = new Uint8Array(text.length);
    for (const form of this.#forms) {
      for (let at = lower.indexOf(form); at >= 0; at = lower.indexOf(form, at + 1)) {
        if (!isPartOfWord(lower, form, at)) isGone.fill(1, at, at + form.length);
      }
    }
    if ([...text].length >= CUT_AT) isGone.fill(1, text.length - this.#tail(lower));
    return without(text, isGone);
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

  #made() {
    return [...new Set([...this.#hidden].flatMap(formsOf).map(lowerCase))];
  }

  /**
   * How much of the end of a text that was cut may be the beginning of something hidden.
   * @param {string} lower
   * @returns {number} characters
   */
  #tail(lower) {
    let longest = 0;
    for (const form of this.#forms ?? []) {
      for (let length = Math.min(form.length - 1, lower.length); length >= SHORT && length > longest; length--) {
        if (lower.endsWith(form.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}

/**
 * Of the same length: a character whose small form is longer stays.
 * @param {string} text
 */
function lowerCase(text) {
  return text.replace(/\p{Lu}/gu, (char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char));
}

/**
 * A country's `JP` is not to be taken out of `JPY`.
 * @param {string} text
 * @param {string} form
 * @param {number} at where it stands
 */
function isPartOfWord(text, form, at) {
  if (form.length >= SHORT || !/^[ -~]*$/.test(form)) return false;
  return /[\p{L}\p{N}]$/u.test(text.slice(0, at)) || /^[\p{L}\p{N}]/u.test(text.slice(at + form.length));
}

/**
 * @param {string} text
 * @param {Uint8Array} isGone by its characters
 */
function without(text, isGone) {
  let clean = '';
  for (let at = 0; at < text.length; at++) {
    if (!isGone[at]) clean += text[at];
    else if (!isGone[at - 1]) clean += GONE;
  }
  return clean;
}

/**
 * A text, and the runs of letters and digits in it that could be a key: in one encoding within another they stay what they are.
 * @param {string} text
 * @returns {string[]}
 */
function piecesOf(text) {
  return [text, ...(text.match(/[A-Za-z0-9]{8,}/g) ?? []).filter((run) => /\d/.test(run))];
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
    encodeURIComponent(json),
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
