/** The documents the API answers with, members in the order BTCPay Server 2.4.1 writes them. */
import { accounted, coinsFor, totals } from './accounting.js';
import { digitsOf } from './currencies.js';
import { Decimal } from './decimal.js';
import { coinDigits, paymentLinkOf, SUPPORTED } from './paymentMethods.js';
import { markable } from './state.js';

/** @typedef {import('./state.js').Invoice} Invoice */
/** @typedef {import('./stores.js').Store} Store */
/** @typedef {import('./versions.js').Behaviour} Behaviour */

/**
 * @param {Invoice} invoice
 * @param {object} context
 * @param {Store} context.store
 * @param {string} context.base the server's address as this request wrote it
 * @param {Behaviour} context.behaviour
 * @param {boolean} [context.withPaymentMethods]
 */
export function invoiceDocument(invoice, { store, base, behaviour, withPaymentMethods = false }) {
  const { checkout } = invoice;
  const paid = totals(invoice).paid.round(digitsOf(invoice.currency), 'toEven');
  return {
    id: invoice.id,
    storeId: invoice.storeId,
    amount: invoice.amount,
    ...(behaviour.paidAmount ? { paidAmount: paid.toString() } : {}),
    checkoutLink: `${base}/i/${invoice.id}`,
    status: invoice.status,
    additionalStatus: invoice.additionalStatus,
    monitoringExpiration: invoice.monitoringExpiration,
    expirationTime: invoice.expirationTime,
    createdTime: invoice.createdTime,
    availableStatusesForManualMarking: markable(invoice),
    archived: invoice.archived,
    ...(behaviour.invoicePaymentMethods
      ? { paymentMethods: withPaymentMethods ? paymentMethodDocuments(invoice) : [] }
      : {}),
    type: invoice.type,
    currency: invoice.currency,
    metadata: invoice.metadata,
    checkout: {
      speedPolicy: checkout.speedPolicy,
      paymentMethods: invoice.prompts.map((prompt) => prompt.methodId),
      defaultPaymentMethod: checkout.defaultPaymentMethod,
      expirationMinutes: Math.trunc((invoice.expirationTime - invoice.createdTime) / 60),
      monitoringMinutes: Math.trunc((invoice.monitoringExpiration - invoice.expirationTime) / 60),
      paymentTolerance: Number(checkout.paymentTolerance),
      redirectURL: checkout.redirectURL,
      redirectAutomatically: checkout.redirectAutomatically,
      defaultLanguage: checkout.defaultLanguage,
      lazyPaymentMethods: null,
    },
    receipt: receiptDocument(store.receipt, invoice.receipt),
  };
}

/** @param {Record<string, unknown>[]} layers what is set later wins, null sets nothing */
function receiptDocument(...layers) {
  const settings = layers.flatMap((layer) => Object.entries(layer).filter(([, value]) => value !== null));
  return { enabled: true, showQR: true, showPayments: true, ...Object.fromEntries(settings) };
}

/**
 * @param {Invoice} invoice
 * @param {{ onlyAccounted?: boolean }} [options]
 */
export function paymentMethodDocuments(invoice, { onlyAccounted = true } = {}) {
  const { paid, due } = totals(invoice);
  const amount = Decimal.of(invoice.amount);
  const payments = onlyAccounted ? accounted(invoice) : invoice.payments;
  return invoice.prompts.map((prompt) => {
    const coinsDue = due.sign() === 0 ? new Decimal(0n, coinDigits(prompt.methodId)) : coinsFor(due, prompt);
    const own = payments.filter((payment) => payment.methodId === prompt.methodId);
    const ownPaid = own
      .filter((payment) => payment.status !== 'Invalid')
      .reduce((sum, payment) => sum.plus(Decimal.of(payment.value)), Decimal.zero);
    return {
      activated: prompt.activated,
      destination: prompt.destination,
      paymentLink: prompt.destination === null ? '' : paymentLinkOf(prompt.methodId, prompt.destination, coinsDue),
      rate: prompt.rate,
      paymentMethodPaid: ownPaid.trimmed().toString(),
      totalPaid: coinsFor(paid, prompt).trimmed().toString(),
      due: coinsDue.trimmed().toString(),
      amount: coinsFor(amount, prompt).trimmed().toString(),
      paymentMethodFee: '0',
      payments: own.map(({ id, receivedDate, value, fee, status, destination }) => ({
        id,
        receivedDate,
        value,
        fee,
        status,
        destination,
      })),
      paymentMethodId: prompt.methodId,
      additionalData: {},
      currency: 'BTC',
    };
  });
}

/** @param {Store} store */
export const storeDocument = (store) => ({
  id: store.id,
  name: store.name,
  website: store.website,
  brandColor: null,
  applyBrandColorToBackend: false,
  logoUrl: null,
  cssUrl: null,
  paymentSoundUrl: null,
  supportUrl: null,
  invoiceExpiration: store.invoiceExpiration,
  displayExpirationTimer: 300,
  refundBOLT11Expiration: 30,
  monitoringExpiration: store.monitoringExpiration,
  speedPolicy: store.speedPolicy,
  lightningDescriptionTemplate: 'Paid to {StoreName} (Order ID: {OrderId})',
  paymentTolerance: Number(store.paymentTolerance),
  anyoneCanCreateInvoice: false,
  defaultCurrency: store.defaultCurrency,
  additionalTrackedRates: [],
  lightningAmountInSatoshi: false,
  lightningPrivateRouteHints: false,
  onChainWithLnInvoiceFallback: false,
  lazyPaymentMethods: store.lazyPaymentMethods,
  redirectAutomatically: store.redirectAutomatically,
  archived: false,
  showRecommendedFee: true,
  recommendedFeeBlockTarget: 1,
  defaultPaymentMethod: store.defaultPaymentMethod,
  defaultLang: 'en',
  htmlTitle: null,
  networkFeeMode: 'Never',
  paymentMethodCriteria: [],
  payJoinEnabled: false,
  autoDetectLanguage: false,
  showPayInWalletButton: true,
  showStoreHeader: true,
  celebratePayment: true,
  playSoundOnPayment: false,
  receipt: receiptDocument(store.receipt),
});

/** @param {string} version */
export const serverDocument = (version) => ({
  version,
  onion: null,
  supportedPaymentMethods: SUPPORTED,
  fullySynched: true,
  syncStatus: [{ paymentMethodId: 'BTC-CHAIN', available: true }],
});

/** @param {import('./webhooks.js').Webhook} webhook */
export const webhookDocument = ({ id, enabled, automaticRedelivery, url, authorizedEvents }) => ({
  id,
  enabled,
  automaticRedelivery,
  url,
  authorizedEvents,
});

/**
 * @param {import('./deliveries.js').Delivery} delivery
 * @param {Behaviour} behaviour
 */
export const deliveryDocument = ({ id, timestamp, deliveryTime, httpCode, errorMessage, status }, behaviour) => ({
  id,
  timestamp,
  ...(behaviour.deliveryTime ? { deliveryTime } : {}),
  httpCode,
  errorMessage,
  status,
});
