/** What a person or a script does to the simulated world over HTTP: `POST /sim/…`, with a form or JSON. */
import { failed } from './errors.js';
import { FaultError, faultOf } from './faults.js';
import { isObject } from './fields.js';
import { InvoiceError } from './invoices.js';
import { Raw } from './raw.js';
import { invoiceView, simView } from './views.js';

/**
 * @typedef {object} PageRequest
 * @property {import('./simulation.js').Simulation} sim
 * @property {string} method
 * @property {string} path below the root path
 * @property {URL} url
 * @property {string} base
 * @property {number} redirectSeconds
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {() => Promise<string>} body
 */

/** @typedef {Record<string, any>} Given */

/** @type {Record<string, (sim: import('./simulation.js').Simulation, id: string, given: Given) => unknown>} */
const INVOICE_ACTIONS = {
  pay: (sim, id, { method, amount, replaceable }) =>
    sim.pay(id, { method: given(method), amount: given(amount), replaceable: isTrue(replaceable) }),
  replace: (sim, id, { paymentId, amount }) => sim.replace(id, { paymentId: given(paymentId), amount: given(amount) }),
  expire: (sim, id) => sim.expire(id),
  mark: (sim, id, { status }) => {
    if (!sim.mark(id, status)) throw new InvoiceError(`This invoice cannot be marked ${status} now.`);
  },
};

/**
 * @param {PageRequest} request
 * @returns {Promise<Raw | null>} null: not a control's path
 */
export async function control(request) {
  const { sim, method, path, base } = request;
  const [root, kind = '', id, action] = path.split('/').slice(1);
  if (root !== 'sim') return null;
  if (method === 'GET' && kind === 'state' && id === undefined) return json(simView(sim, base));
  if (method === 'GET' && kind === 'invoices' && id && action === undefined)
    return json(invoiceView(sim, sim.invoice(id), base));
  if (method === 'GET' && kind === 'faults' && id === undefined) return json(faultsOf(sim));
  if (method !== 'POST') return null;
  refuseOtherSites(request);
  const given = readGiven(request.headers['content-type'] ?? '', await request.body());
  const act = actionOf(sim, kind, id, action, given);
  if (!act) return null;
  try {
    await act();
  } catch (error) {
    if (error instanceof InvoiceError || error instanceof FaultError) throw failed(400, 'simulator', error.message);
    throw error;
  }
  if (request.headers.accept?.includes('text/html')) {
    return new Raw('', '', { status: 303, headers: { Location: base + pageAfter(kind, id, given) } });
  }
  if (kind === 'faults') return json(faultsOf(sim));
  return json(kind === 'invoices' && id ? invoiceView(sim, sim.invoice(id), base) : simView(sim, base));
}

/**
 * @param {import('./simulation.js').Simulation} sim
 * @param {string} kind
 * @param {string | undefined} id
 * @param {string | undefined} action
 * @param {Given} given
 * @returns {(() => unknown) | null}
 */
function actionOf(sim, kind, id, action, given) {
  if (kind === 'mine' && id === undefined) return () => sim.mine(readCount(given.blocks ?? 1));
  if (kind === 'clock' && id === undefined) return () => sim.advance(readCount(given.advance));
  if (kind === 'deliveries' && id && action === 'redeliver') return () => sim.redeliver(id);
  if (kind === 'faults' && id === undefined) return () => sim.fault(faultOf(given));
  if (kind === 'faults' && id === 'clear' && action === undefined) return () => sim.clearFaults();
  if (kind === 'faults' && id && action === 'clear') return () => sim.faults.clear(id);
  if (kind === 'restart' && id === undefined) return () => sim.restart({ loseQueue: !isFalse(given.loseQueue) });
  if (kind !== 'invoices' || !id || !action || !Object.hasOwn(INVOICE_ACTIONS, action)) return null;
  return () => INVOICE_ACTIONS[action]?.(sim, id, given);
}

/**
 * The page a form goes back to.
 * @param {string} kind
 * @param {string | undefined} id
 * @param {Given} given
 */
function pageAfter(kind, id, { invoice, back }) {
  const invoiceId = kind === 'invoices' ? id : invoice;
  return invoiceId && back !== 'control' ? `/i/${invoiceId}` : '/';
}

/**
 * A page of another site must not be able to pay and mark invoices in the background.
 * @param {PageRequest} request
 */
function refuseOtherSites({ headers, url }) {
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

/** @param {import('./simulation.js').Simulation} sim */
const faultsOf = ({ faults }) => ({ faults: faults.list(), fired: faults.fired });

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

/** @param {unknown} value */
const json = (value) => new Raw(JSON.stringify(value), 'application/json; charset=utf-8');
