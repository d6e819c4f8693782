import { randomId } from './base58.js';
import { bodyOf, firstPayload, repeatedPayload, signatureOf } from './payload.js';
import { sendWebhook } from './sender.js';
import { subscribes } from './webhooks.js';

/** @typedef {import('./webhooks.js').Webhook} Webhook */

/**
 * @typedef {object} Delivery
 * @property {string} id
 * @property {string} webhookId
 * @property {string} type
 * @property {string} invoiceId
 * @property {number} timestamp unix seconds: when it was made
 * @property {number} deliveryTime unix seconds: when it was sent
 * @property {number | null} httpCode
 * @property {string | null} errorMessage
 * @property {'Failed' | 'HttpError' | 'HttpSuccess'} status
 * @property {string} request the body
 */

/**
 * @typedef {object} Job one delivery to be made, with the webhook's address and secret as they were when it was due
 * @property {string} id
 * @property {Webhook} webhook
 * @property {number} timestamp
 * @property {Record<string, unknown>} payload
 */

/** Seconds before each automatic redelivery. */
const RETRY_DELAYS = [10, 60, 600, 600, 600, 600, 600, 600];

/**
 * Sends what happens to those who asked to be told: one queue for each webhook, in which an event waits until the one
 * before it has arrived or used up its retries (BTCPay Server 2.4.1, WebhookSender).
 */
export class Deliveries {
  /** @type {Map<string, Delivery>} */
  #log;
  /** @type {Map<string, Job[]>} */
  #queues = new Map();
  #clock;
  #journal;
  #webhooks;
  #behaviour;
  #version;
  #timeoutMs;
  #closing = new AbortController();

  /**
   * @param {object} parts
   * @param {import('../clock.js').Clock} parts.clock
   * @param {import('../journal.js').Journal} parts.journal
   * @param {import('./webhooks.js').Webhooks} parts.webhooks
   * @param {import('./versions.js').Behaviour} parts.behaviour
   * @param {string} parts.version
   * @param {number} parts.timeoutMs for one answer, on the wall clock
   */
  constructor({ clock, journal, webhooks, behaviour, version, timeoutMs }) {
    this.#clock = clock;
    this.#journal = journal;
    this.#webhooks = webhooks;
    this.#behaviour = behaviour;
    this.#version = version;
    this.#timeoutMs = timeoutMs;
    this.#log = journal.load('delivery');
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
      const payload = firstPayload({ deliveryId: id, webhookId: webhook.id, type, timestamp }, fields, invoice);
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
   * @param {string} [webhookId]
   * @returns {Delivery[]} newest first
   */
  list(webhookId) {
    const all = [...this.#log.values()].reverse();
    return webhookId === undefined ? all : all.filter((delivery) => delivery.webhookId === webhookId);
  }

  /** @param {string | undefined} id */
  find(id) {
    return this.#log.get(id ?? '');
  }

  /** @returns {number} deliveries not finished: waiting, under way, or between two attempts */
  waiting() {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Drops what waits, as a restart of the server does. */
  close() {
    this.#closing.abort();
    this.#queues.clear();
  }

  /** @param {Job} job */
  #enqueue(job) {
    const queue = this.#queues.get(job.webhook.id) ?? [];
    queue.push(job);
    if (queue.length > 1) return;
    this.#queues.set(job.webhook.id, queue);
    this.#drain(queue);
  }

  /** @param {Job[]} queue */
  async #drain(queue) {
    for (let job = queue[0]; job && !this.#closing.signal.aborted; job = queue[0]) {
      await this.#process(job);
      queue.shift();
    }
  }

  /** @param {Job} job */
  async #process(job) {
    const { type } = /** @type {{ type: string }} */ (job.payload);
    const current = this.#webhooks.find(job.webhook.id);
    if (!current || !subscribes(current, type)) return;
    let sent = await this.#send(job);
    if (!job.webhook.automaticRedelivery) return;
    for (const delay of RETRY_DELAYS) {
      if (this.#closing.signal.aborted || !this.#deservesRetry(sent)) return;
      await new Promise((resolve) => {
        this.#clock.at(this.#clock.nowMs() + delay * 1000, () => resolve(undefined));
      });
      const webhook = this.#webhooks.find(job.webhook.id);
      if (!webhook?.automaticRedelivery || !subscribes(webhook, type)) return;
      sent = await this.#send(this.#repeat(sent.request, webhook));
    }
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
   * @param {Job} job
   * @returns {Promise<Delivery>}
   */
  async #send({ id, webhook, timestamp, payload }) {
    const request = bodyOf(payload);
    const deliveryTime = this.#clock.now();
    const headers = {
      'Content-Type': 'application/json',
      'BTCPay-Sig': signatureOf(webhook.secret, request),
      'User-Agent': `BTCPayServer/${this.#version}`,
    };
    const outcome = await this.#clock.work(
      sendWebhook(webhook.url, headers, request, this.#timeoutMs, this.#closing.signal),
    );
    const { type, invoiceId } = /** @type {{ type: string, invoiceId: string }} */ (payload);
    const delivery = { id, webhookId: webhook.id, type, invoiceId, timestamp, deliveryTime, ...outcome, request };
    if (!this.#closing.signal.aborted) {
      this.#log.set(id, delivery);
      this.#journal.put('delivery', id, delivery);
    }
    return delivery;
  }
}
