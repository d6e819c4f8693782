/**
 * The members of BTCPay Server's documents that came or went with a release, as `[first, last]`: since when, and before
 * which, they are written (BTCPayServer.Client/Models of each release). What is not listed is always there.
 */
import { reaches } from './versions.js';

const ALWAYS = '0';

const PAYMENT = {
  paymentMethodId: ['2.0.0'],
  paymentMethod: ['1.3.0', '2.0.0'],
  payment: ['1.3.0'],
  overPaid: ['1.3.0', '1.12.0'],
};

/** @type {Record<string, Record<string, string[]>>} */
const MEMBERS = {
  invoice: {
    checkoutLink: ['1.0.6.3'],
    storeId: ['1.2.0'],
    type: ['1.2.0'],
    availableStatusesForManualMarking: ['1.3.0'],
    archived: ['1.3.2'],
    receipt: ['1.6.0'],
    paidAmount: ['2.1.2'],
    paymentMethods: ['2.3.6'],
  },
  checkout: {
    redirectURL: ['1.0.6.3'],
    defaultLanguage: ['1.0.6.3'],
    redirectAutomatically: ['1.0.7.0'],
    defaultPaymentMethod: ['1.3.0'],
    requiresRefundEmail: ['1.3.0', '2.0.0'],
    checkoutType: ['1.7.0', '2.0.0'],
    lazyPaymentMethods: ['1.9.2'],
  },
  invoicePaymentMethod: {
    activated: ['1.1.0'],
    cryptoCode: ['1.3.5', '2.0.0'],
    additionalData: ['1.4.6'],
    paymentMethod: [ALWAYS, '2.0.0'],
    networkFee: [ALWAYS, '2.0.0'],
    paymentMethodId: ['2.0.0'],
    paymentMethodFee: ['2.0.0'],
    currency: ['2.0.0'],
  },
  store: {
    defaultPaymentMethod: ['1.0.6.5'],
    lazyPaymentMethods: ['1.1.0'],
    defaultCurrency: ['1.3.0'],
    receipt: ['1.6.0'],
    checkoutType: ['1.7.0', '2.0.0'],
    displayExpirationTimer: ['1.7.4'],
    paymentMethodCriteria: ['1.8.0'],
    supportUrl: ['1.10.0'],
    archived: ['1.11.5'],
    autoDetectLanguage: ['1.11.7'],
    showPayInWalletButton: ['1.11.7'],
    showStoreHeader: ['1.11.7'],
    celebratePayment: ['1.11.7'],
    playSoundOnPayment: ['1.11.7'],
    requiresRefundEmail: [ALWAYS, '2.0.0'],
    customLogo: [ALWAYS, '2.0.0'],
    customCSS: [ALWAYS, '2.0.0'],
    brandColor: ['2.0.0'],
    applyBrandColorToBackend: ['2.0.0'],
    logoUrl: ['2.0.0'],
    cssUrl: ['2.0.0'],
    paymentSoundUrl: ['2.0.0'],
    refundBOLT11Expiration: ['2.1.0'],
    additionalTrackedRates: ['2.2.0'],
  },
  storePaymentMethod: { cryptoCode: ['1.3.0'] },
  syncStatus: { cryptoCode: [ALWAYS, '2.0.0'], available: ['1.2.0'], paymentMethodId: ['2.0.0'] },
  delivery: { deliveryTime: ['2.3.4'] },
  rate: { errors: ['1.7.6'] },
  pullPayment: {
    BOLT11Expiration: ['1.4.0'],
    description: ['1.4.5'],
    autoApproveClaims: ['1.5.0'],
    period: [ALWAYS, '2.0.0'],
  },
  payout: {
    cryptoCode: ['1.3.5', '2.0.0'],
    paymentProof: ['1.7.0'],
    metadata: ['1.11.0'],
    amount: [ALWAYS, '2.0.0'],
    paymentMethod: [ALWAYS, '2.0.0'],
    paymentMethodAmount: [ALWAYS, '2.0.0'],
    payoutMethodId: ['2.0.0'],
    originalCurrency: ['2.0.0'],
    originalAmount: ['2.0.0'],
    payoutCurrency: ['2.0.0'],
    payoutAmount: ['2.0.0'],
  },
  event: { orignalDeliveryId: [ALWAYS, '1.1.0'], originalDeliveryId: ['1.1.0'], metadata: ['1.7.1'] },
  InvoiceReceivedPayment: PAYMENT,
  InvoicePaymentSettled: PAYMENT,
  InvoiceSettled: { overPaid: ['1.12.0'] },
};

/**
 * @template {Record<string, unknown>} T
 * @param {string} version of BTCPay Server
 * @param {string} kind of document
 * @param {T} document with the members of every version
 * @returns {T} with that version's own, in their order
 */
export function asOf(version, kind, document) {
  const dated = MEMBERS[kind] ?? {};
  const own = Object.entries(document).filter(([name]) => {
    const [first = ALWAYS, last] = dated[name] ?? [];
    return reaches(version, first) && (last === undefined || !reaches(version, last));
  });
  return /** @type {T} */ (Object.fromEntries(own));
}
