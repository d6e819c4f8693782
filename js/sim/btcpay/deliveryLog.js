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
 * @property {string} signature as it was sent
 * @property {boolean} bodyLost a redirect made it a GET without body and signature
 * @property {boolean} [pruned] the body is kept no longer, but for its type
 */

const KEPT_SECONDS = 60 * 24 * 60 * 60;
const PRUNED_EVERY_MS = 6 * 60 * 60 * 1000;

/**
 * Every delivery that was tried. Where the server tidies up (since 1.10.0), a body of more than 60 days is given up,
 * which is looked for every six hours.
 */
export class DeliveryLog {
  /** @type {Map<string, Delivery>} */
  #deliveries;
  #clock;
  #journal;

  /**
   * @param {object} parts
   * @param {import('../clock.js').Clock} parts.clock
   * @param {import('../journal.js').Journal} parts.journal
   * @param {boolean} parts.isPruned
   */
  constructor({ clock, journal, isPruned }) {
    this.#clock = clock;
    this.#journal = journal;
    this.#deliveries = journal.load('delivery');
    if (isPruned) this.#pruneFromNowOn();
  }

  /**
   * @param {string} [webhookId]
   * @returns {Delivery[]} newest first
   */
  list(webhookId) {
    const all = [...this.#deliveries.values()].reverse();
    return webhookId === undefined ? all : all.filter((delivery) => delivery.webhookId === webhookId);
  }

  /** @param {string | undefined} id */
  find(id) {
    return this.#deliveries.get(id ?? '');
  }

  /**
   * @template {Delivery} D
   * @param {D} delivery
   * @returns {D}
   */
  put(delivery) {
    this.#deliveries.set(delivery.id, delivery);
    this.#journal.put('delivery', delivery.id, delivery);
    return delivery;
  }

  #pruneFromNowOn() {
    this.#clock.at(this.#clock.nowMs() + PRUNED_EVERY_MS, () => {
      const oldest = this.#clock.now() - KEPT_SECONDS;
      for (const delivery of this.#deliveries.values()) {
        if (delivery.pruned || delivery.timestamp >= oldest) continue;
        this.put({ ...delivery, request: JSON.stringify({ type: delivery.type }), pruned: true });
      }
      this.#pruneFromNowOn();
    });
  }
}
