/**
 * Storefront pages: BTCPay Server's modal checkout, opened, watched, and brought to an end that is always one of a few.
 * Types and options are in `browser.d.ts`; what a shop does with it in docs/manual/storefront.md.
 */
export { enableButtons } from './browser/buttons.js';
export { openCheckout } from './browser/checkout.js';
