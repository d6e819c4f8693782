import { randomUUID } from 'node:crypto';
import { randomId } from './base58.js';
import { DeliveryLog } from './deliveryLog.js';
import { DeliveryQueue } from './deliveryQueue.js';
import { asOf } from './members.js';
import { isUnsent, messageOf } from './netErrors.js';
import { bodyOf, firstPayload, repeatedPayload, signatureOf } from './payload.js';
import { sendWebhook } from './sender.js';
import { subscribes } from './webhooks.js';

/** @typedef {import('./webhooks.js').Webhook} Webhook */

/** @typedef {import('./deliveryLog.js').Delivery} Delivery */

/**
 * @typedef {object} Job one delivery to be made, with the webhook's address and secret as they were when it was due
 * @property {string} id
 * @property {Webhook} webhook
 * @property {number} timestamp
 * @property {Record<string, unknown>} payload
 */

/** Seconds before each automatic redelivery. */
const RETRY_DELAYS = [10, 60, 600, 600, 600, 600, 600, 600];

/** What a test says beyond the common members. @type {Record<string, Record<string, boolean>>} */
const TEST_FIELDS = {
  InvoiceReceivedPayment: { afterExpiration: false },
  InvoicePaymentSettled: { afterExpiration: false },
  InvoiceProcessing: { overPaid: false },
  InvoiceSettled: { manuallyMarked: false, overPaid: false },
  InvoiceExpired: { partiallyPaid: false },
  InvoiceInvalid: { manuallyMarked: false },
};

/** Sends what happens to those who asked to be told, and keeps the log of it (BTCPay Server 2.4.1, WebhookSender). */
export class Deliveries {
  /** @type {Map<string, DeliveryQueue<Job>>} */
  #queues = new Map();
  #log;
  #clock;
  #webhooks;
  #faults;
  #behaviour;
  #version;
  #timeoutMs;

  /**
   * @param {object} parts
   * @param {import('../clock.js').Clock} parts.clock
   * @param {import('../journal.js').Journal} parts.journal
   * @param {import('./webhooks.js').Webhooks} parts.webhooks
   * @param {import('./faults.js').Faults} parts.faults
   * @param {import('./versions.js').Behaviour} parts.behaviour
   * @param {string} parts.version
   * @param {number} parts.timeoutMs for one answer, on the wall clock
   */
  constructor({ clock, journal, webhooks, faults, behaviour, version, timeoutMs }) {
    this.#clock = clock;
    this.#webhooks = webhooks;
    this.#faults = faults;
    this.#behaviour = behaviour;
    this.#version = version;
    this.#timeoutMs = timeoutMs;
    this.#log = new DeliveryLog({ clock, journal, isPruned: behaviour.prunesDeliveries });
  }

  /**
   * @param {import('./state.js').Invoice} invoice
   * @param {import('./state.js').Event} event
   */
  announce(invoice, { type, fields }) {
    for (const webhook of this.#webhooks.of(invoice.storeId)) {
      if (!subscribes(webhook, type)) continue;
      const id = randomId();
      const timestamp = this.#clock.now();
      const payload = firstPayload(
        { deliveryId: id, webhookId: webhook.id, type, timestamp },
        fields,
        invoice,
        this.#version,
      );
      this.#enqueue({ id, webhook, timestamp, payload });
    }
  }

  /**
   * Sends a delivery again, behind whatever waits in the webhook's queue.
   * @param {Delivery} delivery
   * @returns {string} the new delivery's id
   */
  redeliver(delivery) {
    const webhook = /** @type {Webhook} */ (this.#webhooks.find(delivery.webhookId));
    const job = this.#repeat(delivery.request, webhook);
    this.#enqueue(job);
    return job.id;
  }

  /**
   * The button of the store's settings that tries a webhook out (BTCPay Server 1.2.0 to 2.2): at once, beside the queue.
   * @param {Webhook} webhook
   * @param {string} type an event's
   * @returns {Promise<Delivery | null>} null: dropped by a fault
   */
  test(webhook, type) {
    const id = randomId();
    const timestamp = this.#clock.now();
    const invoice = { id: `__test__${randomUUID()}__test__`, storeId: webhook.storeId, metadata: {} };
    const fields = asOf(this.#version, type, TEST_FIELDS[type] ?? {});
    const occasion = { deliveryId: id, webhookId: webhook.id, type, timestamp };
    const payload = firstPayload(occasion, fields, invoice, this.#version);
    payload.originalDeliveryId = `__test__${randomUUID()}__test__`;
    return this.#attempt({ id, webhook, timestamp, payload }, new AbortController().signal);
  }

  /**
   * @param {string} [webhookId]
   * @returns {Delivery[]} newest first
   */
  list(webhookId) {
    return this.#log.list(webhookId);
  }

  /** @param {string | undefined} id */
  find(id) {
    return this.#log.find(id);
  }

  /**
   * @param {string} [webhookId]
   * @returns {number} deliveries not finished: waiting, under way, or between two attempts
   */
  waiting(webhookId) {
    const queues = webhookId === undefined ? [...this.#queues.values()] : [this.#queues.get(webhookId)];
    return queues.reduce((sum, queue) => sum + (queue?.length ?? 0), 0);
  }

  /** Lets go of what a fault holds back. */
  release() {
    for (const queue of this.#queues.values()) queue.release();
  }

  /** Drops what waits, as a restart of the server does. */
  drop() {
    for (const queue of this.#queues.values()) queue.end();
    this.#queues.clear();
  }

  /** @param {Job} job */
  #enqueue(job) {
    const queue =
      this.#queues.get(job.webhook.id) ??
      new DeliveryQueue({
        process: (next, ending) => this.#process(next, ending),
        holdsBack: (next) => this.#faults.take('webhook', typeOf(next), (kind) => kind === 'reorder') !== undefined,
      });
    this.#queues.set(job.webhook.id, queue);
    queue.push(job);
  }

  /**
   * @param {Job} job
   * @param {AbortSignal} ending
   */
  async #process(job, ending) {
    const type = typeOf(job);
    const current = this.#webhooks.find(job.webhook.id);
    if (!current || !subscribes(current, type)) return;
    let sent = await this.#attempt(job, ending);
    if (!job.webhook.automaticRedelivery) return;
    for (const delay of RETRY_DELAYS) {
      if (ending.aborted || !sent || !this.#deservesRetry(sent)) return;
      await this.#wait(delay);
      const webhook = this.#webhooks.find(job.webhook.id);
      if (ending.aborted || !webhook?.automaticRedelivery || !subscribes(webhook, type)) return;
      sent = await this.#attempt(this.#repeat(sent.request, webhook), ending);
    }
  }

  /** @param {number} seconds */
  async #wait(seconds) {
    await new Promise((resolve) => {
      this.#clock.at(this.#clock.nowMs() + seconds * 1000, () => resolve(undefined));
    });
  }

  /**
   * @param {string} body
   * @param {Webhook} webhook
   * @returns {Job}
   */
  #repeat(body, webhook) {
    const id = randomId();
    return { id, webhook, timestamp: this.#clock.now(), payload: repeatedPayload(body, id) };
  }

  /** @param {Delivery} delivery */
  #deservesRetry({ httpCode, status }) {
    if (status === 'HttpSuccess') return false;
    if (!this.#behaviour.clientErrorsAreFinal || httpCode === null) return true;
    return httpCode >= 500 || httpCode === 408 || httpCode === 429;
  }

  /**
   * Delivers once, as the fault that befalls it has it.
   * @param {Job} job
   * @param {AbortSignal} ending
   * @returns {Promise<Delivery | null>} null: nothing more will be tried
   */
  async #attempt(job, ending) {
    const fault = this.#faults.take('webhook', typeOf(job), (kind) => kind !== 'reorder');
    if (fault?.kind === 'drop') {
      const errorMessage = 'Dropped by a fault';
      this.#record(job, bodyOf(job.payload), { httpCode: null, errorMessage, status: 'Failed' });
      return null;
    }
    if (fault && isUnsent(fault.kind)) {
      const errorMessage = messageOf(fault.kind, job.webhook.url);
      return this.#record(job, bodyOf(job.payload), { httpCode: null, errorMessage, status: 'Failed' });
    }
    if (fault?.kind === 'delay') await this.#wait(/** @type {number} */ (fault.seconds));
    const delivery = await this.#deliver(job, { ending, hangsUp: fault?.kind === 'reset' });
    if (!delivery) return null;
    const { request } = delivery;
    if (fault?.kind === 'duplicate') await this.#send(job.webhook, request, { ending, hangsUp: false });
    if (fault?.kind === 'redelivery') {
      await this.#deliver(this.#repeat(request, job.webhook), { ending, hangsUp: false });
    }
    return delivery;
  }

  /**
   * @param {Job} job
   * @param {{ ending: AbortSignal, hangsUp: boolean }} conditions
   * @returns {Promise<Delivery | null>} null: it was given up
   */
  async #deliver(job, conditions) {
    const request = bodyOf(job.payload);
    const deliveryTime = this.#clock.now();
    const outcome = await this.#send(job.webhook, request, conditions);
    return conditions.ending.aborted ? null : this.#record(job, request, outcome, deliveryTime);
  }

  /**
   * @param {Webhook} webhook
   * @param {string} request
   * @param {{ ending: AbortSignal, hangsUp: boolean }} conditions
   */
  #send({ url, secret }, request, { ending, hangsUp }) {
    const headers = {
      'Content-Type': 'application/json',
      'BTCPay-Sig': signatureOf(secret, request),
      ...(this.#behaviour.userAgent && { 'User-Agent': `BTCPayServer/${this.#version}` }),
    };
    const trustsLoopback = this.#behaviour.trustsLoopbackCertificates;
    const conditions = { timeoutMs: this.#timeoutMs, closing: ending, hangsUp, trustsLoopback };
    return this.#clock.work(sendWebhook(url, headers, request, conditions));
  }

  /**
   * @param {Job} job
   * @param {string} request
   * @param {Pick<Delivery, 'httpCode' | 'errorMessage' | 'status'> & Partial<Delivery>} outcome
   * @param {number} [deliveryTime]
   * @returns {Delivery}
   */
  #record({ id, webhook, timestamp, payload }, request, outcome, deliveryTime = this.#clock.now()) {
    const { type, invoiceId } = /** @type {{ type: string, invoiceId: string }} */ (payload);
    const signature = signatureOf(webhook.secret, request);
    const made = { id, webhookId: webhook.id, type, invoiceId, timestamp, deliveryTime };
    return this.#log.put({ ...made, bodyLost: false, ...outcome, request, signature });
  }
}

/** @param {Job} job */
const typeOf = ({ payload }) => String(payload.type);
