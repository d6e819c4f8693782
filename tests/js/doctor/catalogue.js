/** Which texts of the catalogues a diagnosis has shown. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** @typedef {{ id: string, verdict: string, found: string, title: string, meaning: string, remedy?: string | null | undefined }} Check */

/** @param {string} language */
function textsOf(language) {
  const catalogue = JSON.parse(
    readFileSync(new URL(`../../../src/messages/${language}.json`, import.meta.url), 'utf8'),
  );
  return new Map(flat(catalogue.doctor));
}

/**
 * @param {Record<string, any>} tree
 * @param {string} [before]
 * @returns {[string, string][]}
 */
const flat = (tree, before = '') =>
  Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [/** @type {[string, string]} */ ([before + name, value])]
      : flat(value, `${before}${name}.`),
  );

const AGAIN = 'webhook.deliveries.again';

/** @type {Record<string, Map<string, string>>} */
const CATALOGUES = { en: textsOf('en'), ja: textsOf('ja') };

/** All texts below `doctor.`, in English. */
export const TEXTS = CATALOGUES.en ?? assert.fail();

/** Their keys. */
export const KEYS = [...TEXTS.keys()];

/**
 * Holds each text of a diagnosis to the catalogue, and says which texts they were.
 * @param {Check[]} checks
 * @param {'en' | 'ja'} language
 * @returns {string[]} keys
 */
export function keysOf(checks, language) {
  return checks.flatMap(({ id, verdict, found, title, meaning, remedy }) => {
    const kind = String(id.split('/')[0]);
    const told = [title, meaning, remedy ?? ''].join('\n');
    assert.doesNotMatch(told, /[{}[\]]|doctor\.|undefined/, `${id}: a placeholder is left`);
    const isWrong = verdict === 'warning' || verdict === 'failed';
    assert.equal(Boolean(remedy), isWrong, `${id}: what is wrong has a remedy, and nothing else has`);
    // An error's words are the catalogue's of errors, tried elsewhere.
    const isError = isWrong && !KEYS.includes(`${kind}.${found}.meaning`);
    if (isError) assert.match(found, /^(config|input|gateway|btcpay|connect)\./, id);
    /** @type {[string, string][]} */
    const texts = [[`${kind}.title`, title]];
    if (verdict === 'skipped') texts.push(['skipped', meaning]);
    else if (!isWrong) texts.push([`${kind}.${found}`, meaning]);
    else if (!isError) texts.push([`${kind}.${found}.meaning`, meaning], [`${kind}.${found}.remedy`, String(remedy)]);
    if (kind === 'webhook.deliveries' && isWrong && !isError) texts.push([AGAIN, String(remedy)]);
    for (const [key, text] of texts) assertTold(key, text, language);
    return texts.map(([key]) => key);
  });
}

/**
 * @param {string} key
 * @param {string} text
 * @param {'en' | 'ja'} language
 */
function assertTold(key, text, language) {
  const template = CATALOGUES[language]?.get(key) ?? assert.fail(`no text ${key}`);
  const literally = template.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = literally.join('[^]+');
  const isPart = key === AGAIN || key.startsWith('webhook.deliveries.');
  assert.match(text, isPart ? new RegExp(pattern) : new RegExp(`^${pattern}$`), `${key} in ${language}`);
}
