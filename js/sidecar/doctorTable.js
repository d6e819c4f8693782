import { styleText } from 'node:util';
import { padEnd, plain, widthOf, wrap } from './lines.js';

/** @import { Diagnosis } from './doctor.js' */
/** @import { Texts, Verdict } from './doctorTexts.js' */

/** @typedef {Diagnosis['checks'][number]} Check */
/** @typedef {{ verdict: Verdict, title: string, texts: string[], remedy?: string | undefined }} Row */

/** Beside each word, so that neither colour nor language is needed. @type {Record<Verdict, string>} */
const MARKS = { ok: '✓', note: 'i', skipped: '–', warning: '!', failed: '✗' };

/** @type {Partial<Record<Verdict, Parameters<typeof styleText>[0]>>} */
const COLOURS = { ok: 'green', note: 'cyan', warning: 'yellow', failed: 'red' };

/** Worst first. @type {Verdict[]} */
const ORDER = ['failed', 'warning', 'skipped', 'note', 'ok'];

const PERMISSION = 'key.permission/';

/** A title that is wider has a line of its own. */
const WIDEST_TITLE = 26;

/** Where titles would leave less than this for the text, it goes below them. */
const NARROWEST_TEXT = 34;

/**
 * The diagnosis as a person reads it.
 * @param {Diagnosis} diagnosis
 * @param {{ texts: Texts, width: number, hasColours: boolean }} how `width` in columns
 * @returns {string[]} lines
 */
export function tableOf({ checks }, { texts, width, hasColours }) {
  const groups = groupsOf(checks, texts);
  const word = Math.max(...Object.values(texts.verdicts).map(widthOf));
  const titles = groups.flatMap(({ rows }) => rows.map(({ title }) => widthOf(title)));
  const title = Math.max(...titles.filter((one) => one <= WIDEST_TITLE), 0);
  const beside = 2 + 2 + word + 2 + title + 2;
  const columns = {
    word,
    title,
    text: width - beside < NARROWEST_TEXT ? 6 : beside,
    isBeside: width - beside >= NARROWEST_TEXT,
  };
  const lines = groups.flatMap(({ name, rows }) => [
    '',
    name,
    ...rows.flatMap((row) => rowLines(row, { texts, width, hasColours, columns })),
  ]);
  return [...lines.slice(1), '', ...endOf(checks, texts, width)];
}

/**
 * @param {Row} row
 * @param {{ texts: Texts, width: number, hasColours: boolean, columns: { word: number, title: number, text: number, isBeside: boolean } }} how
 * @returns {string[]}
 */
function rowLines({ verdict, title, texts: body, remedy }, { texts, width, hasColours, columns }) {
  const word = `${MARKS[verdict]} ${padEnd(texts.verdicts[verdict], columns.word)}`;
  const colour = hasColours && COLOURS[verdict];
  const head = `  ${colour ? styleText(colour, word) : word}  ${padEnd(title, columns.title)}`;
  const lines = [...body.flatMap((one) => wrap(one, width - columns.text)), ...mendOf(remedy, width - columns.text)];
  const isBeside = columns.isBeside && widthOf(title) <= columns.title;
  const below = (isBeside ? lines.slice(1) : lines).map((line) => ' '.repeat(columns.text) + line);
  return [isBeside ? `${head}  ${lines[0]}` : head.trimEnd(), ...below];
}

/**
 * @param {string | null | undefined} remedy
 * @param {number} width
 */
const mendOf = (remedy, width) =>
  remedy ? wrap(remedy, width - 2).map((line, at) => (at === 0 ? `→ ${line}` : `  ${line}`)) : [];

/**
 * @param {Check[]} checks
 * @param {Texts} texts
 */
function groupsOf(checks, texts) {
  const names = [...new Set(checks.map(groupOf))];
  return names.map((name) => {
    const own = checks.filter((check) => groupOf(check) === name);
    return { name: texts.groups[name] ?? name, rows: rowsOf(own, texts) };
  });
}

/** @param {Check} check */
const groupOf = ({ id }) => String(id.split('.')[0]);

/**
 * The checks of a group as rows: permissions that the key has are one, and so is what was not looked at.
 * @param {Check[]} checks
 * @param {Texts} texts
 * @returns {Row[]}
 */
function rowsOf(checks, texts) {
  const held = checks.filter((check) => check.verdict === 'ok' && isPermission(check));
  const skipped = checks.filter(({ verdict }) => verdict === 'skipped');
  return checks.flatMap((check) => {
    const { verdict, title, meaning, remedy } = check;
    if (held.includes(check)) return check === held[0] ? [heldRow(held, texts)] : [];
    if (verdict === 'skipped' && skipped.length > 1) return check === skipped[0] ? [skippedRow(skipped, texts)] : [];
    return [{ verdict, title: plain(title), texts: [plain(meaning)], remedy: remedy ? plain(remedy) : undefined }];
  });
}

/** @param {Check} check */
const isPermission = ({ id }) => id.startsWith(PERMISSION);

/**
 * @param {Check[]} held
 * @param {Texts} texts
 * @returns {Row}
 */
function heldRow(held, { permissions, joiner }) {
  const names = held.map(({ id }) => id.slice(PERMISSION.length).replace(/^btcpay\.store\./, ''));
  return { verdict: 'ok', title: permissions, texts: [names.join(joiner)] };
}

/**
 * @param {Check[]} skipped
 * @param {Texts} texts
 * @returns {Row}
 */
function skippedRow(skipped, { permissions, joiner }) {
  const names = skipped.map((check) => (isPermission(check) ? permissions : plain(check.title)));
  return {
    verdict: 'skipped',
    title: '',
    texts: [[...new Set(names)].join(joiner), plain(String(skipped[0]?.meaning))],
  };
}

/**
 * @param {Check[]} checks
 * @param {Texts} texts
 * @param {number} width
 */
function endOf(checks, texts, width) {
  const withVerdict = (/** @type {Verdict} */ verdict) => checks.filter((check) => check.verdict === verdict);
  const present = ORDER.filter((verdict) => withVerdict(verdict).length > 0);
  const counts = present.map((verdict) => texts.counts[verdict](withVerdict(verdict).length)).join(texts.separator);
  const first = withVerdict('failed')[0] ?? withVerdict('warning')[0];
  const advice = first ? adviceOn(first, texts, width) : wrap(texts.sound, width);
  const hint = checks.some(({ found }) => found === 'noAddress') ? wrap(texts.noAddress, width) : [];
  return [...wrap(counts, width), ...advice, ...hint];
}

/**
 * @param {Check} first what is to be mended first
 * @param {Texts} texts
 * @param {number} width
 */
function adviceOn({ id, title, remedy }, texts, width) {
  const isByHand = id.startsWith('webhook.') && remedy?.includes(texts.page);
  const more = isByHand ? [texts.byHand, texts.again] : [texts.again];
  return [
    ...wrap(`${texts.first}: ${plain(title)}`, width),
    ...mendOf(plain(remedy ?? ''), width),
    ...more.flatMap((line) => wrap(line, width)),
  ];
}
