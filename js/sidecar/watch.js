import { KessaiError } from '../error.js';
import { jsonOf } from '../json.js';
import { createTrails } from '../trail.js';

/** @import { GatewayResponse, OrderRow, Reply } from '../index.d.ts' */
/** @import { Log } from '../log.js' */

/** ASCII's record separator, between the sheets of an input (docs/manual/protocol.md, "Sheets"). */
const SEPARATOR = '\x1e';

/** @typedef {{ input: Record<string, any>, settings: object, row: OrderRow | undefined, responses: GatewayResponse[] }} Asked */

/**
 * Follows requests for the log, by the same redaction as everywhere: settings, record and replies are known to it as what
 * they are, so that nothing of them appears in any text.
 * @param {Log} log
 */
export function createWatch(log) {
  let runs = 0;
  return {
    /** Whether lines are written of what succeeds. */
    isLoud: Boolean(log.info || log.debug),
    /**
     * @param {string} op
     * @param {string} text the input
     * @param {Uint8Array} [raw]
     */
    begin(op, text, raw) {
      const { input, settings, row, responses } = asked(op, text);
      const trail = createTrails(log, settings).begin(op, input, { raw, run: ++runs });
      if (responses.length > 0) {
        trail.send(
          async (_requests, _deadline, _reach, arrived) => {
            for (const response of responses) arrived?.(whoseRequest(response), response);
            return responses;
          },
          [],
          0,
          undefined,
        );
      }
      return {
        trail,
        /** @param {Reply} reply of a step */
        stepped(reply) {
          if (row) trail.decides(row, reply);
          trail.decided(reply);
          if (reply.err) trail.failed(new KessaiError(reply.err));
          else if (!reply.send) trail.done(reply.ok);
        },
      };
    },
  };
}

/** @typedef {ReturnType<typeof createWatch>} Watch */

/**
 * Of a response that a host hands back, nobody knows here what was asked: its body is shown as that of any reply.
 * @param {GatewayResponse} response
 */
const whoseRequest = (response) => ({ id: response?.id, method: 'GET', url: '', headers: {}, timeoutMs: 0 });

/**
 * An input taken apart. What cannot be read is empty: the core's own words for it hold nothing that was sent.
 * @param {string} op
 * @param {string} text
 * @returns {Asked}
 */
function asked(op, text) {
  const [json = '', settingsSheet, recordSheet] = text.split(SEPARATOR);
  const whole = members(jsonOf(json));
  const isResume = op === 'resume';
  const { settings, record = recordSheet || null, shop, ...input } = members(isResume ? whole.input : whole);
  const isRow = shop !== undefined || record !== null;
  return {
    input,
    settings: members(settings ?? jsonOf(settingsSheet ?? '')),
    row: isRow ? { orderId: input.orderId ?? input.order?.id, record, shop } : undefined,
    responses: isResume && Array.isArray(whole.responses) ? whole.responses : [],
  };
}

/** @param {unknown} value @returns {Record<string, any>} */
const members = (value) => (typeof value === 'object' && value !== null ? { ...value } : {});

/**
 * The reply in a text of the core's.
 * @param {string} text
 * @returns {Reply}
 */
export function replyOf(text) {
  const end = text.indexOf(SEPARATOR);
  return JSON.parse(end < 0 ? text : text.slice(0, end));
}
