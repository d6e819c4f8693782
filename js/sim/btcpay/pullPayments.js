/**
 * Pull payments and the payouts claimed from them (BTCPay Server 2.4.1, PullPaymentHostedService): a store sets money
 * aside, whoever has the link claims it to an address, the store approves the claim and pays it.
 */
import { randomBytes } from 'node:crypto';
import { base58 } from './base58.js';
import { Decimal } from './decimal.js';
import { readDestination } from './destinations.js';
import { failed, invalid, payoutNotFound, pullPaymentNotFound } from './errors.js';
import { payoutMethodIdOf } from './paymentMethods.js';

/**
 * @typedef {object} PullPayment
 * @property {string} id
 * @property {string} storeId
 * @property {string | null} invoiceId the invoice it refunds
 * @property {string} name
 * @property {string} description
 * @property {string} currency
 * @property {string} amount in that currency
 * @property {number} startsAt unix seconds
 * @property {number | null} expiresAt unix seconds
 * @property {number} bolt11Expiration days
 * @property {boolean} autoApproveClaims
 * @property {string[]} payoutMethods
 * @property {boolean} archived
 */

/** @typedef {'AwaitingApproval' | 'AwaitingPayment' | 'InProgress' | 'Completed' | 'Cancelled'} PayoutState */

/**
 * @typedef {object} Payout
 * @property {string} id
 * @property {string} storeId
 * @property {string} pullPaymentId
 * @property {number} date unix seconds
 * @property {string} destination
 * @property {string} methodId
 * @property {string} originalCurrency the pull payment's
 * @property {string} originalAmount
 * @property {string | null} amount coins, once approved
 * @property {PayoutState} state
 * @property {number} revision
 * @property {Record<string, unknown> | null} paymentProof
 */

/**
 * @typedef {object} NewPullPayment
 * @property {string | null} [invoiceId]
 * @property {string | null} [name]
 * @property {string | null} [description]
 * @property {string} currency
 * @property {Decimal} amount
 * @property {number | null} [startsAt] unix seconds; default: already started
 * @property {number | null} [expiresAt] unix seconds; default: never
 * @property {number | null} [bolt11Expiration] days; default 30, as a store has it
 * @property {string[] | null} [payoutMethods] default: all the store can pay by
 * @property {boolean} [autoApproveClaims]
 */

const COIN = 'BTC';
const COIN_DIGITS = 8;
const BOLT11_EXPIRATION = 30;

export class PullPayments {
  /** @type {Map<string, PullPayment>} */
  #pullPayments;
  /** @type {Map<string, Payout>} */
  #payouts;
  #clock;
  #journal;
  #prices;

  /**
   * @param {object} parts
   * @param {import('../clock.js').Clock} parts.clock
   * @param {import('../journal.js').Journal} parts.journal
   * @param {Record<string, string>} parts.prices of 1 BTC, by currency
   */
  constructor({ clock, journal, prices }) {
    this.#clock = clock;
    this.#journal = journal;
    this.#prices = prices;
    this.#pullPayments = journal.load('pullPayment');
    this.#payouts = journal.load('payout');
  }

  /** @param {string | undefined} id */
  find(id) {
    return this.#pullPayments.get(id ?? '');
  }

  /** @param {string | undefined} id */
  findPayout(id) {
    return this.#payouts.get(id ?? '');
  }

  /**
   * @param {string} [storeId]
   * @returns {PullPayment[]} newest first
   */
  all(storeId) {
    const all = [...this.#pullPayments.values()].reverse();
    return storeId === undefined ? all : all.filter((pullPayment) => pullPayment.storeId === storeId);
  }

  /**
   * @param {string} [pullPaymentId]
   * @returns {Payout[]} newest first
   */
  payouts(pullPaymentId) {
    const all = [...this.#payouts.values()].reverse();
    return pullPaymentId === undefined ? all : all.filter((payout) => payout.pullPaymentId === pullPaymentId);
  }

  /** What may still be claimed, in the pull payment's currency. @param {PullPayment} pullPayment */
  remaining({ id, amount }) {
    const open = this.payouts(id).filter(({ state }) => state !== 'Cancelled');
    return open.reduce((left, payout) => left.minus(Decimal.of(payout.originalAmount)), Decimal.of(amount));
  }

  /**
   * @param {import('./stores.js').Store} store
   * @param {NewPullPayment} request
   * @returns {PullPayment}
   */
  create(store, request) {
    return this.#put({
      id: longId(),
      storeId: store.id,
      invoiceId: request.invoiceId ?? null,
      name: request.name ?? '',
      description: request.description ?? '',
      currency: request.currency,
      amount: request.amount.toString(),
      // The server starts one a second early, so that it has begun by the time it is answered for.
      startsAt: request.startsAt ?? this.#clock.now() - 1,
      expiresAt: request.expiresAt ?? null,
      bolt11Expiration: request.bolt11Expiration ?? BOLT11_EXPIRATION,
      autoApproveClaims: request.autoApproveClaims ?? false,
      payoutMethods: request.payoutMethods ?? payoutMethodsOf(store),
      archived: false,
    });
  }

  /**
   * A customer asks for money.
   * @param {string | undefined} id the pull payment's
   * @param {{ destination?: string | null, method?: string | null, amount?: string | null }} claim `method`: default the
   *   pull payment's first; `amount`: in its currency, default what is left
   * @returns {Payout}
   * @throws {import('./errors.js').ApiError} 400, 404, 422
   */
  claim(id, { destination, method, amount }) {
    const pullPayment = this.find(id);
    const methodId = payoutMethodIdOf(method ?? pullPayment?.payoutMethods[0] ?? '');
    if (!methodId) throw invalid([{ path: 'PayoutMethodId', message: 'Invalid payment method' }]);
    if (!pullPayment) throw pullPaymentNotFound();
    const target = readDestination(methodId, destination ?? '');
    if ('error' in target) throw invalid([{ path: 'Destination', message: target.error }]);
    const asked = readClaimed(amount ?? null, target.amount, pullPayment.currency);
    const problem = this.#obstacle(pullPayment, methodId, target);
    if (problem) throw failed(400, ...problem);
    const remaining = this.remaining(pullPayment);
    const claimed = asked ?? remaining;
    if (claimed.compare(remaining) > 0) {
      throw failed(400, 'overdraft', "The payout amount overdraft the pull payment's limit");
    }
    if (claimed.sign() <= 0) throw tooLow();
    const payout = this.#putPayout({
      id: longId(),
      storeId: pullPayment.storeId,
      pullPaymentId: pullPayment.id,
      date: this.#clock.now(),
      destination: target.text,
      methodId,
      originalCurrency: pullPayment.currency,
      originalAmount: claimed.toString(),
      amount: null,
      state: 'AwaitingApproval',
      revision: 0,
      paymentProof: null,
    });
    const rated = this.#rateFor(payout) !== null;
    return pullPayment.autoApproveClaims && rated ? this.approve(payout.id) : payout;
  }

  /**
   * What keeps a claim from being made.
   * @param {PullPayment} pullPayment
   * @param {string} methodId
   * @param {import('./destinations.js').Destination} destination
   * @returns {[code: string, message: string] | null}
   */
  #obstacle({ archived, startsAt, expiresAt, payoutMethods }, methodId, { text, unique }) {
    const now = this.#clock.now();
    if (archived) return ['archived', 'This pull payment has been archived'];
    if (expiresAt !== null && now > expiresAt) return ['expired', 'This pull payment is expired'];
    if (now < startsAt) return ['not-started', 'This pull payment has yet started'];
    if (!payoutMethods.includes(methodId)) {
      return ['payment-method-not-supported', 'This payment method is not supported by the pull payment'];
    }
    const open = this.payouts().filter(({ state }) => state !== 'Completed' && state !== 'Cancelled');
    if (unique && open.some((payout) => payout.destination === text)) {
      return ['duplicate-destination', 'This address is already used for another payout'];
    }
    return null;
  }

  /**
   * The store agrees to a claim: its amount in coins is fixed at the rate of the moment.
   * @param {string | undefined} payoutId
   * @param {number} [revision] refused if it is not the payout's
   * @returns {Payout}
   * @throws {import('./errors.js').ApiError} 400, 404
   */
  approve(payoutId, revision) {
    const payout = this.#payout(payoutId);
    const rate = this.#rateFor(payout);
    if (rate === null) {
      const pair = `${COIN}_${payout.originalCurrency}`;
      throw failed(400, 'rate-unavailable', `Rate unavailable: No rate is known for ${pair}`);
    }
    if (payout.state !== 'AwaitingApproval') {
      throw failed(400, 'invalid-state', 'The payout is not in a state that can be approved');
    }
    // The server says of an old revision what it says of a small amount.
    if (revision !== undefined && revision !== payout.revision) {
      throw failed(400, 'old-revision', 'The crypto amount is too small.');
    }
    const target = readDestination(payout.methodId, payout.destination);
    const coins = Decimal.of(payout.originalAmount).dividedUp(rate, COIN_DIGITS);
    if ('error' in target || coins.compare(target.least) < 0) {
      this.#putPayout({ ...payout, state: 'Cancelled' });
      throw tooLow('The crypto amount is too small.');
    }
    return this.#putPayout({ ...payout, state: 'AwaitingPayment', amount: coins.toString() });
  }

  /**
   * The merchant pays a claim by hand, which approves it first where it waits for that.
   * @param {string | undefined} payoutId
   * @returns {Payout}
   * @throws {import('./errors.js').ApiError} 400, 404
   */
  pay(payoutId) {
    const { id, state } = this.#payout(payoutId);
    if (state === 'AwaitingApproval') this.approve(id);
    return this.mark(id, 'Completed');
  }

  /**
   * @param {string | undefined} payoutId
   * @param {PayoutState} state
   * @param {Record<string, unknown> | null} [paymentProof]
   * @returns {Payout}
   * @throws {import('./errors.js').ApiError} 400, 404
   */
  mark(payoutId, state, paymentProof = null) {
    if (state === 'Cancelled') return this.cancel(payoutId);
    const payout = this.#payout(payoutId);
    const ends = state === 'Completed' || state === 'InProgress';
    const mayEnd = payout.state === 'AwaitingPayment' || payout.state === 'InProgress';
    const refused =
      payout.state === 'Completed' ||
      (ends && !mayEnd) ||
      (state === 'AwaitingPayment' && payout.state !== 'InProgress');
    if (refused) throw unmarkable();
    return this.#putPayout({ ...payout, state, paymentProof: ends ? paymentProof : null });
  }

  /**
   * @param {string | undefined} payoutId
   * @returns {Payout}
   * @throws {import('./errors.js').ApiError} 400 once it is being paid, 404
   */
  cancel(payoutId) {
    const payout = this.#payout(payoutId);
    if (payout.state === 'Completed' || payout.state === 'InProgress') throw unmarkable();
    return this.#putPayout({ ...payout, state: 'Cancelled' });
  }

  /**
   * Takes a pull payment back, with every claim that is not being paid yet.
   * @param {string | undefined} id
   * @throws {import('./errors.js').ApiError} 404
   */
  archive(id) {
    const pullPayment = this.find(id);
    if (!pullPayment) throw pullPaymentNotFound();
    this.#put({ ...pullPayment, archived: true });
    for (const payout of this.payouts(pullPayment.id)) {
      if (payout.state !== 'Completed' && payout.state !== 'InProgress') this.cancel(payout.id);
    }
  }

  /** @param {string | undefined} id */
  #payout(id) {
    const payout = this.findPayout(id);
    if (!payout) throw payoutNotFound();
    return payout;
  }

  /** @param {Payout} payout */
  #rateFor({ originalCurrency }) {
    const price = originalCurrency === COIN ? '1' : this.#prices[originalCurrency];
    return price === undefined ? null : Decimal.of(price);
  }

  /** @param {PullPayment} pullPayment */
  #put(pullPayment) {
    this.#pullPayments.set(pullPayment.id, pullPayment);
    this.#journal.put('pullPayment', pullPayment.id, pullPayment);
    return pullPayment;
  }

  /** @param {Payout} payout */
  #putPayout(payout) {
    this.#payouts.set(payout.id, payout);
    this.#journal.put('payout', payout.id, payout);
    return payout;
  }
}

/** @param {import('./stores.js').Store} store */
export const payoutMethodsOf = (store) => store.paymentMethods.filter((id) => payoutMethodIdOf(id) === id);

/** Pull payments and payouts have longer ids than invoices: Base58 of 20 random bytes. */
const longId = () => base58(randomBytes(20));

const tooLow = (message = 'The requested payout amount is too low') => failed(400, 'amount-too-low', message);

const unmarkable = () =>
  failed(400, 'invalid-state', 'The payout is not in a state that can be marked with the specified state');

/**
 * The amount claimed: what the claim says, limited by what its destination says where the two can be compared.
 * @param {string | null} amount
 * @param {Decimal | null} destinationCoins
 * @param {string} currency
 * @returns {Decimal | null} null: all that is left
 */
function readClaimed(amount, destinationCoins, currency) {
  const asked = amount === null || amount.trim() === '' ? null : Decimal.parse(amount);
  if (amount !== null && amount.trim() !== '' && !asked)
    throw invalid([{ path: 'amount', message: 'Expected a decimal.' }]);
  const perCoin = { [COIN]: '1', SATS: '100000000' }[currency];
  if (!destinationCoins || perCoin === undefined) return asked;
  const wanted = destinationCoins.times(Decimal.of(perCoin)).trimmed();
  if (!asked || wanted.compare(asked) <= 0) return wanted;
  const message = `The destination's amount (${wanted} ${currency}) is more than the claimed amount (${asked} ${currency}).`;
  throw invalid([{ path: 'Amount', message }]);
}
