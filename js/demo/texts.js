import { en } from './texts/en.js';
import { ja } from './texts/ja.js';

/** @import { Language } from './catalog.js' */

/** @typedef {typeof en} Texts every sentence of the shop: a missing one is a type error, not an empty page */

/** @type {Record<Language, Texts>} */
export const texts = { en, ja };
