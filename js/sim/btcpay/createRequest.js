/** Reads the request that creates an invoice (BTCPay Server 2.4.1, CreateInvoiceRequest and the controller's checks). */
import { Decimal } from './decimal.js';
import { invalid } from './errors.js';
import { Fields } from './fields.js';
import { languageOf } from './languages.js';
import { isMethodId, methodIdOf } from './paymentMethods.js';

const LARGEST_AMOUNT = Decimal.of('18446744073709551615');
const SHORTEST_EXPIRATION = 30;

/** In the order of their numbers. */
const SPEED_POLICIES = /** @type {const} */ (['HighSpeed', 'MediumSpeed', 'LowSpeed', 'LowMediumSpeed']);

/** @typedef {ReturnType<typeof readCreateRequest>} CreateRequest */

/**
 * @param {Record<string, unknown>} body
 * @param {import('./versions.js').Behaviour} behaviour
 * @throws {import('./errors.js').ApiError} 422
 */
export function readCreateRequest(body, behaviour) {
  const fields = new Fields(body, []);
  const checkout = fields.within('checkout');
  const request = {
    // None makes a top-up invoice.
    amount: fields.decimal('amount'),
    currency: fields.text('currency'),
    metadata: fields.object('metadata'),
    receipt: fields.object('receipt'),
    searchTerms: (fields.texts('additionalSearchTerms') ?? []).flatMap((term) => term ?? []),
    checkout: {
      speedPolicy: checkout.member('speedPolicy', SPEED_POLICIES),
      paymentMethods: checkout.texts('paymentMethods'),
      defaultPaymentMethod: checkout.text('defaultPaymentMethod'),
      lazyPaymentMethods: behaviour.lazyInvoices ? checkout.bool('lazyPaymentMethods') : null,
      expiration: readMinutes(checkout, 'expirationMinutes'),
      monitoring: readMinutes(checkout, 'monitoringMinutes'),
      paymentTolerance: readPercent(checkout, 'paymentTolerance'),
      redirectURL: checkout.text('redirectURL'),
      redirectAutomatically: checkout.bool('redirectAutomatically'),
      defaultLanguage: checkout.text('defaultLanguage'),
    },
  };
  // Documents that cannot be read are refused before anything they say is judged.
  if (fields.problems.length > 0) throw invalid(fields.problems);
  const problems = [...amountProblems(request.amount), ...checkoutProblems(request.checkout, behaviour)];
  if (problems.length > 0) throw invalid(problems);
  const { defaultLanguage, defaultPaymentMethod } = request.checkout;
  request.checkout.defaultLanguage = defaultLanguage === null ? null : (languageOf(defaultLanguage) ?? null);
  request.checkout.defaultPaymentMethod = methodIdOf(defaultPaymentMethod ?? '', behaviour) ?? null;
  return request;
}

/**
 * @param {Fields} fields
 * @param {string} name
 * @returns {number | null} seconds, from whole minutes or from .NET's text for a span of time (`00:10:00`)
 */
function readMinutes(fields, name) {
  const value = fields.get(name);
  if (value === null) return null;
  if (typeof value === 'number' && Number.isInteger(value)) return value * 60;
  const span = /^\s*(-?)(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?\s*$/.exec(
    typeof value === 'string' ? value : '',
  );
  if (span && Number(span[3]) < 24 && Number(span[4]) < 60 && Number(span[5] ?? 0) < 60) {
    const seconds = ((Number(span[2] ?? 0) * 24 + Number(span[3])) * 60 + Number(span[4])) * 60 + Number(span[5] ?? 0);
    return span[1] ? -seconds : seconds;
  }
  // A bare number as text is a span of so many days.
  if (typeof value === 'string' && /^\s*\d{1,7}\s*$/.test(value)) return Number(value) * 86_400;
  return fields.refuse(name, 'Invalid timespan');
}

/**
 * @param {Fields} fields
 * @param {string} name
 */
function readPercent(fields, name) {
  const value = fields.get(name);
  if (value === null) return null;
  const percent = typeof value === 'number' || typeof value === 'string' ? Decimal.parse(String(value)) : null;
  return percent ?? fields.refuse(name, 'Expected a number.');
}

/** @param {Decimal | null} amount */
function amountProblems(amount) {
  if (amount && amount.sign() < 0) return [{ path: 'Amount', message: 'The amount should be 0 or more.' }];
  if (amount && amount.compare(LARGEST_AMOUNT) > 0) {
    return [{ path: 'Amount', message: `The amount should less than ${LARGEST_AMOUNT}.` }];
  }
  return [];
}

/**
 * @param {Pick<CreateRequest['checkout'], 'paymentMethods' | 'expiration' | 'paymentTolerance' | 'defaultLanguage'>} checkout
 * @param {import('./versions.js').Behaviour} behaviour
 */
function checkoutProblems({ paymentMethods, expiration, paymentTolerance, defaultLanguage }, behaviour) {
  const problems = [];
  for (const [index, method] of (paymentMethods ?? []).entries()) {
    if (method === null || !isMethodId(method, behaviour)) {
      const message = behaviour.modernNames ? 'Invalid PaymentMethodId' : 'Invalid payment method';
      problems.push({ path: `Checkout.PaymentMethods[${index}]`, message });
    }
  }
  if (expiration !== null && expiration < SHORTEST_EXPIRATION) {
    problems.push({ path: 'Checkout.Expiration', message: 'Expiration time must be at least 30 seconds' });
  }
  if (paymentTolerance && (paymentTolerance.sign() < 0 || paymentTolerance.compare(Decimal.of('100')) > 0)) {
    problems.push({
      path: 'Checkout.PaymentTolerance',
      message: 'PaymentTolerance can only be between 0 and 100 percent',
    });
  }
  if (defaultLanguage !== null && !languageOf(defaultLanguage)) {
    problems.push({
      path: 'Checkout.DefaultLanguage',
      message:
        'The requested defaultLang does not exists, Browse the ~/misc/lang page of your BTCPay Server instance to see ' +
        'the list of supported languages.',
    });
  }
  return problems;
}
