/**
 * @template {object} Job
 * @typedef {object} Worker
 * @property {(job: Job, ending: AbortSignal) => Promise<void>} process must not throw, and gives up when `ending`
 * @property {(job: Job) => boolean} holdsBack whether the job must let the next one pass first
 */

/**
 * What one webhook is to be told: an event waits until the one before it has arrived or has used up its retries
 * (BTCPay Server 2.4.1, WebhookSender).
 * @template {object} Job
 */
export class DeliveryQueue {
  /** @type {Job[]} */
  #jobs = [];
  /** Held back until another one has passed. @type {Job | undefined} */
  #held;
  #isBusy = false;
  #ending = new AbortController();
  #worker;

  /** @param {Worker<Job>} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** Jobs not finished: waiting, under way, or between two attempts. */
  get length() {
    return this.#jobs.length + (this.#held ? 1 : 0);
  }

  /** @param {Job} job */
  push(job) {
    this.#jobs.push(job);
    if (!this.#isBusy) this.#drain();
  }

  /** Lets go of what is held back. */
  release() {
    const held = this.#held;
    this.#held = undefined;
    if (held) this.push(held);
  }

  /** Drops everything, what is under way included. */
  end() {
    this.#ending.abort();
    this.#jobs = [];
    this.#held = undefined;
  }

  async #drain() {
    this.#isBusy = true;
    for (let job = this.#jobs[0]; job; job = this.#jobs[0]) {
      if (!this.#held && this.#worker.holdsBack(job)) {
        this.#held = this.#jobs.shift();
        continue;
      }
      await this.#process(job);
      this.#jobs.shift();
      const held = this.#held;
      this.#held = undefined;
      if (held) await this.#process(held);
    }
    this.#isBusy = false;
  }

  /** @param {Job} job */
  async #process(job) {
    if (!this.#ending.signal.aborted) await this.#worker.process(job, this.#ending.signal);
  }
}
