import { randomBytes } from 'node:crypto';
import { Decimal } from './decimal.js';

/** Ids a 2.x server answers with, and what it takes for them besides (PaymentMethodId.cs, 2.4.1). */
const KNOWN = new Map([
  ['BTC', 'BTC-CHAIN'],
  ['BTC-CHAIN', 'BTC-CHAIN'],
  ['BTC-ONCHAIN', 'BTC-CHAIN'],
  ['BTC-BITCOINLIKE', 'BTC-CHAIN'],
  ['BTC-BTCLIKE', 'BTC-CHAIN'],
  ['BTC-LN', 'BTC-LN'],
  ['BTC-LIGHTNINGNETWORK', 'BTC-LN'],
  ['BTC-LIGHTNINGLIKE', 'BTC-LN'],
  ['BTC-OFFCHAIN', 'BTC-LN'],
  ['BTC-LNURL', 'BTC-LNURL'],
  ['BTC-LNURLPAY', 'BTC-LNURL'],
]);

export const SUPPORTED = [...new Set(KNOWN.values())];
export const ON_CHAIN = 'BTC-CHAIN';
export const LIGHTNING = 'BTC-LN';

/** Digits of a coin amount: satoshis on the chain, thousandths of them over Lightning (its handlers' Divisibility). */
export const coinDigits = (/** @type {string} */ methodId) => (methodId === ON_CHAIN ? 8 : 11);

/** What 1.x writes instead; it does not know the ids of 2.x. */
const LEGACY_NAMES = new Map([
  [ON_CHAIN, 'BTC'],
  [LIGHTNING, 'BTC-LightningNetwork'],
  ['BTC-LNURL', 'BTC-LNURLPAY'],
]);

const LEGACY_FORM = /^[^-]+(-(BTCLIKE|ONCHAIN|LIGHTNINGLIKE|LIGHTNINGNETWORK|OFFCHAIN|LNURLPAY))?$/;

/** @typedef {Pick<import('./versions.js').Behaviour, 'modernNames'>} Names */

/** @param {string} text */
const keyOf = (text) => text.trim().toUpperCase().replaceAll('_', '-');

/**
 * @param {string} text an id as a client writes it
 * @param {Names} names
 * @returns {string | undefined} the id as a 2.x server writes it; undefined where the server knows no such method
 */
export function methodIdOf(text, { modernNames } = { modernNames: true }) {
  const key = keyOf(text);
  return modernNames || LEGACY_FORM.test(key) ? KNOWN.get(key) : undefined;
}

/**
 * @param {string} text
 * @param {Names} names
 * @returns {boolean} whether the server takes it for an id: 2.x knows its methods, 1.x looks at the form only
 */
export const isMethodId = (text, names) =>
  names.modernNames ? methodIdOf(text) !== undefined : LEGACY_FORM.test(keyOf(text));

/**
 * @param {string} methodId
 * @param {Names} names
 * @returns {string} the id as that server writes it
 */
export const methodNameOf = (methodId, { modernNames }) =>
  modernNames ? methodId : (LEGACY_NAMES.get(methodId) ?? methodId);

/**
 * @param {string} text
 * @param {Names} [names]
 * @returns {string | undefined} the id of a method payouts can be made by; LNURL is none
 */
export function payoutMethodIdOf(text, names) {
  const methodId = methodIdOf(text, names);
  return methodId === ON_CHAIN || methodId === LIGHTNING ? methodId : undefined;
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** @param {number} length */
const bech32Like = (length) => Array.from(randomBytes(length), (byte) => BECH32[byte % 32]).join('');

/**
 * An address to show. Regtest prefixes and no checksum: no wallet can send money there.
 * @param {string} methodId
 * @param {Decimal} due coins
 */
export function destinationFor(methodId, due) {
  if (methodId === ON_CHAIN) return `bcrt1q${bech32Like(38)}`;
  if (methodId !== LIGHTNING) return `lnurl1${bech32Like(60)}`;
  const nano = due.dividedUp(Decimal.of('0.000000001'), 0);
  return `lnbcrt${nano}n1${bech32Like(120)}`;
}

/**
 * @param {string} methodId
 * @param {string} destination
 * @param {Decimal} due coins
 */
export const paymentLinkOf = (methodId, destination, due) =>
  methodId === ON_CHAIN ? `bitcoin:${destination}?amount=${due.trimmed()}` : `lightning:${destination}`;

/** @param {string} methodId */
export const paymentIdFor = (methodId) => `${randomBytes(32).toString('hex')}${methodId === ON_CHAIN ? '-0' : ''}`;
