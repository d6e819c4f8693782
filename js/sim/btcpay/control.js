/** What a person or a script does to the simulated world over HTTP: `POST /sim/…`, with a form or JSON. */
import { failed } from './errors.js';
import { FaultError, faultOf } from './faults.js';
import { isObject } from './fields.js';
import { InvoiceError } from './invoices.js';
import { Raw } from './raw.js';
import { faultsView, invoiceView, simView } from './views.js';

/**
 * @typedef {object} PageRequest
 * @property {import('./simulation.js').Simulation} sim
 * @property {string} method
 * @property {string} path below the root path
 * @property {URL} url
 * @property {string} base
 * @property {number} [redirectSeconds]
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {() => Promise<string>} body
 */

/** @typedef {Record<string, any>} Given */
/** @typedef {import('./simulation.js').Simulation} Simulation */

/**
 * What can be done, by its path below `/sim`.
 * @type {Record<string, (sim: Simulation, given: Given, id: string) => unknown>}
 */
const ACTIONS = {
  clock: (sim, { advance }) => sim.advance(readCount(advance)),
  mine: (sim, { blocks = 1 }) => sim.mine(readCount(blocks)),
  'invoices/:id/pay': (sim, { method, amount, replaceable }, id) =>
    sim.pay(id, { method: given(method), amount: given(amount), replaceable: isTrue(replaceable) }),
  'invoices/:id/replace': (sim, { paymentId, amount }, id) =>
    sim.replace(id, { paymentId: given(paymentId), amount: given(amount) }),
  'invoices/:id/expire': (sim, _, id) => sim.expire(id),
  'invoices/:id/mark': (sim, { status }, id) => {
    if (!sim.mark(id, status)) throw new InvoiceError(`This invoice cannot be marked ${status} now.`);
  },
  'payouts/:id/approve': (sim, _, id) => sim.pullPayments.approve(id),
  'payouts/:id/pay': (sim, _, id) => sim.pullPayments.pay(id),
  'payouts/:id/cancel': (sim, _, id) => sim.pullPayments.cancel(id),
  'deliveries/:id/redeliver': (sim, _, id) => sim.redeliver(id),
  'webhooks/:id/test': (sim, { type }, id) => sim.testWebhook(id, String(type)),
  faults: (sim, fields) => sim.fault(faultOf(fields)),
  'faults/clear': (sim) => sim.clearFaults(),
  'faults/:id/clear': (sim, _, id) => sim.faults.clear(id),
};

/**
 * @param {PageRequest} request
 * @returns {Promise<Raw | null>} null: not a control's path
 */
export async function control(request) {
  const { sim, method, path, base } = request;
  const [root, ...segments] = path.split('/').slice(1);
  const [kind = '', id = ''] = segments;
  if (root !== 'sim') return null;
  if (method === 'GET') return viewOf(sim, base, segments);
  const name = segments.length === 3 ? `${kind}/:id/${segments[2]}` : segments.join('/');
  const act = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (method !== 'POST' || (!act && name !== 'restart')) return null;
  refuseOtherSites(request);
  const fields = readGiven(request.headers['content-type'] ?? '', await request.body());
  const { back, lang, invoice, ...asked } = fields;
  try {
    await act?.(sim, asked, id);
  } catch (error) {
    if (error instanceof InvoiceError || error instanceof FaultError) throw failed(400, 'simulator', error.message);
    throw error;
  }
  // A restart cuts every connection, and so must wait until this one has its answer.
  const afterwards = name === 'restart' ? () => sim.restart({ loseQueue: !isFalse(fields.loseQueue) }) : undefined;
  if (request.headers.accept?.includes('text/html')) {
    return new Raw('', '', { status: 303, headers: { Location: base + pageAfter(kind, id, fields) }, afterwards });
  }
  const seen = kind === 'invoices' ? [kind, id] : kind === 'faults' ? [kind] : ['state'];
  return viewOf(sim, base, seen, afterwards);
}

/**
 * @param {Simulation} sim
 * @param {string} base
 * @param {string[]} segments `state`, `faults`, or `invoices` and an id
 * @param {() => unknown} [afterwards]
 * @returns {Raw | null}
 */
function viewOf(sim, base, [kind, id, ...rest], afterwards) {
  if (rest.length > 0) return null;
  if (kind === 'invoices' && id) return json(invoiceView(sim, sim.invoice(id), base));
  if (kind === 'state' && id === undefined) return json(simView(sim, base), afterwards);
  return kind === 'faults' && id === undefined ? json(faultsView(sim)) : null;
}

/**
 * The page a form goes back to.
 * @param {string} kind
 * @param {string} id
 * @param {Given} given
 */
function pageAfter(kind, id, { invoice, back, lang }) {
  const invoiceId = kind === 'invoices' ? id : invoice;
  const page = invoiceId && back !== 'control' ? `/i/${invoiceId}` : '/';
  return lang === undefined ? page : `${page}?${new URLSearchParams({ lang })}`;
}

/**
 * A page of another site must not be able to pay and mark invoices in the background.
 * @param {PageRequest} request
 */
export function refuseOtherSites({ headers, url }) {
  const { origin, 'sec-fetch-site': site } = headers;
  const isOther =
    (origin !== undefined && origin !== url.origin) ||
    (site !== undefined && !['same-origin', 'none'].includes(String(site)));
  if (isOther) throw failed(403, 'simulator', 'Only pages of the simulator may do this.');
}

/**
 * @param {string} type
 * @param {string} body
 * @returns {Given}
 */
function readGiven(type, body) {
  if (!type.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body));
  try {
    const document = body === '' ? {} : JSON.parse(body);
    if (isObject(document)) return document;
  } catch {
    // Answered below, like any other body that is no object.
  }
  throw failed(400, 'simulator', 'The body is not a JSON object.');
}

/** @param {unknown} value */
const isFalse = (value) => value === false || value === 'false';

/** @param {unknown} value */
const isTrue = (value) => value === true || value === 'true' || value === 'on';

/** An empty field of a form is one left out. @param {any} value */
const given = (value) => (value === '' || value === null ? undefined : value);

/** @param {unknown} value */
function readCount(value) {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0 || count > 100_000_000)
    throw failed(400, 'simulator', 'Expected a whole number.');
  return count;
}

/**
 * @param {unknown} value
 * @param {() => unknown} [afterwards]
 */
const json = (value, afterwards) => new Raw(JSON.stringify(value), 'application/json; charset=utf-8', { afterwards });
