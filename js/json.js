/**
 * The JSON document in a text.
 * @param {string} text
 * @returns {object | undefined} undefined for what is none, and for a mere number or text
 */
export function jsonOf(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
