import { forbidden } from './access.js';
import { isCurrency } from './currencies.js';
import { Decimal } from './decimal.js';
import { invalid, payoutNotFound, pullPaymentNotFound } from './errors.js';
import { Fields } from './fields.js';
import { payoutMethodIdOf } from './paymentMethods.js';
import { allows } from './permissions.js';
import { payoutDocument, pullPaymentDocument } from './pullPaymentDocuments.js';
import { payoutMethodsOf } from './pullPayments.js';

/** @typedef {import('./routes.js').Call} Call */

const LONGEST_NAME = 50;
const REQUIRED = 'This field is required';
const PAYOUT_STATES = /** @type {const} */ ([
  'AwaitingApproval',
  'AwaitingPayment',
  'InProgress',
  'Completed',
  'Cancelled',
]);

/** Makes a pull payment each time it is called. @param {Call} call */
export async function create({ sim, store, key, base, body }) {
  const request = readPullPayment(await body(), store, sim.behaviour, () => {
    const policy = 'btcpay.store.cancreatepullpayments';
    if (!allows(key, policy, store.id)) throw forbidden(sim.behaviour, policy);
  });
  return pullPaymentDocument(sim.pullPayments.create(store, request), { base, behaviour: sim.behaviour });
}

/** @param {Call} call */
export const list = ({ sim, store, base, query }) =>
  sim.pullPayments
    .all(store.id)
    .filter(({ archived }) => !archived || isTrue(query, 'includeArchived'))
    .map((pullPayment) => pullPaymentDocument(pullPayment, { base, behaviour: sim.behaviour }));

/** @param {Call} call */
export const get = (call) =>
  pullPaymentDocument(pullPaymentOf(call), { base: call.base, behaviour: call.sim.behaviour });

/** @param {Call} call */
export function archive(call) {
  const pullPayment = pullPaymentOf(call);
  if (pullPayment.storeId !== call.store.id) throw pullPaymentNotFound();
  call.sim.pullPayments.archive(pullPayment.id);
}

/** A customer claims. @param {Call} call */
export async function claim({ sim, params, body }) {
  const { modernNames } = sim.behaviour;
  const fields = new Fields(await body(), []);
  const destination = fields.text('destination');
  const amount = fields.decimal('amount');
  const method = payoutMethodIdOf(fields.text(modernNames ? 'payoutMethodId' : 'paymentMethod') ?? '', sim.behaviour);
  if (fields.problems.length > 0) throw invalid(fields.problems);
  if (!method) {
    throw invalid([{ path: modernNames ? 'PayoutMethodId' : 'PaymentMethod', message: 'Invalid payment method' }]);
  }
  const claimed = { destination, method, amount: amount?.toString() ?? null };
  return payoutDocument(sim.pullPayments.claim(params.pullPaymentId, claimed), sim.behaviour);
}

/** @param {Call} call */
export function payouts(call) {
  const { sim, query } = call;
  return sim.pullPayments
    .payouts(pullPaymentOf(call).id)
    .filter(({ state }) => state !== 'Cancelled' || isTrue(query, 'includeCancelled'))
    .map((payout) => payoutDocument(payout, sim.behaviour));
}

/** @param {Call} call */
export function payoutOfPullPayment({ sim, params }) {
  const payout = sim.pullPayments.findPayout(params.payoutId);
  if (!payout || payout.pullPaymentId !== params.pullPaymentId) throw payoutNotFound();
  return payoutDocument(payout, sim.behaviour);
}

/** @param {Call} call */
export const storePayouts = ({ sim, store, query }) =>
  sim.pullPayments
    .payouts()
    .filter(
      ({ storeId, state }) => storeId === store.id && (state !== 'Cancelled' || isTrue(query, 'includeCancelled')),
    )
    .map((payout) => payoutDocument(payout, sim.behaviour));

/** @param {Call} call */
export const payout = (call) => payoutDocument(payoutOf(call), call.sim.behaviour);

/** @param {Call} call */
export async function approve(call) {
  const { id } = payoutOf(call);
  const revision = new Fields(await call.body(), []).get('revision');
  if (revision === null) throw invalid([{ path: 'Revision', message: 'The `revision` property is required' }]);
  return payoutDocument(call.sim.pullPayments.approve(id, Number(revision)), call.sim.behaviour);
}

/** @param {Call} call */
export function cancel(call) {
  call.sim.pullPayments.cancel(payoutOf(call).id);
}

/** @param {Call} call */
export function markPaid(call) {
  call.sim.pullPayments.mark(payoutOf(call).id, 'Completed');
}

/** @param {Call} call */
export async function mark(call) {
  const { id } = payoutOf(call);
  const fields = new Fields(await call.body(), []);
  const state = fields.member('state', PAYOUT_STATES) ?? 'AwaitingApproval';
  const proof = fields.object('paymentProof');
  if (fields.problems.length > 0) throw invalid(fields.problems);
  if (proof && !new Fields(proof, []).has('proofType')) {
    throw invalid([{ path: 'PaymentProof', message: "Payment proof must have a 'proofType' property" }]);
  }
  call.sim.pullPayments.mark(id, state, proof);
}

/** @param {Call} call */
function pullPaymentOf({ sim, params }) {
  const pullPayment = sim.pullPayments.find(params.pullPaymentId);
  if (!pullPayment) throw pullPaymentNotFound();
  return pullPayment;
}

/** @param {Call} call */
function payoutOf({ sim, params, store }) {
  const found = sim.pullPayments.findPayout(params.payoutId);
  if (!found || found.storeId !== store.id) throw payoutNotFound();
  return found;
}

/**
 * @param {URLSearchParams} query
 * @param {string} name
 */
const isTrue = (query, name) => query.get(name)?.toLowerCase() === 'true';

/**
 * @param {Record<string, unknown>} body
 * @param {import('./stores.js').Store} store
 * @param {import('./versions.js').Behaviour} behaviour
 * @param {() => void} checkApproval throws where claims may not be approved without anybody looking at them
 * @returns {import('./pullPayments.js').NewPullPayment}
 * @throws {import('./errors.js').ApiError} 422
 */
function readPullPayment(body, store, behaviour, checkApproval) {
  const fields = new Fields(body, []);
  const request = {
    name: fields.text('name'),
    description: fields.text('description'),
    amount: fields.decimal('amount') ?? Decimal.zero,
    currency: fields.text('currency')?.trim().toUpperCase() ?? null,
    autoApproveClaims: fields.bool('autoApproveClaims') ?? false,
    startsAt: fields.integer('startsAt'),
    expiresAt: fields.integer('expiresAt'),
    bolt11Expiration: fields.integer('BOLT11Expiration'),
  };
  const methods = fields.texts(behaviour.modernNames ? 'payoutMethods' : 'paymentMethods');
  if (fields.problems.length > 0) throw invalid(fields.problems);
  if (request.autoApproveClaims) checkApproval();
  const { methodIds, problems } = readMethods(methods, store, behaviour);
  const { name, amount, currency, startsAt, expiresAt, bolt11Expiration } = request;
  if (amount.sign() <= 0) problems.push({ path: 'Amount', message: 'The amount should more than 0.' });
  if (name && name.length > LONGEST_NAME) {
    problems.push({ path: 'Name', message: `The name should be maximum ${LONGEST_NAME} characters.` });
  }
  if (currency === null) problems.push({ path: 'Currency', message: REQUIRED });
  else if (!isCurrency(currency)) problems.push({ path: 'Currency', message: 'Invalid currency' });
  if (startsAt !== null && expiresAt !== null && expiresAt < startsAt) {
    problems.push({ path: 'ExpiresAt', message: 'expiresAt should be higher than startAt' });
  }
  if (bolt11Expiration !== null && bolt11Expiration < 0) {
    problems.push({ path: 'BOLT11Expiration', message: 'The BOLT11 expiration should be positive' });
  }
  if (problems.length > 0 || currency === null) throw invalid(problems);
  return { ...request, currency, payoutMethods: methodIds };
}

/**
 * @param {(string | null)[] | null} methods 2.x takes none for all; 1.x wants them named
 * @param {import('./stores.js').Store} store
 * @param {import('./versions.js').Behaviour} behaviour
 */
function readMethods(methods, store, behaviour) {
  const path = behaviour.modernNames ? 'PayoutMethods' : 'PaymentMethods';
  const problems = [];
  const supported = payoutMethodsOf(store);
  const ids = methods?.map((name) => payoutMethodIdOf(name ?? '', behaviour)) ?? null;
  if (ids === null && !behaviour.modernNames) problems.push({ path, message: REQUIRED });
  for (const [index, id] of (ids ?? []).entries()) {
    if (!id || !supported.includes(id)) {
      problems.push({ path: `${path}[${index}]`, message: 'Invalid or unsupported payment method' });
    }
  }
  if (ids?.length === 0 && behaviour.modernNames) {
    problems.push({ path, message: 'At least one payout method is required' });
  }
  return { methodIds: ids?.flatMap((id) => id ?? []) ?? null, problems };
}
