import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tell } from './reconcileReport.js';
import { UsageError } from './usageError.js';

/**
 * Loads a shop's own module: its default export, or all of its exports; a function is called to get the shop.
 * @param {string} file
 * @returns {Promise<() => unknown>} gives the shop
 * @throws {UsageError} where the module cannot be loaded
 */
export async function loadShop(file) {
  let module;
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    throw new UsageError(`cannot load ${file}: ${tell(/** @type {Error} */ (error))}`);
  }
  const exported = module.default ?? module;
  return typeof exported === 'function' ? exported : () => exported;
}
