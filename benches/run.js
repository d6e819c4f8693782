/**
 * Measures what DESIGN sets budgets for, each figure beside its peer in the same run.
 *
 *     npm run bench
 *     npm run bench -- webhook-decision module-bytes
 *     npm run --silent bench -- --json
 */
import { main, Stop, say } from '../js/dev/process.js';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} value the less the better
 * @property {string} unit
 * @property {number} [peer] what it is compared with, in the same unit
 * @property {number} [budget] the largest ratio of value to peer that is good enough
 */

/** Cheap ones first. The million calls leave the compiler's view of the code as no host ever sees it, so they come last. */
const FIGURES = [
  'module-bytes',
  'browser-bytes',
  'webhook-fuel',
  'webhook-decision',
  'record-scaling',
  'sidecar-throughput',
  'php-roundtrip',
  'memory-growth',
];

await main(async () => {
  const args = process.argv.slice(2);
  const chosen = args.filter((name) => name !== '--json');
  const unknown = chosen.filter((name) => !FIGURES.includes(name));
  if (unknown.length > 0) throw new Stop(`No figure ${unknown.join(', ')}; there are ${FIGURES.join(', ')}`);
  /** @type {Row[]} */
  const rows = [];
  for (const name of FIGURES.filter((name) => chosen.length === 0 || chosen.includes(name))) {
    say(`Measuring ${name}`);
    const { measure } = await import(`./${name}.js`);
    rows.push(...(await measure()));
  }
  console.log(args.includes('--json') ? JSON.stringify(rows.map(published), null, 2) : table(rows));
});

/** @param {Row} row */
function published({ name, value, unit, peer = undefined }) {
  return { name, value, unit, peer: peer ?? null, ratio: peer ? value / peer : null };
}

/** @param {Row[]} rows */
function table(rows) {
  const cells = rows.map((row) => {
    const { name, value, unit, peer, ratio } = published(row);
    const verdict = row.budget === undefined || ratio === null ? '' : ratio <= row.budget ? 'met' : 'NOT MET';
    const budget = row.budget === undefined ? '' : number(row.budget);
    return [name, number(value), unit, peer === null ? '' : number(peer), ratio?.toFixed(4) ?? '', budget, verdict];
  });
  const lines = [['figure', 'value', 'unit', 'peer', 'ratio', 'budget', ''], ...cells];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const isNumber = [false, true, false, true, true, true, false];
  const padded = lines.map((line) =>
    line.map((cell, at) => (isNumber[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join('  '),
  );
  return padded.map((line) => line.trimEnd()).join('\n');
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
