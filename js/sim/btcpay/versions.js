/** From which release of BTCPay Server on each behaviour holds that this simulator switches by version. */
const SINCE = {
  webhookTests: '1.2.0',
  trustsLoopbackCertificates: '1.6.4',
  userAgent: '1.9.2',
  prunesDeliveries: '1.10.0',
  watchesLateAfterRestart: '2.0.0',
  bearerScheme: '2.0.6',
  lateEvents: '2.1.2',
  paidAmount: '2.1.2',
  noWebhookTests: '2.3.0',
  clientErrorsAreFinal: '2.3.4',
  deliveryTime: '2.3.4',
  specificAuthenticationMessage: '2.3.6',
  foreignInvoiceIsForbidden: '2.3.6',
  invoicePaymentMethods: '2.3.6',
  flatRoutes: '2.4.0',
  foreignWebhookIsForbidden: '2.4.0',
  singleInvoicePaymentMethods: '2.4.1',
};

const OLDEST = '2.0.0';

/** @param {string} version */
const numbers = (version) => version.split('.').map(Number);

/**
 * @param {string} version
 * @param {string} since
 */
export function reaches(version, since) {
  const [have, need] = [numbers(version), numbers(since)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (have[i] ?? 0) - (need[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** @typedef {Record<keyof typeof SINCE, boolean>} Behaviour */

/**
 * @param {string} version for example '2.4.1'
 * @returns {Behaviour}
 */
export function behaviourOf(version) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new RangeError(`not a version of BTCPay Server: ${version}`);
  if (!reaches(version, OLDEST))
    throw new RangeError(`the simulator plays BTCPay Server from ${OLDEST} on, not ${version}`);
  const entries = Object.entries(SINCE).map(([name, since]) => [name, reaches(version, since)]);
  return /** @type {Behaviour} */ (Object.fromEntries(entries));
}
