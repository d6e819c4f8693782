/** The money case of one BTCPay invoice, and the order as its invoices show it. */

/**
 * Rank, what it means for the goods, the status of a shop without names of its own, the merchant's alert.
 * @typedef {{ name: string, rank: number, standing: 'paid' | 'waiting' | 'closed', status: string, alert?: string }} Case
 */

/** @type {Record<string, Case>} */
export const CASES = Object.fromEntries(
  /** @type {[string, number, Case['standing'], string, string?][]} */ ([
    ['settled', 9, 'paid', 'paid'],
    ['settledOverpaid', 9, 'paid', 'paid', 'overpaid'],
    ['paidLate', 9, 'paid', 'paid', 'paidLate'],
    ['markedSettled', 9, 'paid', 'paid'],
    ['processing', 8, 'waiting', 'processing'],
    ['paidLateUnconfirmed', 8, 'waiting', 'review', 'paidLateUnconfirmed'],
    ['partlyPaid', 5, 'waiting', 'awaiting'],
    ['paidLatePartly', 5, 'waiting', 'review', 'paidPartly'],
    ['expiredPartlyPaid', 5, 'waiting', 'review', 'paidPartly'],
    ['new', 3, 'waiting', 'awaiting'],
    ['invalidWithMoney', 2, 'closed', 'review', 'invalidWithMoney'],
    ['markedInvalid', 1, 'closed', 'failed'],
    ['invalid', 0, 'closed', 'failed', 'invalid'],
    ['expiredUnpaid', 0, 'closed', 'cancelled'],
  ]).map(([name, rank, standing, status, alert]) => [name, { name, rank, standing, status, alert }]),
);

const HAS_MONEY = 8;

/** Cases that money after the closing of the invoice does not make unsure. */
const CLOSED = ['settled', 'settledOverpaid', 'markedSettled', 'markedInvalid', 'invalid', 'invalidWithMoney'];

/** @typedef {Record<string, any>} Json */

/** @typedef {{ id: string, attempt: Json, case: Case, sure: boolean, ask: boolean, contradiction: boolean }} Seen */

/**
 * @param {Record<string, Json>} attempts
 * @returns {{ seen: Seen[], best: Seen | undefined, case: Case, sure: boolean, paidTwice: boolean }}
 */
export function fold(attempts) {
  const seen = Object.keys(attempts).map((id) => view(id, /** @type {Json} */ (attempts[id])));
  /** @type {Seen | undefined} */
  let best;
  for (const one of seen) if (!best || isBetter(one, best)) best = one;
  const settled = best?.sure && best.case.standing === 'paid';
  return {
    seen,
    best,
    case: best?.case ?? /** @type {Case} */ (CASES.new),
    sure: settled || seen.every((one) => one.sure),
    paidTwice: seen.filter((one) => one.sure && one.case.rank >= HAS_MONEY).length > 1,
  };
}

/**
 * @param {Seen} one
 * @param {Seen} other
 */
function isBetter(one, other) {
  if (one.case.rank !== other.case.rank) return one.case.rank > other.case.rank;
  if (!one.attempt.surplus !== !other.attempt.surplus) return !one.attempt.surplus;
  if (one.attempt.no !== other.attempt.no) return one.attempt.no > other.attempt.no;
  return one.id > other.id;
}

/**
 * The first row that matches decides.
 * @param {string} id
 * @param {Json} attempt
 * @returns {Seen}
 */
function view(id, attempt) {
  const { facts = {}, doc, hard = [] } = attempt;
  const { settled, expired, paidAfter, invalid, processing } = facts;
  /** @type {Json[]} */
  const marks = [];
  /** @type {{ id: string, fact: Json }[]} */
  const payments = [];
  for (const key in facts) {
    if (key.startsWith('recv/') || key.startsWith('conf/')) payments.push({ id: key.slice(5), fact: facts[key] });
    else if (key.startsWith('mark/')) marks.push(facts[key]);
  }
  const isOpen = (/** @type {Json} */ fact) => !doc || fact.n >= doc.no;
  const isSettled = settled || hard.includes('settled');
  const isExpired = expired || paidAfter || hard.includes('expired');
  const isInvalid = invalid || hard.includes('invalid');
  const says = (/** @type {string} */ status) => doc?.status === status && doc.additional !== 'Marked';

  /** @returns {[string, boolean]} */
  function decide() {
    if (isSettled) return [settled?.over || doc?.over ? 'settledOverpaid' : 'settled', true];
    const marked = decideMarks(doc, doc?.additional === 'Marked' ? marks.filter(isOpen) : marks);
    if (marked) return marked;
    if (isInvalid) {
      const closedAt = invalid?.t ?? Infinity;
      const money =
        payments.some(({ fact }) => fact.after || fact.t > closedAt) ||
        (says('Invalid') && Object.values(doc.payments ?? {}).some((payment) => payment.settled));
      return [money ? 'invalidWithMoney' : 'invalid', true];
    }
    if (isExpired) return [decideExpired(attempt, isOpen, says('Expired')), true];
    if ((processing && isOpen(processing)) || says('Processing')) return ['processing', true];
    const money = payments.some(({ fact }) => isOpen(fact)) || Object.keys(doc?.payments ?? {}).length > 0;
    return [money ? 'partlyPaid' : 'new', true];
  }

  const [name, sure] = decide();
  const contradiction = Boolean(
    (isSettled && (isExpired || isInvalid || marks.length > 0)) || (isExpired && isInvalid),
  );
  const late = !CLOSED.includes(name) && payments.some(({ fact }) => fact.after && isOpen(fact));
  const ask =
    !sure ||
    late ||
    (contradiction && [settled, expired, paidAfter, invalid].some((fact) => fact && isOpen(fact))) ||
    (name === 'settled' && settled && (extraMoney(settled, payments, facts, isOpen) || overUnknown(settled, isOpen)));
  return {
    id,
    attempt,
    case: /** @type {Case} */ (CASES[name]),
    sure: sure && !late,
    ask: Boolean(ask),
    contradiction,
  };
}

/**
 * @param {Json | undefined} doc
 * @param {Json[]} open
 * @returns {[string, boolean] | undefined}
 */
function decideMarks(doc, open) {
  const said = doc?.additional === 'Marked' ? doc.status === 'Settled' : undefined;
  let settled = -Infinity;
  let invalid = -Infinity;
  for (const { to, t } of open) {
    if (to === 'settled') settled = Math.max(settled, t);
    else invalid = Math.max(invalid, t);
  }
  const name = (/** @type {boolean} */ isSettled) => (isSettled ? 'markedSettled' : 'markedInvalid');
  if (settled > -Infinity && invalid > -Infinity) return [name(settled > invalid), false];
  if (settled > -Infinity) return [name(true), said !== false];
  if (invalid > -Infinity) return [name(false), said !== true];
  return said === undefined ? undefined : [name(said), true];
}

/**
 * @param {Json} attempt
 * @param {(fact: Json) => boolean} isOpen
 * @param {boolean} said
 */
function decideExpired({ facts = {}, doc, hard = [], created }, isOpen, said) {
  if (hard.includes('lateSettled')) return 'paidLate';
  if ((facts.paidAfter && isOpen(facts.paidAfter)) || (said && doc.additional === 'PaidLate')) {
    return 'paidLateUnconfirmed';
  }
  if (!(said ? doc.additional === 'PaidPartial' : facts.expired?.partly)) return 'expiredUnpaid';
  const deadline = created?.expires ?? Infinity;
  const late =
    said &&
    Object.entries(doc.payments ?? {}).some(
      ([id, payment]) => payment.at > deadline || facts[`recv/${id}`]?.after === true,
    );
  return late ? 'paidLatePartly' : 'expiredPartlyPaid';
}

/**
 * A payment after the invoice was settled; in the same second only Lightning's own single payment is expected.
 * @param {Json} settled
 * @param {{ id: string, fact: Json }[]} payments
 * @param {Json} facts
 * @param {(fact: Json) => boolean} isOpen
 */
function extraMoney(settled, payments, facts, isOpen) {
  const several = () => new Set(payments.map(({ id }) => id)).size > 1;
  return payments.some(({ id, fact }) => {
    const seen = Math.min(facts[`recv/${id}`]?.t ?? Infinity, facts[`conf/${id}`]?.t ?? Infinity);
    return (seen > settled.t || (seen === settled.t && several())) && isOpen(fact);
  });
}

/**
 * Servers before 1.12 do not say whether too much came.
 * @param {Json} settled
 * @param {(fact: Json) => boolean} isOpen
 */
const overUnknown = (settled, isOpen) => settled.over === undefined && isOpen(settled);
