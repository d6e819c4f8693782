/** What the shop should show, and the effects that take it there. */
import { readFileSync } from 'node:fs';
import { CASES } from './status.js';

/** @typedef {import('./status.js').Json} Json */
/** @typedef {ReturnType<typeof import('./status.js').fold>} Fold */
/** @typedef {{ kind: 'note' | 'mail' | 'alert', code: string, key: string, invoice: string }} Notice */

/** @param {string} language */
const catalogue = (language) =>
  JSON.parse(readFileSync(new URL(`../../src/messages/${language}.json`, import.meta.url), 'utf8'));

/** @type {Record<string, Json>} */
const TEXTS = { en: catalogue('en'), ja: catalogue('ja') };

/**
 * @param {Json} record changed: what the shop was told is written into it
 * @param {Fold} folded
 * @param {{ settings: Json, shop: Json, now: number }} context
 * @returns {Json[]} effects
 */
export function settle(record, folded, context) {
  if (!folded.sure) return [];
  const { settings, shop, now } = context;
  const applied = record.applied ?? {};
  const wanted = levels(folded, settings.statuses ?? {});
  const handsOff = record.handsOff ?? movedByAnother(applied, wanted, shop, settings.statuses?.initial);
  const goodsAreOut = shop.shipped || applied.goods === 'release';
  const lowered = (CASES[applied.case]?.rank ?? -1) > folded.case.rank;
  const withdrawn = goodsAreOut && folded.case.standing !== 'paid' && lowered;
  const frozen = handsOff !== undefined || shop.shipped || withdrawn;
  const said = notices(folded, record.told ?? {}, frozen);
  const isPaidOtherwise = shop.method && shop.method !== 'btcpay';
  for (const { id, attempt, case: now } of folded.seen.filter(({ sure }) => sure)) {
    if (now.name === 'markedInvalid' && hasMoneySinceMark(attempt.facts))
      said.push(notice('alert', 'paidClosed', id, id));
    if (now.standing === 'paid' && isPaidOtherwise) said.push(notice('alert', 'paidOtherwise', id, id));
  }
  if (handsOff !== undefined && record.handsOff === undefined) {
    const before = Object.keys(record.told ?? {}).filter((key) => key.startsWith('alert/handsOff/')).length;
    said.push(notice('alert', 'handsOff', `${before + 1}`, ''));
  }
  if (withdrawn) said.push(notice('alert', 'goodsAreOut', `${folded.case.name}/${folded.best?.id ?? ''}`, ''));

  /** @type {Json[]} */
  const effects = [];
  if (!frozen) record.applied = difference(applied, wanted, folded.case.name, shop.status, effects);
  record.handsOff = handsOff;
  /** @type {Json} */
  const told = {};
  const { notes, alerts } = /** @type {Json} */ (TEXTS[settings.language ?? 'en']);
  const asked = record.acts?.findLast((/** @type {Json} */ act) => act.terms)?.terms.language ?? '';
  const { mails } = /** @type {Json} */ (TEXTS[asked.split(/[-_]/)[0]] ?? TEXTS[settings.language ?? 'en']);
  for (const { kind, key, code, invoice } of said) {
    if (record.told?.[key] || told[key]) continue;
    told[key] = kind === 'alert' ? { t: now, open: true } : { t: now };
    const template = (kind === 'note' ? notes : kind === 'mail' ? mails : alerts)[code];
    effects.push({
      kind,
      key,
      code,
      text: template.replace('{invoice}', invoice).replace('{order}', record.order),
    });
  }
  hideOutdatedAlerts(folded, record.told ?? {});
  if (Object.keys(told).length > 0) record.told = sorted({ ...record.told, ...told });
  return effects;
}

/**
 * Whether money came once the merchant had marked the invoice invalid.
 * @param {Json} [facts]
 */
function hasMoneySinceMark(facts = {}) {
  const all = Object.entries(facts);
  const marks = all.filter(([key, { to }]) => key.startsWith('mark/') && to === 'invalid');
  const money = all.filter(([key, { after }]) => after && (key.startsWith('recv/') || key.startsWith('conf/')));
  return money.some(([, { t }]) => !marks.some(([, mark]) => t < mark.t));
}

const CASE_ALERTS = new Set(Object.values(CASES).flatMap(({ alert }) => alert ?? []));

/**
 * @param {Fold} folded
 * @param {Json} told
 */
function hideOutdatedAlerts(folded, told) {
  for (const [key, entry] of Object.entries(told)) {
    const [kind, code = '', invoice] = key.split('/');
    if (kind !== 'alert' || !entry.open || !CASE_ALERTS.has(code)) continue;
    const about = folded.seen.find(({ id, sure }) => id === invoice && sure);
    if (!about) continue;
    if (about.case.alert === code) delete entry.gone;
    else entry.gone = true;
  }
}

/**
 * @param {Json} map
 * @returns {Json}
 */
function sorted(map) {
  /** @type {Json} */
  const inOrder = {};
  for (const key of Object.keys(map).sort()) inOrder[key] = map[key];
  return inOrder;
}

/**
 * @param {Fold} folded
 * @param {Json} statuses
 */
function levels(folded, { map, stock = true, points = false, releaseOn = [] }) {
  const { name, standing, status } = folded.case;
  const kept = standing === 'closed' ? 'returned' : 'taken';
  return {
    status: map?.[name] === undefined ? status : map[name],
    stock: stock ? kept : undefined,
    points: points ? kept : undefined,
    paidDate: standing === 'paid' && folded.best ? paidAt(folded.best) : undefined,
    goods: standing === 'paid' || releaseOn.includes(name) ? 'release' : 'hold',
  };
}

/** @param {import('./status.js').Seen} seen */
function paidAt({ attempt: { facts = {}, doc }, case: { name } }) {
  const latest = (/** @type {string} */ kind, /** @type {(fact: Json) => boolean} */ counts) => {
    const times = Object.keys(facts).filter((key) => key.startsWith(kind) && counts(facts[key]));
    return times.length > 0 ? Math.max(...times.map((key) => facts[key].t)) : undefined;
  };
  const listed = () => {
    if (!doc) return undefined;
    const payments = Object.values(doc.payments ?? {});
    return payments.length > 0 ? Math.max(...payments.map((payment) => payment.at)) : doc.t;
  };
  if (name === 'markedSettled') return latest('mark/', (mark) => mark.to === 'settled') ?? listed();
  return facts.settled?.t ?? latest('conf/', () => true) ?? listed();
}

/**
 * @param {Json} applied
 * @param {Json} wanted
 * @param {Json} shop
 * @param {string[]} [initial]
 */
function movedByAnother(applied, wanted, { status, method }, initial = ['awaiting']) {
  if (method !== undefined && method !== null && method !== 'btcpay') return 'otherMethod';
  const ours = applied.status === status || wanted.status === status || initial.includes(status);
  return ours ? undefined : 'movedByHand';
}

/**
 * @param {Json} applied
 * @param {ReturnType<typeof levels>} wanted
 * @param {string} name
 * @param {string} shown
 * @param {Json[]} effects
 */
function difference(applied, wanted, name, shown, effects) {
  const { case: _case, status, stock, points, paidDate, goods, ...rest } = applied;
  const now = {
    case: name,
    status: wanted.status ?? status,
    stock: wanted.stock ?? stock,
    points: wanted.points ?? points,
    paidDate: wanted.paidDate,
    goods: wanted.goods,
    ...rest,
  };
  if (wanted.status !== null && wanted.status !== shown)
    effects.push({ kind: 'status', to: wanted.status, case: name });
  if (wanted.stock && wanted.stock !== (stock ?? 'taken')) effects.push({ kind: 'stock', to: wanted.stock });
  if (wanted.points && wanted.points !== (points ?? 'taken')) effects.push({ kind: 'points', to: wanted.points });
  if (wanted.paidDate !== paidDate) effects.push({ kind: 'paidDate', to: wanted.paidDate ?? null });
  if (wanted.goods !== (goods ?? 'hold')) effects.push({ kind: 'goods', to: wanted.goods });
  return now;
}

/**
 * @param {Notice['kind']} kind
 * @param {string} code
 * @param {string} about
 * @param {string} invoice
 * @returns {Notice}
 */
const notice = (kind, code, about, invoice) => ({ kind, code, key: `${kind}/${code}/${about}`, invoice });

/**
 * @param {Fold} folded
 * @param {Json} told
 * @param {boolean} frozen
 */
function notices(folded, told, frozen) {
  const said = [];
  for (const { id, case: now, contradiction, attempt, sure } of folded.seen) {
    if (!sure) continue;
    said.push(notice('note', now.name, id, id));
    if (now.alert) said.push(notice('alert', now.alert, id, id));
    if (contradiction) said.push(notice('alert', 'contradiction', id, id));
    if (attempt.surplus) said.push(notice('alert', 'surplusInvoice', id, id));
  }
  if (folded.paidTwice) said.push(notice('alert', 'paidTwice', 'order', ''));
  if (!frozen) {
    const count = (/** @type {string} */ start) => Object.keys(told).filter((key) => key.startsWith(start)).length;
    const [paid, withdrawn] = [count('mail/paid/'), count('mail/withdrawn/')];
    const isPaid = folded.case.standing === 'paid';
    const invoice = folded.best?.id ?? '';
    if (isPaid && paid === withdrawn) said.push(notice('mail', 'paid', String(paid + 1), invoice));
    if (!isPaid && paid > withdrawn) said.push(notice('mail', 'withdrawn', String(paid), invoice));
  }
  return said;
}
