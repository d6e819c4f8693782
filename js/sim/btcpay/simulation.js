import { randomBytes } from 'node:crypto';
import { Clock } from '../clock.js';
import { Journal } from '../journal.js';
import { base58 } from './base58.js';
import { DEFAULT_PRICES } from './currencies.js';
import { Deliveries } from './deliveries.js';
import { deliveryNotFound, deliveryPruned, failed, invoiceNotFound, webhookNotFound } from './errors.js';
import { eventAsOf } from './events.js';
import { Faults } from './faults.js';
import { Invoices } from './invoices.js';
import { newApiKey, SHOP_PERMISSIONS } from './permissions.js';
import { PullPayments } from './pullPayments.js';
import { newStore } from './stores.js';
import { behaviourOf, NEWEST } from './versions.js';
import { Webhooks } from './webhooks.js';

/** @typedef {import('./stores.js').Store} Store */
/** @typedef {import('./permissions.js').ApiKey} ApiKey */

/**
 * @typedef {object} SimulationOptions
 * @property {string} [version] of BTCPay Server; 1.0.6 or later, default 2.4.1
 * @property {Clock} [clock] default: one that runs with the wall clock
 * @property {string} [apiKey] default: a new one
 * @property {string} [storeId] default: a new one
 * @property {Partial<Store>} [store] settings of that store
 * @property {{ url: string, secret: string }} [webhook] one to begin with
 * @property {Record<string, string>} [prices] of 1 BTC, by currency, beside or instead of the default ones
 * @property {string} [stateFile] keeps everything from one process to the next
 * @property {number} [deliveryTimeoutMs] how long an answer to a webhook may take; default 100 s, as .NET waits
 */

/** BTCPay Server without its HTTP side: stores, keys, invoices, webhooks, and what the world does to them. */
export class Simulation {
  /** @type {Map<string, Store>} */
  stores;
  /** @type {Map<string, ApiKey>} */
  keys;
  /** @type {{ method: string, path: string }[]} requests for which there is no route */
  unknownRoutes = [];
  /** Whether the server's node knows the newest blocks, as it says of itself. */
  isSynchronised = true;
  #journal;
  #settings;

  /** @param {SimulationOptions} [options] */
  constructor(options = {}) {
    const { version = NEWEST, deliveryTimeoutMs = 100_000 } = options;
    this.version = version;
    this.behaviour = behaviourOf(version);
    this.#journal = new Journal(options.stateFile);
    const settings = this.#journal.load('settings').get('sim') ?? {};
    // A simulator whose clock was moved forward does not go back in time by being restarted.
    this.clock = options.clock ?? new Clock({ now: Date.now() / 1000 + (settings.secondsAhead ?? 0) });
    this.stores = this.#journal.load('store');
    this.keys = this.#journal.load('key');
    const storeId = options.storeId ?? settings.storeId ?? base58(randomBytes(32));
    this.store = this.addStore({ ...this.stores.get(storeId), ...options.store, id: storeId });
    const apiKey = options.apiKey ?? settings.apiKey ?? newApiKey();
    this.apiKey = this.addKey(
      SHOP_PERMISSIONS.map((name) => `${name}:${storeId}`),
      apiKey,
    );
    this.#settings = { storeId, apiKey };
    this.#remember();
    this.webhooks = new Webhooks(this.#journal, this.behaviour);
    this.faults = new Faults(this.clock);
    const parts = { clock: this.clock, journal: this.#journal };
    this.deliveries = new Deliveries({
      ...parts,
      webhooks: this.webhooks,
      faults: this.faults,
      behaviour: this.behaviour,
      version,
      timeoutMs: deliveryTimeoutMs,
    });
    /**
     * What 1 BTC costs, by currency. A change is the market's: it tells on new invoices and on refunds.
     * @type {Record<string, string>}
     */
    this.prices = { ...DEFAULT_PRICES, ...options.prices };
    this.pullPayments = new PullPayments({ ...parts, prices: this.prices });
    this.invoices = new Invoices({
      ...parts,
      prices: this.prices,
      emit: (invoice, event) => this.announce(invoice, event),
    });
    // A process that begins with what an earlier one kept is a server that was restarted.
    this.#watchAgain();
    const { webhook } = options;
    const known =
      webhook && this.webhooks.of(storeId).some(({ url, secret }) => url === webhook.url && secret === webhook.secret);
    if (webhook && !known) this.webhooks.create(storeId, webhook);
  }

  #remember() {
    this.#journal.put('settings', 'sim', { ...this.#settings, secondsAhead: this.secondsAhead });
  }

  /** How far the clock is ahead of the wall clock. */
  get secondsAhead() {
    return Math.max(0, Math.round((this.clock.nowMs() - Date.now()) / 1000));
  }

  /** @param {Partial<Store>} [settings] */
  addStore(settings = {}) {
    const store = newStore({ ...settings, id: settings.id ?? base58(randomBytes(32)) });
    this.stores.set(store.id, store);
    this.#journal.put('store', store.id, store);
    return store;
  }

  /**
   * @param {string[]} permissions `policy` or `policy:storeId`
   * @param {string} [apiKey]
   * @param {{ label?: string, application?: import('./permissions.js').Application }} [details]
   * @returns {string} the key
   */
  addKey(permissions, apiKey = newApiKey(), details = {}) {
    const key = { apiKey, label: 'kessai', permissions, ...details };
    this.keys.set(apiKey, key);
    this.#journal.put('key', apiKey, key);
    return apiKey;
  }

  /** @param {string} apiKey */
  revokeKey(apiKey) {
    this.keys.delete(apiKey);
    this.#journal.put('key', apiKey, null);
  }

  /**
   * Tells the webhooks of an invoice's store what happened, if the release has such an event.
   * @param {import('./state.js').Invoice} invoice
   * @param {import('./state.js').Event} event
   */
  announce(invoice, event) {
    const told = eventAsOf(this.behaviour, event);
    if (told) this.deliveries.announce(invoice, told);
  }

  /** @param {string} id @throws {import('./errors.js').ApiError} */
  invoice(id) {
    const invoice = this.invoices.find(id);
    if (!invoice) throw invoiceNotFound();
    return invoice;
  }

  /**
   * A customer pays an invoice.
   * @param {string} invoiceId
   * @param {import('./invoices.js').PayOptions} [options]
   */
  pay(invoiceId, options) {
    return this.invoices.pay(this.invoice(invoiceId), options);
  }

  /**
   * The customer's unconfirmed transaction is replaced (fee bump, double spend).
   * @param {string} invoiceId
   * @param {{ paymentId?: string, amount?: string }} [options]
   */
  replace(invoiceId, options) {
    return this.invoices.replace(this.invoice(invoiceId), options);
  }

  /**
   * Blocks are found.
   * @param {number} [blocks]
   */
  mine(blocks = 1) {
    this.invoices.mine(blocks);
  }

  /**
   * The merchant marks an invoice by hand.
   * @param {string} invoiceId
   * @param {'Settled' | 'Invalid'} status
   * @returns {boolean} false where the server refuses
   */
  mark(invoiceId, status) {
    return this.invoices.mark(this.invoice(invoiceId), status);
  }

  /**
   * Moves the clock on, for everything in the simulator.
   * @param {number} seconds
   */
  async advance(seconds) {
    await this.clock.advance(seconds);
    this.#remember();
  }

  /**
   * Waits, by moving the clock, until an invoice's time is over.
   * @param {string} invoiceId
   */
  async expire(invoiceId) {
    const { expirationTime } = this.invoice(invoiceId);
    await this.advance(Math.max(0, expirationTime + 1 - this.clock.now()));
  }

  /**
   * @param {string} deliveryId
   * @returns {string} the new delivery's id
   */
  redeliver(deliveryId) {
    const delivery = this.deliveries.find(deliveryId);
    if (!delivery || !this.webhooks.find(delivery.webhookId)) throw deliveryNotFound();
    if (delivery.pruned) throw deliveryPruned();
    return this.deliveries.redeliver(delivery);
  }

  /**
   * Tries a webhook out, as the store's settings could from BTCPay Server 1.2.0 to 2.2.
   * @param {string} webhookId
   * @param {string} type an event's
   * @throws {import('./errors.js').ApiError}
   */
  async testWebhook(webhookId, type) {
    const webhook = this.webhooks.find(webhookId);
    if (!webhook) throw webhookNotFound();
    if (!this.behaviour.webhookTests || this.behaviour.noWebhookTests)
      throw failed(400, 'simulator', `BTCPay Server ${this.version} has no test of webhooks.`);
    return this.deliveries.test(webhook, type);
  }

  /**
   * Makes something go wrong from now on.
   * @param {import('./faults.js').FaultOptions} options
   * @returns {string} the fault's id
   * @throws {import('./faults.js').FaultError} naming the option that is wrong
   */
  fault(options) {
    return this.faults.add(options);
  }

  /** Nothing goes wrong any more, and what a fault holds back arrives. */
  clearFaults() {
    this.faults.clear();
    this.deliveries.release();
  }

  /**
   * The server's process ends and starts again: what its queue of deliveries held in memory is lost, and expiries of
   * pending invoices are looked for only after two minutes (BTCPay Server 2.0.0, InvoiceWatcher).
   * @param {{ loseQueue?: boolean }} [options] `loseQueue: false` keeps the queue, as no real server does
   */
  async restart({ loseQueue = true } = {}) {
    if (loseQueue) this.deliveries.drop();
    this.#watchAgain();
  }

  #watchAgain() {
    this.invoices.watchAgain(this.behaviour.watchesLateAfterRestart ? 120 : 0);
  }

  /** A number that grows with every change of anything. */
  get changes() {
    return this.#journal.changes + this.faults.changes;
  }

  /** Resolves when nothing is being sent any more; waits for retries are not waited for. */
  idle() {
    return this.clock.idle();
  }

  close() {
    this.deliveries.drop();
    this.clock.close();
  }
}
