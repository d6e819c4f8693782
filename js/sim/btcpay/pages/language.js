/** @typedef {'en' | 'ja'} Language */

/**
 * @param {...(string | null | undefined)} wishes languages, the strongest wish first
 * @returns {Language}
 */
export const pageLanguage = (...wishes) => (/^ja\b/i.test(wishes.find(Boolean) ?? '') ? 'ja' : 'en');

const NAMES = { en: 'English', ja: '日本語' };

/**
 * The same page in the other languages.
 * @param {URL} url
 * @param {Language} current
 */
export function otherLanguages(url, current) {
  return Object.entries(NAMES)
    .filter(([code]) => code !== current)
    .map(([code, name]) => {
      const query = new URLSearchParams(url.search);
      query.set('lang', code);
      return { code, name, href: `?${query}` };
    });
}
