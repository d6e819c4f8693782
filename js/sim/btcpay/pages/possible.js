/** What can happen to an invoice now, and for the rest why it cannot. */

/** @typedef {ReturnType<typeof import('../views.js').invoiceView>} InvoiceView */
/** @typedef {keyof typeof import('./texts/world.js').WORLD_TEXTS.en.labels} Deed */
/** @typedef {keyof typeof import('./texts/world.js').WORLD_TEXTS.en.reasons} Reason */

/**
 * @typedef {object} Possible
 * @property {Deed} deed
 * @property {string} path below the root path
 * @property {Record<string, string>} fields
 * @property {Reason | null} reason why not; null: it can be done
 * @property {number} [seconds] by which the clock is moved
 * @property {boolean} [asksCoins] the person says how much
 */

const LIGHTNING = 'BTC-LN';
const ON_CHAIN = 'BTC-CHAIN';

/**
 * @param {InvoiceView} invoice
 * @param {string} chosen the payment method that is shown
 * @param {number} secondsToGiveUp until the server no longer watches the payments
 * @returns {Possible[]}
 */
export function possible(invoice, chosen, secondsToGiveUp) {
  const { id, status, secondsLeft } = invoice;
  const waiting = invoice.paymentMethods
    .flatMap(({ payments }) => payments)
    .filter((payment) => payment.status === 'Processing');
  const last = waiting.at(-1);
  const pay = `/sim/invoices/${id}/pay`;
  const replace = `/sim/invoices/${id}/replace`;
  const other = chosen === LIGHTNING ? ON_CHAIN : LIGHTNING;
  const open = openReason(invoice);
  const part = takesOnChain(invoice) ?? certain(invoice) ?? partReason(invoice);
  const unconfirmed = last ? null : 'unconfirmed';
  const clock = (/** @type {number} */ seconds) => ({
    path: '/sim/clock',
    fields: { advance: String(seconds), invoice: id },
    seconds,
  });
  return [
    { deed: 'pay', path: pay, fields: payBy(chosen), reason: open, asksCoins: invoice.asksAnyAmount },
    ...(takes(invoice, other)
      ? [
          /** @type {Possible} */ ({
            deed: other === LIGHTNING ? 'payLightning' : 'payOnchain',
            path: pay,
            fields: payBy(other),
            reason: open,
            asksCoins: invoice.asksAnyAmount,
          }),
        ]
      : []),
    { deed: 'half', path: pay, fields: { ...payBy(ON_CHAIN), amount: 'half' }, reason: part },
    { deed: 'over', path: pay, fields: { ...payBy(ON_CHAIN), amount: 'over' }, reason: part },
    { deed: 'again', path: pay, fields: payBy(ON_CHAIN), reason: takesOnChain(invoice) ?? againReason(invoice) },
    {
      deed: 'late',
      path: pay,
      fields: payBy(ON_CHAIN),
      reason: takesOnChain(invoice) ?? certain(invoice) ?? lateReason(invoice),
    },
    {
      deed: 'bump',
      path: replace,
      fields: { paymentId: last?.id ?? '', amount: last?.value ?? '' },
      reason: unconfirmed,
    },
    { deed: 'doubleSpend', path: replace, fields: { paymentId: last?.id ?? '' }, reason: unconfirmed },
    { deed: 'mine', path: '/sim/mine', fields: { invoice: id }, reason: unconfirmed },
    { deed: 'wait', path: `/sim/invoices/${id}/expire`, fields: {}, seconds: secondsLeft, reason: waitReason(status) },
    { deed: 'giveUp', ...clock(secondsToGiveUp), reason: unconfirmed ?? giveUpReason(status) },
  ];
}

/**
 * @param {InvoiceView} invoice
 * @param {string} methodId
 */
const takes = ({ paymentMethods }, methodId) =>
  paymentMethods.some((method) => method.paymentMethodId === methodId && method.destination !== null);

/** @param {InvoiceView} invoice @returns {Reason | null} */
const takesOnChain = (invoice) => (takes(invoice, ON_CHAIN) ? null : 'noChain');

/** @param {InvoiceView} invoice @returns {Reason | null} */
const certain = ({ asksAnyAmount }) => (asksAnyAmount ? 'anyAmount' : null);

/** @param {string} methodId @returns {Record<string, string>} */
function payBy(methodId) {
  if (methodId === LIGHTNING) return { method: 'lightning' };
  return methodId === ON_CHAIN ? { method: 'onchain' } : {};
}

/** @param {InvoiceView} invoice @returns {Reason | null} */
function openReason({ status }) {
  if (status === 'New') return null;
  return status === 'Expired' ? 'expired' : status === 'Invalid' ? 'invalid' : 'paid';
}

/** @param {InvoiceView} invoice @returns {Reason | null} */
function partReason({ status, additionalStatus }) {
  if (status === 'New') return null;
  if (status === 'Expired') return additionalStatus === 'PaidLate' ? 'paidLate' : null;
  return status === 'Invalid' ? 'invalid' : 'paid';
}

/** @param {InvoiceView} invoice @returns {Reason | null} */
const againReason = ({ status }) => (status === 'Processing' || status === 'Settled' ? null : 'notPaid');

/** @param {InvoiceView} invoice @returns {Reason | null} */
const lateReason = (invoice) => (invoice.status === 'New' ? 'notExpired' : partReason(invoice));

/** @param {InvoiceView['status']} status @returns {Reason | null} */
function waitReason(status) {
  if (status === 'New') return null;
  return status === 'Expired' ? 'over' : status === 'Invalid' ? 'invalid' : 'neverExpires';
}

/** @param {InvoiceView['status']} status @returns {Reason | null} */
function giveUpReason(status) {
  if (status === 'Processing') return null;
  return status === 'New' ? 'notPaid' : waitReason(status);
}
