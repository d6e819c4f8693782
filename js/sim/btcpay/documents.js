/**
 * The documents the API answers with: members in the order BTCPay Server 2.4.1 writes them, those it no longer writes
 * at the end.
 */
import { accounted, coinsFor, totals } from './accounting.js';
import { digitsOf } from './currencies.js';
import { Decimal } from './decimal.js';
import { asOf } from './members.js';
import { coinDigits, methodNameOf, ON_CHAIN, paymentLinkOf, SUPPORTED } from './paymentMethods.js';
import { markable } from './state.js';
import { behaviourOf, NEWEST, versionText } from './versions.js';

/** @typedef {import('./state.js').Invoice} Invoice */
/** @typedef {import('./stores.js').Store} Store */
/** @typedef {import('./versions.js').Behaviour} Behaviour */

const COIN = 'BTC';

/** Of a regtest chain nobody mines but the simulator. */
const HEIGHT = 120;

/**
 * @param {Invoice} invoice
 * @param {object} context
 * @param {Store} context.store
 * @param {string} context.base the server's address as this request wrote it
 * @param {Behaviour} context.behaviour
 * @param {boolean} [context.withPaymentMethods]
 */
export function invoiceDocument(invoice, { store, base, behaviour, withPaymentMethods = false }) {
  const paid = totals(invoice).paid.round(digitsOf(invoice.currency), 'toEven');
  return asOf(behaviour.version, 'invoice', {
    id: invoice.id,
    storeId: invoice.storeId,
    amount: invoice.amount,
    paidAmount: paid.toString(),
    checkoutLink: `${base}/i/${invoice.id}`,
    status: invoice.status,
    additionalStatus: invoice.additionalStatus,
    monitoringExpiration: invoice.monitoringExpiration,
    expirationTime: invoice.expirationTime,
    createdTime: invoice.createdTime,
    availableStatusesForManualMarking: markable(invoice),
    archived: invoice.archived,
    paymentMethods: withPaymentMethods ? paymentMethodDocuments(invoice, { behaviour }) : [],
    type: invoice.type,
    currency: invoice.currency,
    metadata: invoice.metadata,
    checkout: checkoutDocument(invoice, behaviour),
    receipt: receiptDocument(store.receipt, invoice.receipt),
  });
}

/**
 * @param {Invoice} invoice
 * @param {Behaviour} behaviour
 */
function checkoutDocument({ checkout, prompts, createdTime, expirationTime, monitoringExpiration }, behaviour) {
  const { defaultPaymentMethod } = checkout;
  return asOf(behaviour.version, 'checkout', {
    speedPolicy: checkout.speedPolicy,
    paymentMethods: prompts.map((prompt) => methodNameOf(prompt.methodId, behaviour)),
    defaultPaymentMethod: defaultPaymentMethod && methodNameOf(defaultPaymentMethod, behaviour),
    expirationMinutes: Math.trunc((expirationTime - createdTime) / 60),
    monitoringMinutes: Math.trunc((monitoringExpiration - expirationTime) / 60),
    paymentTolerance: Number(checkout.paymentTolerance),
    redirectURL: checkout.redirectURL,
    redirectAutomatically: checkout.redirectAutomatically,
    defaultLanguage: checkout.defaultLanguage,
    lazyPaymentMethods: null,
    requiresRefundEmail: null,
    checkoutType: null,
  });
}

/** @param {Record<string, unknown>[]} layers what is set later wins, null sets nothing */
function receiptDocument(...layers) {
  const settings = layers.flatMap((layer) => Object.entries(layer).filter(([, value]) => value !== null));
  return { enabled: true, showQR: true, showPayments: true, ...Object.fromEntries(settings) };
}

/**
 * @param {Invoice} invoice
 * @param {{ onlyAccounted?: boolean, behaviour?: Behaviour }} [options]
 */
export function paymentMethodDocuments(invoice, { onlyAccounted = true, behaviour = behaviourOf(NEWEST) } = {}) {
  const { paid, due } = totals(invoice);
  const amount = Decimal.of(invoice.amount);
  const payments = onlyAccounted ? accounted(invoice) : invoice.payments;
  return invoice.prompts.map((prompt) => {
    const coinsDue = due.sign() === 0 ? new Decimal(0n, coinDigits(prompt.methodId)) : coinsFor(due, prompt);
    const own = payments.filter((payment) => payment.methodId === prompt.methodId);
    const ownPaid = own
      .filter((payment) => payment.status !== 'Invalid')
      .reduce((sum, payment) => sum.plus(Decimal.of(payment.value)), Decimal.zero);
    const methodName = methodNameOf(prompt.methodId, behaviour);
    return asOf(behaviour.version, 'invoicePaymentMethod', {
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
      paymentMethodId: methodName,
      additionalData: {},
      currency: COIN,
      paymentMethod: methodName,
      cryptoCode: COIN,
      networkFee: '0',
    });
  });
}

/**
 * @param {Store} store
 * @param {Behaviour} behaviour
 */
export const storeDocument = (store, behaviour) =>
  asOf(behaviour.version, 'store', {
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
    defaultPaymentMethod: store.defaultPaymentMethod && methodNameOf(store.defaultPaymentMethod, behaviour),
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
    requiresRefundEmail: false,
    checkoutType: 'V1',
    customLogo: null,
    customCSS: null,
  });

/**
 * @param {Behaviour} behaviour
 * @param {boolean} isSynchronised
 */
export const serverDocument = (behaviour, isSynchronised) => ({
  version: versionText(behaviour),
  onion: null,
  supportedPaymentMethods: behaviour.modernNames ? SUPPORTED : ['BTC', 'BTC_LightningLike', 'BTC_LNURLPAY'],
  fullySynched: isSynchronised,
  syncStatus: [
    asOf(behaviour.version, 'syncStatus', {
      paymentMethodId: ON_CHAIN,
      available: true,
      nodeInformation: { headers: HEIGHT, blocks: HEIGHT, verificationProgress: 1 },
      chainHeight: HEIGHT,
      syncHeight: isSynchronised ? HEIGHT : HEIGHT / 2,
      cryptoCode: COIN,
    }),
  ],
});

/**
 * The payment methods a store has a wallet for: 2.x answers with a list. 1.x answers with an object by id, and its
 * filter drops every method that is enabled, whichever way it is asked for.
 * @param {Store} store
 * @param {Behaviour} behaviour
 * @param {{ withConfig: boolean, enabled: string | null }} query
 */
export function storePaymentMethodDocuments({ paymentMethods }, behaviour, { withConfig, enabled }) {
  if (behaviour.modernNames) {
    return paymentMethods.map((paymentMethodId) => ({
      enabled: true,
      ...(withConfig ? { config: {} } : {}),
      paymentMethodId,
    }));
  }
  const method = asOf(behaviour.version, 'storePaymentMethod', { enabled: true, cryptoCode: COIN, data: {} });
  const shown = enabled === null ? paymentMethods : [];
  return Object.fromEntries(shown.map((id) => [methodNameOf(id, behaviour), method]));
}

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
export const deliveryDocument = ({ id, timestamp, deliveryTime, httpCode, errorMessage, status }, { version }) =>
  asOf(version, 'delivery', { id, timestamp, deliveryTime, httpCode, errorMessage, status });
