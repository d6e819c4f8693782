import { freezeSettings } from './core.js';
import { failure } from './error.js';
import { createSend } from './fetch.js';
import { createLog } from './log.js';
import { createReconcile } from './reconcile.js';
import { run } from './runner.js';
import { createTrails } from './trail.js';
import { createWebhook, rawBytes, WEBHOOK_DEADLINE_MS } from './webhook.js';

/** @import { Kessai, OrderKey, OrderRow, Options, Settings } from './index.d.ts' */
/** @import { Trail } from './trail.js' */

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
  const log = createLog({ logger: options.logger, level: options.logLevel });
  const trails = createTrails(log, settings);
  /** @type {import('./runner.js').Host['fail']} */
  const fail = (code, details) => failure(call, code, { language, details });
  const network = options.fetch ? { fetch: options.fetch } : { fetch: globalThis.fetch, screen };
  const send = createSend({ ...network, serverUrl });
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
   * @param {{ order?: OrderKey, raw?: unknown, reach?: (string | undefined)[], deadlineMs?: number, run?: number }} [how] `reach`:
   *   addresses that the call itself names, beside the settings' server; `run`: what it is part of
   */
  async function perform(
    op,
    input,
    { order, raw, reach, deadlineMs = options.deadlineMs ?? DEADLINE_MS, run: no } = {},
  ) {
    // The same in every round: what was made of it in the first must still fit in the last.
    const given = OPS[op].some((member) => member === 'random') ? { random: random(), ...input } : input;
    /** @type {Trail | undefined} */
    let trail;
    try {
      const bytes = raw === undefined ? undefined : rawBytes(raw, fail);
      trail = trails.begin(op, given, { raw: bytes, run: no });
      const rows = (/** @type {OrderRow | undefined} */ row) => whole(op, given, row);
      const ok = await run(host, { op, input: rows, raw: bytes, order, reach, deadlineMs, trail });
      trail.done(ok);
      return trail.found(ok);
    } catch (error) {
      (trail ?? trails.begin(op, given)).failed(error);
      throw error;
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
      read: (input, raw) => call('btcpay.readWebhook', { ...input, settings, now: now() }, raw),
      apply: ({ orderId, invoiceId, message }, number) =>
        perform(
          'order.apply',
          { message, orderId },
          { order: { orderId, invoiceId }, deadlineMs: WEBHOOK_DEADLINE_MS, run: number },
        ),
      trails,
      fail,
    }),
    call(op, input, raw) {
      const bytes = raw === undefined ? undefined : rawBytes(raw, fail);
      const trail = trails.begin(op, input, { raw: bytes });
      const reply = call(op, input, bytes);
      trail.decided(reply);
      return reply;
    },
  };
}

/** 32 hex digits that nobody guesses. */
function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
