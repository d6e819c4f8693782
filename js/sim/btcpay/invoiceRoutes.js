import { forbidden } from './access.js';
import { readCreateRequest } from './createRequest.js';
import { invoiceDocument, paymentMethodDocuments } from './documents.js';
import { failed, invalid, invoiceNotFound } from './errors.js';
import { Fields } from './fields.js';
import { methodIdOf } from './paymentMethods.js';
import { allows } from './permissions.js';

/** @typedef {import('./routes.js').Call} Call */
/** @typedef {import('./state.js').Invoice} Invoice */

/** Status words of 1.x that the list's filter still takes. */
const LEGACY_STATUSES = new Map([
  ['paid', 'processing'],
  ['confirmed', 'settled'],
  ['complete', 'settled'],
]);

/** @param {Call} call */
export async function create({ sim, store, base, body }) {
  const invoice = sim.invoices.create(store, readCreateRequest(await body(), sim.behaviour));
  return invoiceDocument(invoice, { store, base, behaviour: sim.behaviour });
}

/** @param {Call} call */
export function list({ sim, store, base, query }) {
  const { from, to } = readPeriod(query);
  const orderIds = query.getAll('orderId');
  const statuses = query.getAll('status').map((word) => LEGACY_STATUSES.get(word.toLowerCase()) ?? word.toLowerCase());
  const known = statuses.filter((status) => ['new', 'processing', 'settled', 'expired', 'invalid'].includes(status));
  const found = sim.invoices
    .all()
    .filter(
      (invoice) =>
        invoice.storeId === store.id &&
        (isTrue(query, 'includeArchived') || !invoice.archived) &&
        (orderIds.length === 0 || orderIds.includes(orderIdOf(invoice))) &&
        (known.length === 0 || known.includes(invoice.status.toLowerCase())) &&
        (from === null || invoice.createdTime >= from) &&
        (to === null || invoice.createdTime <= to) &&
        matches(invoice, query.get('textSearch') ?? ''),
    );
  const skip = Number(query.get('skip') ?? 0);
  const withPaymentMethods = sim.behaviour.invoicePaymentMethods && isTrue(query, 'includePaymentMethods');
  return found
    .slice(skip, query.has('take') ? skip + Number(query.get('take')) : undefined)
    .map((invoice) => invoiceDocument(invoice, { store, base, behaviour: sim.behaviour, withPaymentMethods }));
}

/** @param {Call} call */
export const get = (call) => document(call, invoiceOf(call));

/** @param {Call} call */
export async function replaceMetadata(call) {
  const invoice = invoiceOf(call);
  const fields = new Fields(await call.body(), []);
  const metadata = fields.object('metadata');
  if (fields.problems.length > 0) throw invalid(fields.problems);
  if (metadata) call.sim.invoices.update(invoice, { metadata });
  return document(call, invoice);
}

/** @param {Call} call */
export function archive(call) {
  call.sim.invoices.update(invoiceOf(call), { archived: true });
}

/** @param {Call} call */
export function unarchive(call) {
  const invoice = invoiceOf(call);
  if (!invoice.archived) throw failed(400, 'already-unarchived', 'Invoice is already unarchived');
  call.sim.invoices.update(invoice, { archived: false });
  return document(call, invoice);
}

/** @param {Call} call */
export async function mark(call) {
  const invoice = invoiceOf(call);
  const fields = new Fields(await call.body(), []);
  const status = fields.member('status', ['New', 'Processing', 'Expired', 'Invalid', 'Settled']);
  if (fields.problems.length > 0) throw invalid(fields.problems);
  if (!call.sim.invoices.mark(invoice, status ?? 'New')) {
    const message = 'Status can only be marked to invalid or settled within certain conditions.';
    throw invalid([{ path: 'Status', message }]);
  }
  return document(call, invoice);
}

/** @param {Call} call */
export function paymentMethods(call) {
  const invoice = invoiceOf(call);
  const { key, query, store, sim } = call;
  const { behaviour } = sim;
  const secretPolicy = 'btcpay.store.canmodifystoresettings';
  const wantsSecrets = behaviour.modernNames && isTrue(query, 'includeSensitive');
  if (wantsSecrets && !allows(key, secretPolicy, store.id)) throw forbidden(behaviour, secretPolicy);
  return paymentMethodDocuments(invoice, {
    behaviour,
    onlyAccounted: query.get('onlyAccountedPayments')?.toLowerCase() !== 'false',
  });
}

/** @param {Call} call */
export function activate(call) {
  const invoice = invoiceOf(call);
  const methodId = methodIdOf(call.params.methodId ?? '', call.sim.behaviour);
  if (!methodId) throw invalid([{ path: 'paymentMethod', message: 'Invalid payment method' }]);
  call.sim.invoices.activate(invoice, methodId);
}

/**
 * @param {Call} call
 * @returns {Invoice}
 */
export function invoiceOf({ sim, store, params }) {
  const invoice = sim.invoices.find(params.invoiceId);
  if (!invoice || invoice.storeId !== store.id) throw invoiceNotFound();
  return invoice;
}

/**
 * @param {Call} call
 * @param {Invoice} invoice
 */
function document({ sim, store, base, query }, invoice) {
  const { behaviour } = sim;
  const withPaymentMethods = behaviour.singleInvoicePaymentMethods && isTrue(query, 'includePaymentMethods');
  return invoiceDocument(invoice, { store, base, behaviour, withPaymentMethods });
}

/** @param {Invoice} invoice */
const orderIdOf = ({ metadata }) => String(metadata.orderId ?? '');

/**
 * @param {URLSearchParams} query
 * @param {string} name
 */
const isTrue = (query, name) => query.get(name)?.toLowerCase() === 'true';

/**
 * @param {Invoice} invoice
 * @param {string} text
 */
function matches({ id, metadata, searchTerms }, text) {
  const words = [id, ...searchTerms, ...Object.values(metadata).filter((value) => typeof value !== 'object')];
  return words.some((word) => String(word).toLowerCase().includes(text.trim().toLowerCase()));
}

/**
 * @param {URLSearchParams} query
 * @returns {{ from: number | null, to: number | null }} unix seconds
 */
function readPeriod(query) {
  const names = ['startDate', 'endDate'];
  const dates = names.map((name) => query.get(name));
  const problems = names
    .filter((_, index) => dates[index] !== null && !/^\s*-?\d{1,18}\s*$/.test(dates[index] ?? ''))
    .map((path) => ({ path, message: 'Invalid unix timestamp' }));
  if (problems.length > 0) throw invalid(problems);
  const [from = null, to = null] = dates.map((date) => (date === null ? null : Number(date)));
  if (from !== null && to !== null && from > to) {
    throw invalid([
      { path: 'startDate', message: 'startDate should not be above endDate' },
      { path: 'endDate', message: 'endDate should not be below startDate' },
    ]);
  }
  return { from, to };
}
