import { accounted, coinsFor, totals } from './accounting.js';
import { randomId } from './base58.js';
import { digitsOf, roundPrice } from './currencies.js';
import { Decimal } from './decimal.js';
import { failed } from './errors.js';
import { destinationFor, LIGHTNING, methodIdOf, ON_CHAIN, paymentIdFor } from './paymentMethods.js';
import * as state from './state.js';

/** @typedef {import('./state.js').Invoice} Invoice */
/** @typedef {import('./state.js').Payment} Payment */
/** @typedef {import('./stores.js').Store} Store */

/** Confirmations a payment needs before it is settled. */
const CONFIRMATIONS = { HighSpeed: 0, MediumSpeed: 1, LowMediumSpeed: 2, LowSpeed: 6 };

/**
 * @typedef {object} PayOptions
 * @property {'lightning' | 'onchain'} [method] default: Lightning, where the invoice has it
 * @property {'due' | 'half' | 'over' | string} [amount] of what is due, or coins as a decimal; default: `due`
 * @property {boolean} [replaceable] the transaction signals RBF
 */

export class InvoiceError extends Error {}

/** All invoices of the simulator, and what the outside world does to them. */
export class Invoices {
  /** @type {Map<string, Invoice>} */
  #invoices;
  /** @type {Map<string, () => void>} */
  #wakeups = new Map();
  #clock;
  #journal;
  #prices;
  #emit;

  /**
   * @param {object} parts
   * @param {import('../clock.js').Clock} parts.clock
   * @param {import('../journal.js').Journal} parts.journal
   * @param {Record<string, string>} parts.prices of 1 BTC, by currency
   * @param {(invoice: Invoice, event: state.Event) => void} parts.emit
   */
  constructor({ clock, journal, prices, emit }) {
    this.#clock = clock;
    this.#journal = journal;
    this.#prices = prices;
    this.#emit = emit;
    this.#invoices = journal.load('invoice');
    for (const invoice of this.#invoices.values()) this.#sleep(invoice);
  }

  /** @param {string | undefined} id */
  find(id) {
    return this.#invoices.get(id ?? '');
  }

  /** @returns {Invoice[]} newest first */
  all() {
    return [...this.#invoices.values()].reverse();
  }

  /**
   * @param {Store} store
   * @param {import('./createRequest.js').CreateRequest} request
   * @returns {Invoice}
   * @throws {import('./errors.js').ApiError} 400
   */
  create(store, request) {
    const { checkout } = request;
    const currency = (request.currency || store.defaultCurrency).trim().toUpperCase();
    const digits = digitsOf(currency);
    const amount = request.amount ? roundPrice(request.amount, digits) : null;
    const createdTime = this.#clock.now();
    const expirationTime = createdTime + (checkout.expiration ?? store.invoiceExpiration);
    const prompts = amount?.sign() === 0 ? [] : this.#prompts(store, currency, amount ?? Decimal.zero, checkout);
    /** @type {Invoice} */
    const invoice = {
      id: randomId(),
      storeId: store.id,
      amount: amount?.toString() ?? '0.0',
      currency,
      type: amount ? 'Standard' : 'TopUp',
      status: 'New',
      additionalStatus: 'None',
      createdTime,
      expirationTime,
      monitoringExpiration: expirationTime + (checkout.monitoring ?? store.monitoringExpiration),
      archived: false,
      metadata: withTax(request.metadata ?? {}, amount ?? Decimal.zero, digits),
      checkout: {
        speedPolicy: checkout.speedPolicy ?? store.speedPolicy,
        defaultPaymentMethod: checkout.defaultPaymentMethod,
        paymentTolerance: checkout.paymentTolerance?.toString() ?? store.paymentTolerance,
        redirectURL: checkout.redirectURL?.trim() ?? null,
        redirectAutomatically: checkout.redirectAutomatically ?? store.redirectAutomatically,
        defaultLanguage: checkout.defaultLanguage,
      },
      receipt: request.receipt ?? {},
      searchTerms: request.searchTerms,
      prompts,
      payments: [],
    };
    this.#invoices.set(invoice.id, invoice);
    this.#change(invoice, (now) => state.created(invoice, now));
    return invoice;
  }

  /**
   * @param {Store} store
   * @param {string} currency
   * @param {Decimal} amount
   * @param {{ paymentMethods: (string | null)[] | null, lazyPaymentMethods: boolean | null }} checkout
   * @returns {state.Prompt[]}
   */
  #prompts(store, currency, amount, { paymentMethods, lazyPaymentMethods }) {
    if (store.paymentMethods.length === 0) {
      const guide = 'https://docs.btcpayserver.org/WalletSetup/';
      const hint = `See the following link for more information on how to connect your store and wallet. (${guide})`;
      throw failed(400, 'generic-error', `No wallet has been linked to your BTCPay Store. ${hint}\n`);
    }
    const wanted = paymentMethods && new Set(paymentMethods.map((id) => methodIdOf(id ?? '')));
    const methods = store.paymentMethods.filter((id) => !wanted || wanted.has(id));
    const rate = this.#prices[currency];
    if (methods.length === 0 || rate === undefined) {
      const reasons = methods.map((id) => `${id}: No rate is known for BTC_${currency}\n`);
      const message = `Error retrieving a matching payment method or rate.\n${reasons.join('')}`;
      throw failed(400, 'generic-error', message);
    }
    const activated = !(lazyPaymentMethods ?? store.lazyPaymentMethods);
    return methods.map((methodId) => {
      const prompt = { methodId, rate, activated, destination: null };
      return activated ? { ...prompt, destination: destinationFor(methodId, coinsFor(amount, prompt)) } : prompt;
    });
  }

  /**
   * @param {Invoice} invoice
   * @param {string} methodId
   */
  activate(invoice, methodId) {
    this.#change(invoice, () => {
      const prompt = invoice.prompts.find((one) => one.methodId === methodId);
      if (prompt && !prompt.activated) {
        prompt.activated = true;
        prompt.destination = destinationFor(methodId, coinsFor(totals(invoice).due, prompt));
      }
      return [];
    });
  }

  /**
   * @param {Invoice} invoice
   * @param {Partial<Pick<Invoice, 'metadata' | 'archived'>>} changes
   */
  update(invoice, changes) {
    this.#change(invoice, () => {
      Object.assign(invoice, changes);
      return [];
    });
  }

  /**
   * @param {Invoice} invoice
   * @param {string} status
   * @returns {boolean} false where the server refuses
   */
  mark(invoice, status) {
    const allowed = state.markable(invoice).find((one) => one === status);
    if (allowed) this.#change(invoice, () => state.mark(invoice, allowed));
    return allowed !== undefined;
  }

  /**
   * A customer pays.
   * @param {Invoice} invoice
   * @param {PayOptions} [options]
   * @returns {Payment}
   */
  pay(invoice, { method, amount = 'due', replaceable = false } = {}) {
    const prompt = payable(invoice, method);
    const needed = CONFIRMATIONS[invoice.checkout.speedPolicy] || (replaceable ? 1 : 0);
    const value = coinsToPay(invoice, prompt, amount);
    /** @type {Payment} */
    const payment = {
      id: paymentIdFor(prompt.methodId),
      methodId: prompt.methodId,
      receivedDate: this.#clock.now(),
      value: value.trimmed().toString(),
      fee: '0.0',
      status: prompt.methodId === ON_CHAIN && needed > 0 ? 'Processing' : 'Settled',
      destination: /** @type {string} */ (prompt.destination),
      confirmations: 0,
      replaceable,
    };
    this.#change(invoice, (now) => state.receive(invoice, payment, now));
    return payment;
  }

  /**
   * The customer's unconfirmed transaction is replaced by one that pays elsewhere, or, with an amount, by another one
   * that pays the invoice.
   * @param {Invoice} invoice
   * @param {{ paymentId?: string, amount?: string }} [options] default: the last unconfirmed payment, paying elsewhere
   * @returns {Payment | null} the replacement
   */
  replace(invoice, { paymentId, amount } = {}) {
    const unconfirmed = invoice.payments.filter((payment) => payment.status === 'Processing');
    const payment = paymentId ? unconfirmed.find(({ id }) => id === paymentId) : unconfirmed.at(-1);
    if (!payment) throw new InvoiceError('This invoice has no such unconfirmed payment.');
    this.#change(invoice, (now) => state.replace(invoice, payment, now));
    return amount ? this.pay(invoice, { method: 'onchain', amount, replaceable: true }) : null;
  }

  /** Blocks confirm every transaction that is waiting. @param {number} blocks */
  mine(blocks) {
    for (const invoice of this.#invoices.values()) {
      const waiting = invoice.payments.filter((payment) => payment.status === 'Processing');
      if (waiting.length === 0) continue;
      for (const payment of waiting) payment.confirmations += blocks;
      const needed = CONFIRMATIONS[invoice.checkout.speedPolicy] || 1;
      const enough = waiting.filter((payment) => payment.confirmations >= needed);
      this.#change(invoice, (now) => state.settle(invoice, enough, now));
    }
  }

  /**
   * @param {Invoice} invoice
   * @param {(now: number) => state.Event[]} action
   */
  #change(invoice, action) {
    const events = action(this.#clock.now());
    this.#journal.put('invoice', invoice.id, invoice);
    this.#sleep(invoice);
    for (const event of events) this.#emit(invoice, event);
  }

  /**
   * Begins to watch all over again, as a restarted server does.
   * @param {number} delaySeconds until the first look at an invoice that is due
   */
  watchAgain(delaySeconds) {
    const earliestMs = this.#clock.nowMs() + delaySeconds * 1000;
    for (const invoice of this.#invoices.values()) this.#sleep(invoice, earliestMs);
  }

  /**
   * Wakes the invoice when it expires and when its payments are no longer watched, each a second late as the server
   * does, so that it never looks a moment too early.
   * @param {Invoice} invoice
   * @param {number} [earliestMs] since 1970
   */
  #sleep(invoice, earliestMs = 0) {
    this.#wakeups.get(invoice.id)?.();
    const due =
      invoice.status === 'New'
        ? invoice.expirationTime
        : invoice.status === 'Processing'
          ? invoice.monitoringExpiration
          : null;
    if (due === null) return;
    const wake = () => this.#change(invoice, (now) => state.watch(invoice, now));
    this.#wakeups.set(invoice.id, this.#clock.at(Math.max((due + 1) * 1000, earliestMs), wake));
  }
}

/**
 * @param {Record<string, unknown>} metadata
 * @param {Decimal} amount
 * @param {number} digits
 */
function withTax(metadata, amount, digits) {
  const tax = ['number', 'string'].includes(typeof metadata.taxIncluded) && Decimal.parse(String(metadata.taxIncluded));
  if (!tax) return metadata;
  const rounded = tax.sign() < 0 ? Decimal.zero : roundPrice(tax, digits);
  return { ...metadata, taxIncluded: Number((rounded.compare(amount) > 0 ? amount : rounded).toString()) };
}

/**
 * @param {Invoice} invoice
 * @param {'lightning' | 'onchain' | undefined} method
 */
function payable({ prompts }, method) {
  const methodId = method && { lightning: LIGHTNING, onchain: ON_CHAIN }[method];
  const open = prompts.filter((prompt) => prompt.activated);
  const prompt = open.find((one) => one.methodId === (methodId ?? LIGHTNING)) ?? (methodId ? undefined : open[0]);
  if (!prompt) throw new InvoiceError(`This invoice cannot be paid ${method ?? 'at all'}.`);
  return prompt;
}

/**
 * @param {Invoice} invoice
 * @param {state.Prompt} prompt
 * @param {string} amount
 */
function coinsToPay(invoice, prompt, amount) {
  const { due } = totals(invoice);
  const whole = due.sign() > 0 ? due : Decimal.of(invoice.amount);
  if (amount === 'due' && due.sign() > 0) return coinsFor(due, prompt);
  if (amount === 'half') return coinsFor(whole.times(Decimal.of('0.5')), prompt);
  if (amount === 'over') return coinsFor(whole.times(Decimal.of('1.5')), prompt);
  if (amount === 'due' && accounted(invoice).length === 0) {
    throw new InvoiceError('This invoice asks for no certain amount: say how many coins are paid.');
  }
  const coins = amount === 'due' ? coinsFor(whole, prompt) : Decimal.parse(amount);
  if (!coins || coins.sign() <= 0)
    throw new InvoiceError('The amount to pay is `due`, `half`, `over` or a decimal number of coins.');
  return coins;
}
