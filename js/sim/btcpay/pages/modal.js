/** What the modal of each release of BTCPay Server can do and says (modal/btcpay.js, checkout.js). */
import { readFileSync } from 'node:fs';
import { reaches } from '../versions.js';

/** @typedef {import('../state.js').Invoice} Invoice */

const SCRIPT = readFileSync(new URL('assets/btcpay.js', import.meta.url), 'utf8');

/** Confirmations from which a 1.x server calls a confirmed invoice complete. */
const COMPLETE = 6;

/** The words of 1.x, where a settled invoice is first `confirmed`, then `complete`. */
const OLD_WORDS = { New: 'new', Processing: 'paid', Settled: 'complete', Expired: 'expired', Invalid: 'invalid' };

/**
 * @param {string} version
 * @returns what `btcpay.js` of that version offers
 */
export const modalFeatures = (version) => ({
  appendsFrame: reaches(version, '1.6.11'),
  takesPaymentMethod: reaches(version, '2.3.6'),
  opensMail: !reaches(version, '1.5.3'),
  scansNfc: reaches(version, '1.11.0'),
});

/**
 * The script shops load: `/modal/btcpay.js`.
 * @param {string} version
 */
export const modalScript = (version) =>
  SCRIPT.replace("JSON.parse('FEATURES')", () => JSON.stringify(modalFeatures(version)));

/**
 * The status as the frame tells it to the shop's page: lower-case words of their own before 2.0.0, the API's since.
 * @param {string} version
 * @param {Pick<Invoice, 'status' | 'additionalStatus' | 'payments'>} invoice
 */
export function statusWord(version, { status, additionalStatus, payments }) {
  if (reaches(version, '2.0.0')) return status;
  const isYoung = payments.some(
    (payment) => payment.status === 'Settled' && payment.id.includes('-') && payment.confirmations < COMPLETE,
  );
  return status === 'Settled' && isYoung && additionalStatus !== 'Marked' ? 'confirmed' : OLD_WORDS[status];
}

/**
 * On which words, and how soon, an open page follows `redirectURL` by itself: from 1.9.0 on only once settled.
 * @param {string} version
 */
export function redirectRule(version) {
  if (reaches(version, '2.0.0')) return { words: ['Settled'], seconds: 5 };
  if (reaches(version, '1.9.0')) return { words: ['confirmed', 'complete'], seconds: 5 };
  return { words: ['paid', 'confirmed', 'complete'], seconds: 2 };
}
