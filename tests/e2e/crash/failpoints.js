/**
 * Every place where the shop's process can be killed in the middle of its work, found by itself: whatever the shop does
 * to the world outside its own memory (a transaction, a write, a request, a mail, an answer) passes here, and the places
 * are the gaps between two such effects. Import it before the shop is started.
 *
 * A gap is named after the flow it is in, and after what came before it. What asks the database is synchronous: there the
 * process kills itself on the spot. Where the shop awaits, a flow can be held in its gap while others go on, so that one
 * kill hits several places at once. A gap between a COMMIT and a request counts as both "committed" and "before" it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import http from 'node:http';
import Database from 'libsql';

/**
 * @typedef {object} Plan
 * @property {string} journal the file that is told of points and kills
 * @property {number} hits how often to die at each point; 0 for not at all
 * @property {Record<string, number>} left how many of them are still to come, of the points that the journal has
 * @property {number | null} dieAfter how many points are passed before the process dies wherever it is
 * @typedef {object} Flow one request to the shop, or one run of its job
 * @property {string} name
 * @property {string} order once it is known
 * @property {string} gap since the last effect; empty where that was named already
 * @property {string[]} asked the requests that came last, with no commit between them
 * @property {boolean} hasCommitted since then
 * @property {string} wrote in the transaction that is open, unless it is a record
 * @property {boolean} isParallel does several things at once, so that nothing comes after anything
 * @property {string[]} held where it is held
 */

/**
 * Places that are the same in every flow: one function sends all mails, one keeps the ids of invoices, and one asks what an
 * invoice is; that leaves nothing behind.
 */
const shared = /mail|outbox|INSERT|an order|a cancellation|^(before )?GET invoices\/\*/;

/** The requests that one function of the shop answers. @type {[RegExp, string][]} */
const answering = [
  [/^POST \/orders(\/\d+\/pay)?$/, 'checkout'],
  [/\/cancel$/, 'cancel'],
  [/\/(return|check)$/, 'check'],
  [/^POST \/webhooks/, 'webhook'],
];

/** Long enough for all that is under way to come to where it is held. */
const QUIET_MS = 15;

/** @type {AsyncLocalStorage<Flow>} */
const flows = new AsyncLocalStorage();
/** @type {Set<Flow>} */
const live = new Set();
/** The mails that an earlier process left behind leave outside of any flow. */
const startUp = newFlow('start');
/** @type {Plan} */
let plan = { journal: '', hits: 0, left: {}, dieAfter: null };
let passes = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let quiet;

/** @param {Plan} next */
export function obey(next) {
  plan = next;
  passes = 0;
}

/**
 * @param {string} name
 * @param {boolean} [isParallel]
 * @returns {Flow}
 */
function newFlow(name, isParallel = false) {
  return { name, order: '', gap: '', asked: [], hasCommitted: false, wrote: '', isParallel, held: [] };
}

/**
 * Runs what nobody asked for by HTTP.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {{isParallel?: boolean, order?: string}} [options]
 */
export function inFlow(name, work, { isParallel = false, order = '' } = {}) {
  const flow = { ...newFlow(name, isParallel), order };
  live.add(flow);
  return flows.run(flow, async () => {
    try {
      await hold(flow, 'start');
      return await work();
    } finally {
      end(flow);
    }
  });
}

/** @param {Flow} flow */
function end(flow) {
  live.delete(flow);
  dieWhenAllAreHeld();
}

/**
 * A mail leaves.
 * @param {() => void} leave
 */
export function mail(leave) {
  const flow = flows.getStore() ?? startUp;
  strike(flow, 'before the mail leaves');
  leave();
  flow.gap = 'the mail has left';
}

/**
 * The names of a gap that ends now.
 * @param {Flow} flow
 * @param {string} ends
 */
function close(flow, ends) {
  const nameOf = (/** @type {string} */ place) => (shared.test(place) ? place : `${flow.name}: ${place}`);
  const names = [flow.gap, ends].filter((place) => place !== '').map(nameOf);
  flow.gap = '';
  passes += 1;
  for (const point of names) {
    if (plan.left[point] !== undefined) continue;
    plan.left[point] = plan.hits;
    tell({ point });
  }
  if (passes === plan.dieAfter) die([{ names, order: flow.order }]);
  const isWanted = names.some((name) => (plan.left[name] ?? 0) > 0);
  if (isWanted) for (const name of names) plan.left[name] = (plan.left[name] ?? 0) - 1;
  return { names, isWanted };
}

/**
 * @param {Flow} flow
 * @param {string} [ends]
 */
function strike(flow, ends = '') {
  const { names, isWanted } = close(flow, ends);
  if (isWanted) die([{ names, order: flow.order }]);
}

/**
 * @param {Flow} flow
 * @param {string} ends
 * @returns {Promise<void>} never, where the process is to die while the flow is here
 */
async function hold(flow, ends) {
  const { names, isWanted } = close(flow, ends);
  if (!isWanted) return;
  flow.held = [...new Set([...flow.held, ...names])];
  dieWhenAllAreHeld();
  await new Promise(() => {});
}

function dieWhenAllAreHeld() {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    if (live.size > 0 && [...live].every(({ held }) => held.length > 0)) die([]);
  }, QUIET_MS);
}

/**
 * Ends the process at once, as a power cut would.
 * @param {{names: string[], order: string}[]} here
 */
function die(here) {
  const held = [...live].filter((flow) => flow.held.length > 0).map(({ held: names, order }) => ({ names, order }));
  tell({ killed: [...here, ...held] });
  process.kill(process.pid, 'SIGKILL');
}

/** @param {object} line */
function tell(line) {
  appendFileSync(plan.journal, `${JSON.stringify(line)}\n`);
}

/* The database. */

/** The transactions of the shop's own; every other one stores a record. @type {[RegExp, string][]} */
const transactions = [
  [/^\s*INSERT INTO orders /, 'an order'],
  [/^\s*UPDATE orders SET status = 'cancelled'/, 'a cancellation'],
];

const { exec, prepare } = Database.prototype;
/** @type {WeakMap<object, {db: any, sql: string}>} */
const statements = new WeakMap();

/** @this {any} @param {string} sql */
Database.prototype.exec = function (sql) {
  const flow = flows.getStore();
  // The system outlives a kill: to wait for its disk would show nothing.
  if (!flow) return exec.call(this, sql.replace('synchronous = FULL', 'synchronous = OFF'));
  if (sql.startsWith('BEGIN')) {
    strike(flow);
    exec.call(this, sql);
    flow.wrote = '';
    // What is not committed is not there, whichever of a flow's transactions it was: they are struck in turn.
    flow.gap = passes % 3 === 0 ? 'in a transaction' : '';
  } else if (sql === 'COMMIT') {
    strike(flow);
    exec.call(this, sql);
    const after = flow.isParallel ? '' : ` after ${[...new Set(flow.asked)].sort().join(' and ') || 'start'}`;
    flow.gap = flow.wrote === '' ? `committed a record${after}` : `committed ${flow.wrote}`;
    flow.hasCommitted = true;
  } else {
    flow.gap = '';
    exec.call(this, sql);
  }
  return this;
};

const prepared = /** @type {(this: any, sql: string) => any} */ (
  function (sql) {
    const statement = prepare.call(this, sql);
    statements.set(statement, { db: this, sql });
    return statement;
  }
);
Database.prototype.prepare = /** @type {any} */ (prepared);

const memory = new Database(':memory:');
const Statement = Object.getPrototypeOf(prepare.call(memory, 'SELECT 1'));
memory.close();
const { get, run } = Statement;

/** @this {any} @param {any[]} values */
Statement.run = function (...values) {
  const { db, sql } = statements.get(this) ?? { db: undefined, sql: '' };
  const flow = flows.getStore() ?? (startUp.gap === '' ? undefined : startUp);
  if (!flow) return run.apply(this, values);
  if (db?.inTransaction) {
    // Nothing is done before its COMMIT.
    flow.wrote ||= transactions.find(([pattern]) => pattern.test(sql))?.[1] ?? '';
    return run.apply(this, values);
  }
  const [, verb, table] = /^\s*(UPDATE|INSERT|DELETE)(?: OR IGNORE)?(?: INTO| FROM)? (\w+)/.exec(sql) ?? [];
  strike(flow, `before ${verb} ${table}`);
  const result = run.apply(this, values);
  flow.gap = `${verb} ${table} done`;
  return result;
};

/** @this {any} @param {any[]} values */
Statement.get = function (...values) {
  const flow = flows.getStore();
  if (flow && statements.get(this)?.sql.startsWith('SELECT * FROM orders WHERE id')) flow.order = String(values[0]);
  return get.apply(this, values);
};

/* The payment server. */

const fetchFromServer = globalThis.fetch;

globalThis.fetch = async (address, init) => {
  const flow = flows.getStore();
  if (!flow) return fetchFromServer(address, init);
  // Ids are long; the names of resources are not.
  const path = new URL(String(address)).pathname.replace(/^\/api\/v1\/(stores\/\w+\/)?/, '');
  const request = `${init?.method ?? 'GET'} ${path.replace(/(?<=\/)[^/]{16,}/g, '*')}`;
  await hold(flow, `before ${request}`);
  if (flow.hasCommitted) flow.asked = [];
  flow.hasCommitted = false;
  flow.asked.push(request);
  const response = await fetchFromServer(address, init);
  await hold(flow, `${request} carried out, answer not read`);
  const body = await response.arrayBuffer();
  await hold(flow, `${request} answered`);
  const { status, headers } = response;
  return new Response(body.byteLength > 0 ? body : null, { status, headers });
};

/* Customers, the merchant and the webhooks. */

const emit = /** @type {(this: any, event: string, ...given: any[]) => boolean} */ (http.Server.prototype.emit);

/** @this {any} @param {string} event @param {any[]} given */
http.Server.prototype.emit = function (event, ...given) {
  const [request, response] = given;
  const isPage = request?.method === 'GET' && !request.url.includes('/return');
  if (event !== 'request' || isPage) return emit.call(this, event, ...given);
  const [path] = request.url.split('?');
  const asked = `${request.method} ${path}`;
  const flow = newFlow(answering.find(([pattern]) => pattern.test(asked))?.[1] ?? asked.replace(/\d+/, '*'));
  live.add(flow);
  response.once('close', () => end(flow));
  if (flow.name === 'webhook') {
    response.once('finish', () => {
      strike(flow, 'answered');
    });
  }
  const { end: answer } = response;
  response.end = (/** @type {any[]} */ ...body) => {
    hold(flow, 'before the answer').then(() => answer.apply(response, body));
    return response;
  };
  flows.run(flow, () => hold(flow, 'start').then(() => emit.call(this, event, ...given)));
  return true;
};

/* The pauses before kessai tries again. No time passes on the simulator's clock meanwhile, so they take none here. */

const setTimer = /** @type {(work: (...given: any[]) => void, ms: number, ...given: any[]) => any} */ (
  globalThis.setTimeout
);
const wallClock = performance.now.bind(performance);
let skippedMs = 0;

performance.now = () => wallClock() + skippedMs;
globalThis.setTimeout = /** @type {any} */ (
  (/** @type {(value?: any) => void} */ work, /** @type {number} */ ms, /** @type {any[]} */ ...given) => {
    const flow = flows.getStore();
    // What awaits a timer and nothing else has a promise's own function called.
    const isPause = flow && ms >= 1000 && given.length === 0 && String(work).includes('[native code]');
    if (!isPause) return setTimer(work, ms, ...given);
    skippedMs += ms;
    flow.asked = ['a pause'];
    flow.hasCommitted = false;
    return setTimer(work, 0);
  }
);

/* The timer of the shop's job, which would ring after ten minutes of the wall clock. */

const setRepeated = /** @type {(work: () => void, ms: number, ...given: any[]) => any} */ (globalThis.setInterval);
/** @type {(() => Promise<void>)[]} */
const jobs = [];

globalThis.setInterval = /** @type {any} */ (
  (/** @type {() => Promise<void>} */ work, /** @type {number} */ ms, /** @type {any[]} */ ...rest) => {
    if (ms < 60_000) return setRepeated(work, ms, ...rest);
    jobs.push(work);
    return undefined;
  }
);

/** What the shop does from time to time, now. */
export function runJobs() {
  return inFlow('job', () => Promise.all(jobs.map((job) => job())), { isParallel: true });
}
