import { asOf } from './members.js';

/** @typedef {import('./versions.js').Behaviour} Behaviour */

/**
 * @param {import('./pullPayments.js').PullPayment} pullPayment
 * @param {{ base: string, behaviour: Behaviour }} context `base`: the server's address as this request wrote it
 */
export const pullPaymentDocument = (pullPayment, { base, behaviour }) =>
  asOf(behaviour.version, 'pullPayment', {
    startsAt: pullPayment.startsAt,
    expiresAt: pullPayment.expiresAt,
    id: pullPayment.id,
    name: pullPayment.name,
    description: pullPayment.description,
    currency: pullPayment.currency,
    amount: pullPayment.amount,
    BOLT11Expiration: pullPayment.bolt11Expiration,
    archived: pullPayment.archived,
    viewLink: `${base}/pull-payments/${pullPayment.id}`,
    autoApproveClaims: pullPayment.autoApproveClaims,
    period: null,
  });

/** 1.x writes a payout's method as it stores it, not as it writes methods elsewhere. */
const LEGACY_METHODS = new Map([
  ['BTC-CHAIN', 'BTC'],
  ['BTC-LN', 'BTC_LightningLike'],
]);

/**
 * @param {import('./pullPayments.js').Payout} payout
 * @param {Behaviour} behaviour
 */
export const payoutDocument = (payout, { version }) =>
  asOf(version, 'payout', {
    date: payout.date,
    id: payout.id,
    pullPaymentId: payout.pullPaymentId,
    destination: payout.destination,
    payoutMethodId: payout.methodId,
    originalAmount: payout.originalAmount,
    originalCurrency: payout.originalCurrency,
    payoutCurrency: 'BTC',
    payoutAmount: payout.amount,
    state: payout.state,
    revision: payout.revision,
    paymentProof: payout.paymentProof,
    metadata: {},
    paymentMethod: LEGACY_METHODS.get(payout.methodId),
    cryptoCode: 'BTC',
    amount: payout.originalAmount,
    paymentMethodAmount: payout.amount,
  });
