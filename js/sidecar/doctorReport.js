import { widthOf } from './lines.js';

/** @import { Diagnosis } from './doctor.js' */

/** @typedef {Diagnosis['checks'][number]} Check */

/** What the server says of its version, and nothing else of what it says. */
const VERSION = /BTCPay Server (\d{1,4}(?:\.\d{1,4}){1,3})/;

const WIDTH = 80;

/**
 * What a shop's owner may show to anybody: of each check its id, its verdict and the stable word for what was found, and
 * the versions. No text of a check is in it, because those name addresses, stores and what servers said.
 * @param {Diagnosis} diagnosis
 * @param {string} version kessai's
 * @returns {string} a fenced block, so that a forum or an issue shows it as it is
 */
export function reportOf({ verdict, checks }, version) {
  const server = VERSION.exec(checks.find(({ id }) => id === 'server.version')?.meaning ?? '')?.[1] ?? 'unknown';
  const { platform, arch, versions } = process;
  const head = `kessai ${version}, Node ${versions.node}, ${platform} ${arch}, BTCPay Server ${server}`;
  const told = checks.filter(({ verdict: one }) => one !== 'ok' && one !== 'skipped');
  const lines = [...table(told), ...list('skipped', checks), ...list('ok', checks)];
  return ['```', head, `verdict: ${verdict}`, ...lines, '```'].join('\n');
}

/** @param {Check[]} checks */
function table(checks) {
  const rows = checks.map(({ verdict, id, found }) => ({ verdict, id, found }));
  const widest = (/** @type {'verdict' | 'id'} */ column) => Math.max(...rows.map((row) => row[column].length), 0);
  return rows.map(
    ({ verdict, id, found }) => `${verdict.padEnd(widest('verdict'))}  ${id.padEnd(widest('id'))}  ${found}`,
  );
}

/**
 * The ids of one verdict, for which what was found says no more.
 * @param {'ok' | 'skipped'} verdict
 * @param {Check[]} checks
 */
function list(verdict, checks) {
  /** @type {string[]} */
  const lines = [];
  let line = `${verdict}:`;
  const indent = ' '.repeat(line.length);
  const ids = checks.filter((check) => check.verdict === verdict).map(({ id }) => id);
  for (const id of ids) {
    if (widthOf(`${line} ${id}`) > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += ` ${id}`;
  }
  return ids.length > 0 ? [...lines, line] : [];
}
