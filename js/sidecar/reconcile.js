import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { Progress } from './reconcileProgress.js';
import { Report, tell } from './reconcileReport.js';
import { loadShop } from './shopModule.js';
import { UsageError } from './usageError.js';

/** @import { Kessai, OrderRecord } from '../index.d.ts' */

/** @typedef {{ kessai: Kessai, orders: Iterable<OrderRecord> | AsyncIterable<OrderRecord> }} Shop */

/**
 * `kessai reconcile …`: looks after a shop's orders whose webhooks may be lost.
 * @param {string[]} args what follows `reconcile`
 * @returns {Promise<number>} the process's exit code
 * @throws {UsageError}
 */
export async function reconcile(args) {
  const { file, all, progressFile } = readArgs(args);
  const give = await loadShop(file);
  const progress = progressFile === undefined ? undefined : new Progress(progressFile);
  const report = new Report(process.stdout, process.stderr);
  const stop = watchSignals(report);
  let problem;
  try {
    const { kessai, orders } = checked(await give(), file);
    const found = kessai.order.reconcile(progress ? progress.rest(orders) : orders, { all });
    for await (const one of found) {
      report.add(one);
      progress?.finish();
      if (stop.signal) break;
    }
    if (!stop.signal) progress?.end();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    problem = /** @type {Error} */ (error);
  }
  report.sum();
  if (problem) report.say(`kessai: ${tell(problem)}`);
  if (!stop.signal) return problem || report.hasFailed ? 1 : 0;
  const next = all && !progress ? 'with --progress FILE the next run would go on' : 'the same command goes on';
  report.say(`kessai: stopped after ${report.position}; ${next}`);
  return 128 + constants.signals[stop.signal];
}

/** @param {string[]} args */
function readArgs(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      options: { shop: { type: 'string' }, all: { type: 'boolean', default: false }, progress: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
  const { shop: file, all, progress: progressFile } = parsed.values;
  if (!file)
    throw new UsageError('reconcile takes --shop FILE, a module that gives kessai and orders; try kessai --help');
  if (progressFile !== undefined && !all) {
    throw new UsageError('--progress goes with --all: without it, an order that was looked at is not due any more');
  }
  return { file, all, progressFile };
}

/**
 * @param {unknown} given
 * @param {string} file
 * @returns {Shop}
 */
function checked(given, file) {
  const { kessai, orders } = /** @type {Partial<Shop>} */ (given ?? {});
  const isIterable = typeof orders === 'object' && (Symbol.iterator in orders || Symbol.asyncIterator in orders);
  if (typeof kessai?.order?.reconcile === 'function' && isIterable) return { kessai, orders };
  const missing = isIterable ? 'kessai, made by createKessai' : 'orders, an iterable of { orderId, record }';
  throw new UsageError(`${file} does not give ${missing}; export an object, or a function that returns it, with both`);
}

/**
 * The first signal ends the run after what is under way, the second at once.
 * @param {Report} report
 */
function watchSignals(report) {
  /** @type {{ signal?: 'SIGINT' | 'SIGTERM' }} */
  const stop = {};
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => {
      stop.signal = signal;
      report.say('kessai: stopping after the orders that are under way; once more stops at once');
    });
  }
  return stop;
}
