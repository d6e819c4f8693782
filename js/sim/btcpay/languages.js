/** The checkout's languages in BTCPay Server 2.4.1 (wwwroot/locales/checkout). */
export const LANGUAGES = (
  'am-ET ar az bg-BG bs-BA ca-ES cs-CZ da-DK de-DE el-GR en es-ES fa fi-FI fr-FR he hi hr-HR hu-HU hy id is-IS it-IT ' +
  'ja-JP ka kk-KZ ko lv nl-NL no np-NP pl pt-BR pt-PT ro ru-RU sk-SK sl-SI sr sv th-TH tr uk-UA vi-VN zh-SG zh-SP ' +
  'zh-TW zu'
).split(' ');

/**
 * @param {string} locale in any notation: `ja`, `ja-jp`
 * @returns {string | undefined} the server's code for it
 */
export function languageOf(locale) {
  const [language = '', country = language] = locale.toLowerCase().split('-').filter(Boolean);
  if (language === '') return undefined;
  const spoken = LANGUAGES.filter((code) => `${code.toLowerCase()}-`.startsWith(`${language}-`));
  return spoken.find((code) => code.toLowerCase().endsWith(`-${country}`)) ?? spoken[0];
}

/**
 * @param {string} code
 * @returns {string} the language's name in itself, with its country where the checkout has it twice
 */
export function languageName(code) {
  const [language = ''] = code.split('-');
  const isOnly = LANGUAGES.filter((other) => other.split('-')[0] === language).length === 1;
  return new Intl.DisplayNames([code], { type: 'language' }).of(isOnly ? language : code) ?? code;
}
