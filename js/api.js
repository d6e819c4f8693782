import { freezeSettings } from './core.js';
import { failure } from './error.js';
import { createSend } from './fetch.js';
import { createReconcile } from './reconcile.js';
import { run } from './runner.js';
import { createWebhook, rawBytes, WEBHOOK_DEADLINE_MS } from './webhook.js';

/** @import { Kessai, Logger, OrderKey, OrderRow, Options, Settings } from './index.d.ts' */

/** What the shim adds to the input of each op; the rest is the caller's. An op with a record runs in a transaction. */
const OPS = /** @type {const} */ ({
  'btcpay.createInvoice': ['settings', 'record', 'shop', 'now'],
  'btcpay.getInvoice': ['settings'],
  'btcpay.listInvoices': ['settings'],
  'btcpay.paymentMethods': ['settings'],
  'btcpay.markInvoice': ['settings', 'record', 'shop', 'now'],
  'btcpay.closeInvoice': ['settings', 'record', 'shop', 'now'],
  'btcpay.refundInvoice': ['settings', 'record', 'shop', 'now'],
  'btcpay.authorizeUrl': ['random', 'now'],
  'btcpay.readAuthorization': ['now'],
  'btcpay.openAuthorization': ['now'],
  'btcpay.checkConnection': [],
  'btcpay.registerWebhook': ['settings'],
  'btcpay.deleteWebhook': ['settings'],
  'btcpay.readWebhook': ['settings', 'now'],
  'btcpay.signWebhook': [],
  'order.apply': ['settings', 'orderId', 'record', 'shop', 'now'],
  'order.erase': ['orderId', 'record', 'shop', 'now'],
  'order.reconcile': ['settings', 'now'],
  'order.acknowledge': ['orderId', 'record', 'shop', 'now'],
  'order.statement': ['settings', 'orderId', 'record', 'shop', 'now'],
  'order.timeline': [],
  'checkout.signReturn': ['settings', 'now'],
  'checkout.verifyReturn': ['settings', 'now'],
  'checkout.standing': [],
  'doctor.run': ['settings', 'random', 'runtime', 'now'],
});

const DEADLINE_MS = 25_000;

/**
 * The typed functions over a core and a network, the same on every JavaScript host.
 * @param {object} host
 * @param {import('./core.js').Core['call']} host.call
 * @param {import('./fetch.js').Transport['screen']} [host.screen] of addresses; a shop that brings its own `fetch` screens for itself
 * @param {{ name: string, version: string }} [host.runtime] what runs the shop
 * @param {Options} options
 * @returns {Kessai}
 */
export function assemble({ call, screen, runtime }, options) {
  const settings = freezeSettings(/** @type {Partial<Settings>} */ (options.settings ?? {}));
  const { serverUrl } = settings;
  const language = settings.language ?? undefined;
  const now = options.now ?? (() => Math.floor(Date.now() / 1000));
  /** @type {Logger} */
  const logger = options.logger ?? { error: console.error };
  /** @type {import('./runner.js').Host['fail']} */
  const fail = (code, details) => failure(call, code, { language, details });
  const network = options.fetch ? { fetch: options.fetch } : { fetch: globalThis.fetch, screen };
  const sendAll = createSend({ ...network, serverUrl });
  /** @type {import('./runner.js').Host['send']} */
  const send = async (requests, deadline, reach) => {
    const responses = await sendAll(requests, deadline, reach);
    const outcomes = responses.map((response) => ('status' in response ? response.status : response.failure));
    logger.debug?.('kessai: requests', { outcomes });
    return responses;
  };
  const host = {
    call,
    send,
    transact: options.orders?.transact.bind(options.orders),
    fail,
    sleep: (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };

  /**
   * The whole input of an op.
   * @param {keyof typeof OPS} op
   * @param {Record<string, any>} input
   * @param {OrderRow} [row]
   */
  function whole(op, input, row) {
    const added = {
      settings,
      now: now(),
      orderId: row?.orderId ?? input.orderId,
      record: row?.record,
      shop: row?.shop,
      random: input.random,
      runtime,
    };
    return { ...input, ...Object.fromEntries(OPS[op].map((member) => [member, added[member]])) };
  }

  /**
   * @param {keyof typeof OPS} op
   * @param {Record<string, any>} input
   * @param {{ order?: OrderKey, raw?: unknown, reach?: (string | undefined)[], deadlineMs?: number }} [how] `reach`: addresses
   *   that the call itself names, beside the settings' server
   */
  async function perform(op, input, { order, raw, reach, deadlineMs = options.deadlineMs ?? DEADLINE_MS } = {}) {
    const bytes = raw === undefined ? undefined : rawBytes(raw, fail);
    // The same in every round: what was made of it in the first must still fit in the last.
    const given = OPS[op].some((member) => member === 'random') ? { random: random(), ...input } : input;
    const started = performance.now();
    let outcome = 'ok';
    try {
      return await run(host, { op, input: (row) => whole(op, given, row), raw: bytes, order, reach, deadlineMs });
    } catch (error) {
      outcome = /** @type {{ code?: string }} */ (error).code ?? 'host.failed';
      throw error;
    } finally {
      logger.info?.(`kessai: ${op}`, { outcome, ms: Math.round(performance.now() - started) });
    }
  }

  /**
   * @param {'btcpay.markInvoice' | 'btcpay.closeInvoice' | 'btcpay.refundInvoice' | 'order.acknowledge' | 'order.apply' | 'order.erase' | 'order.statement'} op
   * @returns {(input: any) => Promise<any>}
   */
  const onOrder = (op) => (input) => perform(op, input, { order: { orderId: input?.orderId } });

  return {
    btcpay: {
      createInvoice: (input) => perform('btcpay.createInvoice', input, { order: { orderId: input?.order?.id } }),
      getInvoice: (input) => perform('btcpay.getInvoice', input),
      listInvoices: (input = {}) => perform('btcpay.listInvoices', input),
      paymentMethods: (input) => perform('btcpay.paymentMethods', input),
      markInvoice: onOrder('btcpay.markInvoice'),
      closeInvoice: onOrder('btcpay.closeInvoice'),
      refundInvoice: onOrder('btcpay.refundInvoice'),
      authorizeUrl: (input) => perform('btcpay.authorizeUrl', { language, ...input }),
      readAuthorization: (input, raw) => perform('btcpay.readAuthorization', { language, ...input }, { raw }),
      openAuthorization: (input) => perform('btcpay.openAuthorization', { language, ...input }),
      checkConnection: (input) =>
        perform('btcpay.checkConnection', { language, ...input }, { reach: [input?.serverUrl] }),
      registerWebhook: (input) => perform('btcpay.registerWebhook', input),
      deleteWebhook: (input) => perform('btcpay.deleteWebhook', input),
      readWebhook: (input, raw) => perform('btcpay.readWebhook', input, { raw }),
      signWebhook: (input, raw) => perform('btcpay.signWebhook', input, { raw }),
    },
    order: {
      apply: onOrder('order.apply'),
      acknowledge: onOrder('order.acknowledge'),
      erase: onOrder('order.erase'),
      reconcile: createReconcile({
        list: (input) => perform('order.reconcile', input),
        apply: onOrder('order.apply'),
      }),
      statement: onOrder('order.statement'),
      timeline: (input) => perform('order.timeline', { language, ...input }),
    },
    checkout: {
      signReturn: (input) => perform('checkout.signReturn', input),
      verifyReturn: (input) => perform('checkout.verifyReturn', input),
      standing: (input) => perform('checkout.standing', { language, ...input }),
    },
    doctor: {
      run: (input = {}) => perform('doctor.run', input, { reach: [input.callbackUrl ?? undefined] }),
    },
    webhook: createWebhook({
      readWebhook: (op, input, raw) => call(op, { ...input, settings, now: now() }, raw),
      apply: ({ orderId, invoiceId, message }) =>
        perform(
          'order.apply',
          { message, orderId },
          { order: { orderId, invoiceId }, deadlineMs: WEBHOOK_DEADLINE_MS },
        ),
      logger,
      fail,
    }),
    call: (op, input, raw) => call(op, input, raw === undefined ? undefined : rawBytes(raw, fail)),
  };
}

/** 32 hex digits that nobody guesses. */
function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
