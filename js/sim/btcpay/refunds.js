/** What an invoice gives back: a refund's sums and request (BTCPay Server 2.4.1, GreenfieldInvoiceController). */
import { coinsFor, totals } from './accounting.js';
import { digitsOf, isCurrency, roundPrice } from './currencies.js';
import { Decimal } from './decimal.js';
import { failed, invalid } from './errors.js';
import { Fields } from './fields.js';
import { coinDigits, LIGHTNING, ON_CHAIN, payoutMethodIdOf } from './paymentMethods.js';
import { payoutMethodsOf } from './pullPayments.js';

/** @typedef {import('./state.js').Invoice} Invoice */
/** @typedef {import('./state.js').Prompt} Prompt */
/** @typedef {import('./stores.js').Store} Store */
/** @typedef {import('./versions.js').Behaviour} Behaviour */
/** @typedef {'RateThen' | 'CurrentRate' | 'OverpaidAmount' | 'Fiat' | 'Custom'} Variant */

const COIN = 'BTC';
const HUNDRED = Decimal.of('100');
const CUSTOM_ONLY = 'should only be set if the refundVariant is Custom';
const NO_METHOD = 'Please select one of the payment methods which were available for the original invoice';

/** Late or odd payments make an expired invoice refundable. @param {Invoice} invoice */
export const isRefundable = ({ status, additionalStatus }) =>
  status === 'Settled' ||
  status === 'Invalid' ||
  (status === 'Expired' && ['PaidLate', 'PaidOver', 'PaidPartial'].includes(additionalStatus));

/**
 * @param {Invoice} invoice
 * @param {Prompt} prompt the payment method to reckon in
 * @param {string} price of 1 BTC now, in the invoice's currency
 */
export function refundAmounts(invoice, prompt, price) {
  const digits = coinDigits(prompt.methodId);
  const sums = totals(invoice);
  const asked = coinsFor(Decimal.of(invoice.amount), prompt);
  const unpaid = sums.paid.sign() === 0;
  // An invoice that was marked settled without any payment counts as paid in full.
  const assumed = unpaid && invoice.status === 'Settled' && invoice.additionalStatus === 'Marked';
  const coins = assumed ? asked : coinsFor(sums.paid, prompt);
  const fiat = coins.times(Decimal.of(prompt.rate)).round(digitsOf(invoice.currency), 'toEven').trimmed();
  return {
    asPaid: roundPrice(coins, digits).trimmed(),
    today: fiat.dividedBy(Decimal.of(price), digits).trimmed(),
    fiat,
    overpaid:
      invoice.additionalStatus === 'PaidOver'
        ? coins
            .minus(assumed ? Decimal.zero : asked)
            .round(digits, 'toEven')
            .trimmed()
        : null,
  };
}

/**
 * Reads a request for a refund and says what pull payment it makes.
 * @param {Invoice} invoice
 * @param {Record<string, unknown>} body
 * @param {{ store: Store, behaviour: Behaviour, price: string, mayApprove: boolean }} context `price`: of 1 BTC now;
 *   `mayApprove`: whether claims may be approved without anybody looking at them
 * @returns {import('./pullPayments.js').NewPullPayment}
 * @throws {import('./errors.js').ApiError} 400, 422; 500 where there is nothing to give back
 */
export function readRefund(invoice, body, { store, behaviour, price, mayApprove }) {
  const request = readRequest(body, behaviour);
  if (!isRefundable(invoice)) throw failed(400, 'non-refundable', 'Cannot refund this invoice');
  const { prompt, payoutMethods } = chooseMethods(invoice, request, store, behaviour);
  const { variant, custom, percent } = request;
  const problems = [];
  if (variant !== 'Custom') {
    if (custom.amount) problems.push({ path: 'CustomAmount', message: `CustomAmount ${CUSTOM_ONLY}` });
    if (custom.currency !== null) problems.push({ path: 'CustomCurrency', message: `CustomCurrency ${CUSTOM_ONLY}` });
  }
  if (percent.sign() < 0 || percent.compare(HUNDRED) > 0) {
    problems.push({ path: 'SubtractPercentage', message: 'Percentage must be a numeric value between 0 and 100' });
  }
  if (problems.length > 0) throw invalid(problems);
  const sum = sumOf(invoice, prompt, variant, custom, price);
  const digits = variant === 'Fiat' ? digitsOf(invoice.currency) : coinDigits(prompt.methodId);
  const cut = sum.amount.times(percent).times(Decimal.of('0.01'));
  const amount = percent.sign() > 0 ? sum.amount.minus(cut).round(digits, 'toEven').trimmed() : sum.amount;
  // The server has no answer for an amount of zero: it fails.
  if (amount.sign() <= 0) throw failed(500, 'unexpected-error', 'An unexpected error occurred');
  return {
    invoiceId: invoice.id,
    name: request.name ?? `Refund ${invoice.id}`,
    description: request.description,
    currency: sum.currency,
    amount,
    payoutMethods,
    autoApproveClaims: sum.currency === COIN && variant !== 'Fiat' && mayApprove,
  };
}

/**
 * @param {Record<string, unknown>} body
 * @param {Behaviour} behaviour
 */
function readRequest(body, { modernNames, severalPayoutMethods, refundOptions }) {
  const fields = new Fields(body, []);
  /** @type {Variant[]} */
  const variants = refundOptions
    ? ['RateThen', 'CurrentRate', 'OverpaidAmount', 'Fiat', 'Custom']
    : ['RateThen', 'CurrentRate', 'Fiat', 'Custom'];
  const request = {
    variant: fields.member('refundVariant', variants),
    name: fields.text('name'),
    description: fields.text('description'),
    method: fields.text(modernNames ? 'payoutMethodId' : 'paymentMethod'),
    methods: severalPayoutMethods ? fields.texts('payoutMethods') : null,
    percent: (refundOptions && fields.decimal('subtractPercentage')) || Decimal.zero,
    custom: { amount: fields.decimal('customAmount'), currency: fields.text('customCurrency') },
  };
  if (fields.problems.length > 0) throw invalid(fields.problems);
  return request;
}

/**
 * The methods a refund can be claimed by, and the invoice's own that is closest to them.
 * @param {Invoice} invoice
 * @param {ReturnType<typeof readRequest>} request
 * @param {Store} store
 * @param {Behaviour} behaviour
 */
function chooseMethods(invoice, { variant, method, methods }, store, behaviour) {
  const path = methods ? 'PayoutMethods' : behaviour.modernNames ? 'PayoutMethodId' : 'PaymentMethod';
  const fallback = behaviour.modernNames ? defaultMethod(invoice, store) : null;
  const problems = [];
  const supported = payoutMethodsOf(store);
  const payoutMethods = [];
  for (const name of methods ?? [method ?? fallback]) {
    const id = payoutMethodIdOf(name ?? '', behaviour);
    if (id && supported.includes(id)) payoutMethods.push(id);
    else if (methods) problems.push({ path, message: `Invalid or unsupported payout method: ${name ?? ''}` });
  }
  const prompt = closestPrompt(invoice, payoutMethods, behaviour);
  if (!prompt) problems.push({ path, message: NO_METHOD });
  if (variant === null) problems.push({ path: 'RefundVariant', message: '`refundVariant` is mandatory' });
  if (problems.length > 0 || !prompt) throw invalid(problems);
  return { prompt, payoutMethods: [...new Set(payoutMethods)] };
}

/**
 * @param {Invoice} invoice
 * @param {Store} store
 */
function defaultMethod({ checkout, prompts }, store) {
  const wishes = [checkout.defaultPaymentMethod, store.defaultPaymentMethod, ON_CHAIN, LIGHTNING];
  return wishes.find((id) => prompts.some((prompt) => prompt.methodId === id)) ?? null;
}

/**
 * @param {Invoice} invoice
 * @param {string[]} payoutMethods
 * @param {Behaviour} behaviour
 */
function closestPrompt({ prompts }, payoutMethods, { modernNames }) {
  const same = prompts.find(({ methodId }) => payoutMethods.includes(methodId));
  // 2.x settles for another method of the same coin.
  return same ?? (modernNames && payoutMethods.length > 0 ? prompts[0] : undefined);
}

/**
 * @param {Invoice} invoice
 * @param {Prompt} prompt
 * @param {Variant | null} variant
 * @param {{ amount: Decimal | null, currency: string | null }} custom
 * @param {string} price
 * @returns {{ currency: string, amount: Decimal }}
 */
function sumOf(invoice, prompt, variant, custom, price) {
  const { asPaid, today, fiat, overpaid } = refundAmounts(invoice, prompt, price);
  if (variant === 'RateThen') return { currency: COIN, amount: asPaid };
  if (variant === 'CurrentRate') return { currency: COIN, amount: today };
  if (variant === 'Fiat') return { currency: invoice.currency, amount: fiat };
  if (variant === 'OverpaidAmount') {
    if (!overpaid) throw invalid([{ path: 'RefundVariant', message: 'Invoice is not overpaid' }]);
    return { currency: COIN, amount: overpaid };
  }
  const { amount, currency } = custom;
  const problems = [];
  if (!amount || amount.sign() <= 0) {
    problems.push({ path: 'CustomAmount', message: 'Amount must be greater than 0' });
  }
  if (!currency || !isCurrency(currency)) problems.push({ path: 'CustomCurrency', message: 'Invalid currency' });
  if (problems.length > 0 || !amount || !currency) throw invalid(problems);
  return { currency, amount };
}
