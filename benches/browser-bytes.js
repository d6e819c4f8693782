/** What a storefront page loads: the script with the modal's machine in it, as it ships and as brotli packs it. */
import { BROWSER_BUDGET, browserBytes } from '../js/dev/size.js';

/** @import { Row } from './run.js' */

/** @returns {Row[]} */
export function measure() {
  return [{ name: 'browser-bytes', value: browserBytes(), unit: 'bytes', peer: BROWSER_BUDGET, budget: 1 }];
}
