/** One modal checkout at a time: does what the machine says, tells it what happens. */
import { btcpay, frameOf, loadBtcpay } from './btcpay.js';
import {
  ASK,
  BLOCKED,
  DISMISSED,
  END,
  FOCUS,
  GONE,
  HIDE,
  isOver,
  KNOWN,
  LINGER,
  LINGERED,
  loadMachine,
  NO_ANSWER,
  READY,
  REDIRECT,
  RETURN,
  SHOW,
  STOPPED,
  TELL,
} from './machine.js';
import { readOptions } from './options.js';
import { announce, isolate } from './voice.js';

/** @import { CheckoutOptions, Outcome } from '../browser.js' */
/** @import { Machine } from './machine.js' */
/** @import { Checkout } from './options.js' */

/** Long enough to see that it worked, shorter than the server's page waits before it leads the customer away itself (2 s). */
const LINGER_MS = 1_500;

/** After this the customer is sent to the payment page itself: it works wherever anything works. */
const LOAD_MS = 15_000;

const POLL_MS = 4_000;
const ANSWER_MS = 6_000;

/** The page asks for an hour at most; nobody waits longer in front of it. */
const POLLS = 900;

/** The last one that was opened; also after its end, for it may be watched on. @type {Opened | undefined} */
let latest;

/** @typedef {{ invoiceId: string, outcome: Promise<Outcome>, stop: AbortController, isOpen: boolean }} Opened */

/**
 * @param {CheckoutOptions} options
 * @returns {Promise<Outcome>}
 */
export const openCheckout = async (options) => open(readOptions(options));

/**
 * @param {Checkout} checkout
 * @returns {Promise<Outcome>}
 */
export async function open(checkout) {
  checkout.signal?.throwIfAborted();
  if (latest?.isOpen && latest.invoiceId === checkout.invoiceId) return latest.outcome;
  latest?.stop.abort();
  const stop = new AbortController();
  checkout.signal?.addEventListener('abort', () => stop.abort(), { signal: stop.signal });
  const opened = { invoiceId: checkout.invoiceId, outcome: run(checkout, stop.signal), stop, isOpen: true };
  latest = opened;
  const outcome = await opened.outcome;
  opened.isOpen = false;
  return outcome;
}

/**
 * @param {Checkout} checkout
 * @param {AbortSignal} stopped
 * @returns {Promise<Outcome>}
 */
async function run(checkout, stopped) {
  announce(checkout.texts.opening);
  try {
    const machine = await loadMachine();
    return await new Promise((resolve) => watch(machine, checkout, stopped, resolve));
  } catch (error) {
    if (stopped.aborted) return 'closed';
    explain(error);
    tell(checkout, 'redirected');
    location.assign(checkout.checkoutLink);
    return 'redirected';
  }
}

/**
 * @param {Machine} machine
 * @param {Checkout} checkout
 * @param {AbortSignal} stopped
 * @param {(outcome: Outcome) => void} resolve
 */
function watch(machine, checkout, stopped, resolve) {
  const { invoiceId, base, origin, statusUrl } = checkout;
  let state = machine.begin(statusUrl !== undefined);
  /** @type {HTMLElement | null} */
  let frame = null;
  let release = () => {};
  let polls = 0;
  let isAsking = false;
  let question = 0;

  /** The listeners of an open modal, and those of the whole time. */
  const whileOpen = new AbortController();
  const whole = new AbortController();
  const poll = setInterval(look, POLL_MS);
  const late = setTimeout(() => block('it did not load in time'), LOAD_MS);

  /** @param {number} step */
  function take(step) {
    state = step & 0xffff;
    const known = KNOWN[step & 7] ?? 'closed';
    if (step & TELL) tell(checkout, known);
    if (step & SHOW) show();
    if (step & FOCUS) focus();
    if (step & HIDE) hide();
    if (step & (HIDE | ASK | END)) {
      release();
      release = () => {};
    }
    if (step & LINGER) setTimeout(() => say(LINGERED), LINGER_MS);
    if (step & ASK) ask();
    if (step & END) end(step & REDIRECT ? 'redirected' : known);
    if (isOver(step)) {
      clearInterval(poll);
      whole.abort();
    }
    if (step & RETURN && checkout.returnUrl) location.assign(checkout.returnUrl);
    if (step & REDIRECT) location.assign(checkout.checkoutLink);
  }

  /** @param {number} signal */
  const say = (signal) => take(machine.signal(state, signal));

  /** @param {unknown} reason */
  function block(reason) {
    const before = state;
    say(BLOCKED);
    if (state !== before) explain(reason);
  }

  function show() {
    try {
      const script = /** @type {import('./btcpay.js').Btcpay} */ (btcpay());
      script.setApiUrlPrefix(base);
      script.onModalWillLeave(() => say(GONE));
      // Not earlier: the script has to hear each message first, for it shows the frame by them.
      window.addEventListener('message', (event) => take(machine.message(state, event, origin, invoiceId)), whileOpen);
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      script.showInvoice(invoiceId, calm ? { animateEntrance: false } : undefined);
      frame = frameOf();
      if (frame) frame.title = checkout.texts.title;
    } catch (error) {
      block(error);
    }
  }

  function focus() {
    clearTimeout(late);
    if (frame) release = isolate(frame);
  }

  function hide() {
    // Whoever took the frame out of the page did not tell.
    if (frame?.isConnected) btcpay()?.hideFrame();
  }

  /** @param {Outcome} outcome */
  function end(outcome) {
    clearTimeout(late);
    whileOpen.abort();
    if (outcome === 'closed' || outcome === 'redirected') tell(checkout, outcome);
    else announce(checkout.texts[outcome]);
    resolve(outcome);
  }

  async function ask() {
    if (statusUrl === undefined) return;
    question += 1;
    const asked = question;
    isAsking = true;
    const standing = await askShop(statusUrl);
    // A question that was asked later has the better answer.
    if (asked !== question) return;
    isAsking = false;
    if (standing === undefined) say(NO_ANSWER);
    else take(machine.answer(state, standing));
  }

  function look() {
    if (frame && !frame.isConnected) say(GONE);
    polls += 1;
    if (polls > POLLS) return clearInterval(poll);
    if (!document.hidden && !isAsking) ask();
  }

  document.addEventListener('keydown', ({ key }) => key === 'Escape' && say(DISMISSED), whileOpen);
  document.addEventListener(
    'securitypolicyviolation',
    ({ blockedURI, disposition, effectiveDirective }) => {
      // What a shop only tries out (Content-Security-Policy-Report-Only) is let through.
      if (disposition === 'enforce' && /^(script|frame)-src/.test(effectiveDirective) && blockedURI.startsWith(origin))
        block(`${effectiveDirective} forbids it`);
    },
    whileOpen,
  );
  // Back from a wallet, or from another tab.
  document.addEventListener('visibilitychange', () => document.hidden || look(), whole);
  stopped.addEventListener('abort', () => say(STOPPED), whole);
  if (stopped.aborted) return say(STOPPED);
  ask();
  loadBtcpay(base).then(
    () => say(READY),
    () => block('btcpay.js did not load'),
  );
}

/**
 * @param {string} statusUrl
 * @returns {Promise<unknown>} undefined where there is no answer
 */
async function askShop(statusUrl) {
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(statusUrl, { headers: { accept: 'application/json' }, cache: 'no-store', signal });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {Checkout} checkout
 * @param {Outcome} outcome
 */
function tell({ texts, target, invoiceId }, outcome) {
  announce(texts[outcome]);
  target.dispatchEvent(new CustomEvent(outcome, { bubbles: true, detail: { invoiceId } }));
}

let isExplained = false;

/** @param {unknown} reason */
function explain(reason) {
  if (isExplained) return;
  isExplained = true;
  console.warn('kessai: the modal checkout cannot be shown, so customers pay on the payment page itself.', reason);
}
