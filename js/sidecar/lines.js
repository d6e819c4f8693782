/** Breaking text into the lines of a terminal, in languages with and without spaces. */

/** Characters that take two columns of a terminal (Unicode Standard Annex 11, Wide and Fullwidth; without the rare scripts). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** What takes none: it stands above or within its neighbours. */
const NARROW = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** What could move the cursor, or turn the direction of what follows: names come from other machines. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** Must not begin a line (JIS X 4051), and must not end one. */
const CLOSING = /^[、。，．・：；？！）」』】〕］｝々ー〜ぁぃぅぇぉっゃゅょァィゥェォッャュョ)\]}.,;:!?]/u;
const OPENING = /[（「『【〔［｛([{]$/u;

const words = new Intl.Segmenter('ja', { granularity: 'word' });

/**
 * The columns a text takes.
 * @param {string} text
 */
export function widthOf(text) {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : NARROW.test(character) ? 0 : 1;
  return width;
}

/**
 * A text of one line, without anything that a terminal would obey.
 * @param {string} text
 */
export const plain = (text) => text.replace(UNSAFE, ' ').trim();

/**
 * @param {string} text
 * @param {number} width
 */
export const padEnd = (text, width) => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/**
 * Lines of at most `width` columns. What cannot be broken, such as an address, stays whole and may be longer, so that it
 * can be copied.
 * @param {string} text of one line
 * @param {number} width in columns
 * @returns {string[]} at least one
 */
export function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const piece of piecesOf(text)) {
    if (line !== '' && widthOf(line + piece.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += line === '' ? piece.trimStart() : piece;
  }
  return [...lines, line.trimEnd()];
}

/**
 * What a text may be broken between; a space goes with what stands before it.
 * @param {string} text
 * @returns {string[]}
 */
function piecesOf(text) {
  /** @type {string[]} */
  const pieces = [];
  for (const [run] of text.matchAll(/[!-~]+|[^!-~]+/gu)) {
    const isAscii = /^[!-~]/.test(run);
    for (const piece of isAscii ? [run] : Array.from(words.segment(run), ({ segment }) => segment)) {
      const last = pieces.at(-1);
      const isBound = last !== undefined && (/^\s/u.test(piece) || CLOSING.test(piece) || OPENING.test(last));
      if (isBound) pieces[pieces.length - 1] = last + piece;
      else pieces.push(piece);
    }
  }
  return pieces;
}
