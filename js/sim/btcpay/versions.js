/** From which release of BTCPay Server on each behaviour holds that this simulator switches by version. */
const SINCE = {
  webhookTests: '1.2.0',
  InvoicePaymentSettled: '1.3.0',
  errorBodies: '1.4.0',
  emptySecretKeepsSecret: '1.6.4',
  paymentSettledKnowsExpiry: '1.6.4',
  trustsLoopbackCertificates: '1.6.4',
  threePartVersion: '1.7.4',
  lazyInvoices: '1.9.2',
  userAgent: '1.9.2',
  prunesDeliveries: '1.10.0',
  refundOptions: '1.10.0',
  modernNames: '2.0.0',
  watchesLateAfterRestart: '2.0.0',
  bearerScheme: '2.0.6',
  InvoiceExpiredPaidPartial: '2.1.2',
  InvoicePaidAfterExpiration: '2.1.2',
  noWebhookTests: '2.3.0',
  clientErrorsAreFinal: '2.3.4',
  specificAuthenticationMessage: '2.3.6',
  foreignInvoiceIsForbidden: '2.3.6',
  invoicePaymentMethods: '2.3.6',
  flatRoutes: '2.4.0',
  foreignItemIsForbidden: '2.4.0',
  InvoiceRefund: '2.4.1',
  singleInvoicePaymentMethods: '2.4.1',
  severalPayoutMethods: '2.4.1',
};

export const NEWEST = '2.4.1';
const OLDEST = '1.0.6';

/** @param {string} version */
const numbers = (version) => version.split('.').map(Number);

/**
 * @param {string} version `2.4.1`, or `1.0.7.2` as releases up to 1.0 were numbered
 * @param {string} since
 */
export function reaches(version, since) {
  const [have, need] = [numbers(version), numbers(since)];
  for (let i = 0; i < 4; i += 1) {
    const difference = (have[i] ?? 0) - (need[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** @typedef {Record<keyof typeof SINCE, boolean> & { version: string }} Behaviour */

/**
 * @param {string} version for example `2.4.1`; of 1.0, four numbers are taken as well
 * @returns {Behaviour}
 * @throws {RangeError} for what is no version, or one before 1.0.6
 */
export function behaviourOf(version) {
  if (!/^\d+\.\d+\.\d+(\.\d+)?$/.test(version)) throw new RangeError(`not a version of BTCPay Server: ${version}`);
  if (!reaches(version, OLDEST))
    throw new RangeError(`the simulator plays BTCPay Server from ${OLDEST} on, not ${version}`);
  const entries = Object.entries(SINCE).map(([name, since]) => [name, reaches(version, since)]);
  return /** @type {Behaviour} */ ({ ...Object.fromEntries(entries), version });
}

/**
 * What the server says of its version: up to 1.7.3 it is the file's, which has four parts.
 * @param {Behaviour} behaviour
 */
export function versionText({ version, threePartVersion }) {
  return threePartVersion || version.split('.').length === 4 ? version : `${version}.0`;
}
