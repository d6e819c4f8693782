/**
 * The peer of the figures: what a shop would write without kessai, whole. It reads a webhook and decides the order as the core does,
 * with the same replies, in the plainest fast JavaScript. It does not check inputs the way the core does, tells no errors in words and
 * knows no `resume`: what it lacks makes it faster, never slower.
 *
 * `call` has the shape of `call` in js/core.js, so that either can stand behind the same host.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { addFact } from './peer/facts.js';
import { settle } from './peer/project.js';
import { nextLook } from './peer/recheck.js';
import { fold } from './peer/status.js';

/** @typedef {import('./peer/status.js').Json} Json */

const MAX_BODY = 1_000_000;
const MAX_RECORD = 256_000;
const SIGNATURE = /^sha256=[0-9a-f]{64}$/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Refusal extends Error {}

/**
 * @param {string} op `btcpay.readWebhook` or `order.apply`
 * @param {Json} input
 * @param {Uint8Array} [raw]
 * @returns {Json} the reply; an `err` has only its code
 */
export function call(op, input, raw = new Uint8Array()) {
  try {
    if (op === 'btcpay.readWebhook') return { ok: readWebhook(input, raw) };
    if (op === 'order.apply') return apply(input);
    throw new Refusal('input.unknownOp');
  } catch (error) {
    if (error instanceof Refusal) return { err: { code: error.message } };
    throw error;
  }
}

/**
 * @param {Json} input
 * @param {Uint8Array} raw
 */
function readWebhook({ settings, headers, now }, raw) {
  if (raw.length > MAX_BODY) throw new Refusal('webhook.tooLarge');
  const secret = verify(settings, headers, now, raw);
  const body = parseSigned(raw);
  const first = body.originalDeliveryId ?? body.orignalDeliveryId ?? body.deliveryId ?? '';
  const nothing = (/** @type {string} */ ignored) => ({ answer: 200, secret, ignored });
  if (first.startsWith('__test__')) return nothing('testDelivery');
  if (!body.type.startsWith('Invoice')) return nothing('unknownEvent');
  const { invoiceId, storeId, timestamp, metadata } = body;
  if (!invoiceId || !storeId || timestamp === undefined) throw new Refusal('webhook.malformed');
  if (storeId !== settings.storeId) return nothing('otherStore');
  const tag = metadata?.kessai;
  const orderId = typeof metadata?.orderId === 'number' ? String(metadata.orderId) : (metadata?.orderId ?? undefined);
  if (tag && tag.shop !== settings.shopId) return nothing('otherShop');
  const ours = tag && isOurs(settings, tag) && (orderId === undefined || orderId === tag.order);
  const said = factOf(body, first);
  if (!said) return nothing('unknownEvent');
  return {
    answer: 200,
    secret,
    orderId: orderId ?? (ours ? tag.order : undefined),
    invoiceId,
    message: { invoiceId, event: body.type, t: timestamp, act: ours ? tag.attempt : undefined, ...said },
  };
}

/**
 * @param {Json} settings
 * @param {Record<string, string>} headers
 * @param {number} now
 * @param {Uint8Array} raw
 * @returns {string} the name of the secret that matched
 */
function verify({ webhookSecrets = [] }, headers, now, raw) {
  let header = headers['btcpay-sig'];
  if (header === undefined) header = Object.entries(headers).find(([name]) => name.toLowerCase() === 'btcpay-sig')?.[1];
  header = header?.trim();
  if (!header) throw new Refusal('webhook.signatureMissing');
  if (!SIGNATURE.test(header)) throw new Refusal('webhook.signatureMalformed');
  const given = Buffer.from(header.slice(7), 'hex');
  let usable = false;
  for (const { name, secret, until } of webhookSecrets) {
    if (until !== undefined && now > until) continue;
    usable = true;
    if (timingSafeEqual(createHmac('sha256', secret).update(raw).digest(), given)) return name;
  }
  throw new Refusal(usable ? 'webhook.signatureWrong' : 'config.missing');
}

/**
 * @param {Uint8Array} raw
 * @returns {Json}
 */
function parseSigned(raw) {
  let body;
  try {
    body = JSON.parse(utf8.decode(raw));
  } catch {
    throw new Refusal('webhook.malformed');
  }
  if (typeof body?.type !== 'string') throw new Refusal('webhook.malformed');
  return body;
}

/**
 * Whether this shop made the tag.
 * @param {Json} settings
 * @param {Json} tag
 */
function isOurs({ shopKey }, { shop, order, attempt, mac }) {
  const tag = createHmac('sha256', shopKey).update(`kessai/tag/1\0${shop}\0${attempt}\0${order}`).digest('hex');
  return mac.length === tag.length && timingSafeEqual(Buffer.from(mac), Buffer.from(tag));
}

/**
 * @param {Json} body
 * @param {string} first
 * @returns {Json | undefined} nothing for an event that is not known
 */
function factOf(body, first) {
  switch (body.type) {
    case 'InvoiceCreated':
      return {};
    case 'InvoiceReceivedPayment':
      return payment('recv', body, first);
    case 'InvoicePaymentSettled':
      return payment('conf', body, first);
    case 'InvoiceProcessing':
      return { fact: 'processing' };
    case 'InvoiceSettled':
      if (body.manuallyMarked) return { fact: `mark/${first}`, to: 'settled' };
      return { fact: 'settled', over: body.overPaid ?? undefined };
    case 'InvoiceInvalid':
      return body.manuallyMarked ? { fact: `mark/${first}`, to: 'invalid' } : { fact: 'invalid' };
    case 'InvoiceExpired':
      return { fact: 'expired', partly: body.partiallyPaid || undefined };
    case 'InvoiceExpiredPaidPartial':
      return { fact: 'expired', partly: true };
    case 'InvoicePaidAfterExpiration':
      return { fact: 'paidAfter' };
    case 'InvoiceRefund':
      if (typeof body.pullPaymentId !== 'string') throw new Refusal('webhook.malformed');
      return { fact: `refund/${body.pullPaymentId}`, state: 'pending' };
  }
}

/**
 * @param {'recv' | 'conf'} kind
 * @param {Json} body
 * @param {string} first
 */
function payment(kind, { payment, afterExpiration, paymentMethodId, paymentMethod }, first) {
  const value = payment?.value ?? undefined;
  return {
    fact: `${kind}/${payment?.id ?? first}`,
    after: afterExpiration || undefined,
    value: value === undefined ? undefined : String(value),
    method: paymentMethodId ?? paymentMethod ?? undefined,
    at: payment?.receivedDate ?? undefined,
  };
}

/** @param {Json} input */
function apply({ settings, orderId, record: stored, shop, now, message, check = false }) {
  const record = readRecord(stored, orderId);
  if (message) {
    const attempt = record.attempts?.[message.invoiceId];
    if (!attempt) {
      const act = record.acts?.find((/** @type {Json} */ { no }) => no === message.act);
      if (message.act === undefined || act?.kind !== 'create')
        return { ok: result(record, fold(record.attempts ?? {}), now, 'notOurs') };
      return send(record, settings, [message.invoiceId]);
    }
    if (message.fact) addMessage(record, attempt, message);
  }
  const folded = fold(record.attempts ?? {});
  const effects = settle(record, folded, { settings, shop, now });
  const open = folded.seen.filter(({ ask }) => check || ask).map(({ id }) => id);
  const reply =
    open.length > 0 ? send(record, settings, open) : { save: write(record), ok: result(record, folded, now) };
  return effects.length > 0 ? { ...reply, effects } : reply;
}

/**
 * @param {string | null | undefined} text
 * @param {string} orderId
 * @returns {Json}
 */
function readRecord(text, orderId) {
  if (text === null || text === undefined) return { v: 1, order: orderId, asked: 0 };
  if (text.length > 2 * MAX_RECORD) throw new Refusal('record.tooLarge');
  let record;
  try {
    record = JSON.parse(text);
  } catch {
    throw new Refusal('record.malformed');
  }
  if (!record.v) throw new Refusal('record.malformed');
  if (record.order !== orderId) throw new Refusal('record.otherOrder');
  return record;
}

/**
 * @param {Json} record
 * @param {Json} attempt
 * @param {Json} message
 */
function addMessage(record, attempt, { fact, t, over, partly, after, to, value, method, at, state, invoiceId }) {
  const { gateway, no, created, facts = {}, ...rest } = attempt;
  const added = { t, n: record.asked, over, partly, after, to, value, method, at, state };
  record.attempts[invoiceId] = { gateway, no, created, facts: addFact(facts, fact, added), ...rest };
}

/**
 * The text to store; members that this build does not know come last, as they came.
 * @param {Json} record
 */
function write({ v, order, asked, attempts, acts, applied, told, handsOff, ...rest }) {
  const text = JSON.stringify({ v, order, asked, attempts, acts, applied, told, handsOff, ...rest });
  if (text.length > MAX_RECORD) throw new Refusal('record.tooLarge');
  return text;
}

/**
 * @param {Json} record
 * @param {ReturnType<typeof fold>} folded
 * @param {number} now unix seconds
 * @param {string} [ignored]
 */
function result(record, folded, now, ignored) {
  return {
    case: folded.case.name,
    sure: folded.sure,
    invoiceId: ignored ? undefined : folded.best?.id,
    recheckAt: nextLook(folded.seen, record.acts ?? [], now),
    handsOff: record.handsOff,
    ignored,
  };
}

/**
 * Asks the gateway how invoices stand.
 * @param {Json} record
 * @param {Json} settings
 * @param {string[]} invoices
 */
function send(record, settings, invoices) {
  const { serverUrl, storeId, shopId, apiKey } = settings;
  const headers = { authorization: `token ${apiKey}`, accept: 'application/json' };
  const asks = invoices.map((invoice) => {
    record.asked += 1;
    return { no: record.asked, invoice };
  });
  const base = `${serverUrl}/api/v1/stores/${encodeURIComponent(storeId)}/invoices`;
  const get = (/** @type {string} */ id, /** @type {string} */ path) => {
    return { id, method: 'GET', url: base + path, headers, timeoutMs: 10_000 };
  };
  const bound = createHash('sha256').update(`${serverUrl}\0${storeId}\0${shopId}\0`).digest('hex').slice(0, 16);
  return {
    save: write(record),
    send: asks.flatMap(({ no, invoice }) => [
      get(`${no}/invoice`, `/${encodeURIComponent(invoice)}`),
      get(`${no}/payments`, `/${encodeURIComponent(invoice)}/payment-methods?onlyAccountedPayments=false`),
    ]),
    // biome-ignore lint/suspicious/noThenProperty: the protocol's own name; the reply is never awaited
    then: { op: 'order.apply', step: 'ask', bound, round: 0, asks },
  };
}
