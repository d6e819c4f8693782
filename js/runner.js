import { KessaiError } from './error.js';

/** @import { OrderKey, OrderRow, Reply, Transact } from './index.d.ts' */
/** @import { Trail } from './trail.js' */

/** The longest flow takes four rounds; more than this is a core that never ends. */
const MAX_ROUNDS = 12;

/**
 * @typedef {object} Host what a flow runs on
 * @property {(op: string, input: object, raw?: Uint8Array) => Reply} call
 * @property {import('./fetch.js').Send} send
 * @property {Transact | undefined} [transact]
 * @property {(code: string, details?: string) => KessaiError} fail
 * @property {(ms: number) => Promise<void>} sleep
 */

/**
 * @typedef {object} Flow
 * @property {string} op
 * @property {(row?: OrderRow) => object} input the whole input, with the row as it is now
 * @property {Uint8Array | undefined} [raw]
 * @property {OrderKey | undefined} [order] the order whose record the op reads and writes; absent for a read
 * @property {(string | undefined)[] | undefined} [reach] addresses that the call itself names
 * @property {number} deadlineMs for all rounds and retries together
 * @property {Trail} trail of the log
 */

/**
 * Runs an op through to its end, by the one rule of every host: call, store and apply under the lock, commit, send with no
 * lock held, start over with `resume`.
 * @param {Host} host
 * @param {Flow} flow
 * @returns {Promise<any>} the op's `ok`
 * @throws {KessaiError}
 */
export async function run(host, flow) {
  const deadline = performance.now() + flow.deadlineMs;
  for (;;) {
    const reply = await attempt(host, flow, deadline);
    if (!reply.err) return reply.ok;
    const { retryable, retryAfter } = reply.err;
    // At least a second, so that a gateway is never asked in a tight loop.
    const pause = Math.max(retryAfter ?? 0, 1) * 1000;
    const late = performance.now() + pause >= deadline;
    if (!retryable || retryAfter === undefined || late) throw new KessaiError(flow.trail.cleaned(reply.err));
    await host.sleep(pause);
  }
}

/**
 * @param {Host} host
 * @param {Flow} flow
 * @param {number} deadline
 * @returns {Promise<Reply>} one with `ok` or `err`
 */
async function attempt(host, flow, deadline) {
  let reply = await step(host, flow, (row) => host.call(flow.op, flow.input(row), flow.raw));
  for (let round = 1; reply.send; round++) {
    if (round === MAX_ROUNDS)
      throw host.fail('host.rounds', `${flow.op} did not end within ${MAX_ROUNDS} rounds of requests`);
    const { send, then } = reply;
    const responses = await flow.trail.send(host.send, send, deadline, flow.reach);
    reply = await step(host, flow, (row) => host.call('resume', { then, responses, input: flow.input(row) }, flow.raw));
  }
  return reply;
}

/**
 * One call of the core, inside the host's transaction where the op has a record.
 * @param {Host} host
 * @param {Flow} flow
 * @param {(row?: OrderRow) => Reply} decide
 * @returns {Promise<Reply>} what was committed
 */
async function step(host, flow, decide) {
  const reply = flow.order ? await underLock(host, flow, flow.order, decide) : decide();
  flow.trail.decided(reply);
  return reply;
}

/**
 * @param {Host} host
 * @param {Flow} flow
 * @param {OrderKey} order
 * @param {(row: OrderRow) => Reply} decide
 * @returns {Promise<Reply>}
 */
async function underLock(host, flow, order, decide) {
  if (!order.orderId && !order.invoiceId) throw host.fail('host.failed', `${flow.op} needs the id of an order`);
  if (!host.transact) throw host.fail('host.failed', `${flow.op} needs orders.transact`);
  /** @type {Reply | undefined} */
  let reply;
  let thrown;
  let open = true;
  let found;
  try {
    found = await host.transact(order, (row) => {
      // A transaction that the database made the host repeat calls again: the last time is the one that counts.
      thrown = undefined;
      try {
        if (!open) throw host.fail('host.failed', 'step was called after the transaction had ended');
        // Anything else would be taken for an order without a record, and that for one without an invoice.
        if (typeof row?.record !== 'string' && row?.record !== null) {
          throw host.fail(
            'host.failed',
            'step needs the record as the text that was stored, or null where there is none',
          );
        }
        reply = decide(row);
        flow.trail.decides(row, reply);
      } catch (error) {
        thrown = error;
        throw error;
      }
      return { save: reply.save, effects: reply.effects ?? [] };
    });
  } catch (error) {
    throw thrown ?? error;
  } finally {
    open = false;
  }
  if (thrown) throw thrown;
  if (!reply && found === undefined) throw host.fail('order.unknown');
  if (!reply) throw host.fail('host.failed', 'orders.transact did not call step');
  if (found === undefined) throw host.fail('host.failed', 'orders.transact must return true after the commit');
  return reply;
}
