/**
 * Writes what was seen in real OpenCart shops (docs/results, by `npm run test:shop` and tests/shop/latency.js) into the manual.
 *
 *     node js/dev/results.js
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const RESULTS = new URL('../../docs/results/', import.meta.url);

/** Where the tables stand, and how they are headed. */
const MANUALS = {
  'docs/manual/opencart.md': {
    step: 'what was done',
    passed: 'yes',
    failed: '**no**',
    away: 'BTCPay Server is away',
    milliseconds:
      'Milliseconds from the message to its answer, half of them and 95 % of them within; the same shop and run, taking turns:',
    kessai: 'this extension',
    page: 'this extension, by its page in OpenCart',
    official: "BTCPay Server's own",
  },
};

/**
 * The manual with its tables as the results are now.
 * @param {string} path
 * @param {string} text
 */
export function withResults(path, text) {
  const words = MANUALS[/** @type {keyof typeof MANUALS} */ (path)];
  const read = (/** @type {string} */ prefix) =>
    readdirSync(RESULTS)
      .filter((name) => name.startsWith(prefix))
      .sort()
      .map((name) => JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')));
  return [
    ['results', stepsTable(read('opencart-'), words)],
    ['latency', latencyTable(read('latency-'), words)],
  ].reduce((sofar, [name, table]) => {
    const section = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    if (!section.test(sofar ?? '')) throw new Error(`${path} has no place for ${name}`);
    return (sofar ?? '').replace(section, (_, before, after) => `${before}${table}${after}`);
  }, text);
}

/** The manuals that have tables. */
export const manuals = Object.keys(MANUALS);

/** @typedef {{ opencart: string, day: string, steps: { name: string, passed: boolean, why?: string }[] }} Run */
/** @typedef {(typeof MANUALS)['docs/manual/opencart.md']} Words */

/** @param {Run[]} runs @param {Words} words */
function stepsTable(runs, words) {
  if (runs.length === 0) return '';
  const names = [...new Set(runs.flatMap(({ steps }) => steps.map(({ name }) => name)))];
  const cell = (/** @type {Run} */ { steps }, /** @type {string} */ name) => {
    const step = steps.find((one) => one.name === name);
    if (!step) return '';
    return step.passed ? words.passed : words.failed;
  };
  return table(
    [words.step, ...runs.map(({ opencart, day }) => `OpenCart ${opencart}, ${day}`)],
    names.map((name) => [name, ...runs.map((run) => cell(run, name))]),
  );
}

/** @typedef {{ p50: number, p95: number }} Times */
/** @typedef {{ opencart: string, day: string, rows: ({ away: number } & Record<'kessai' | 'page' | 'official', Times | undefined>)[] }} Measured */

/** @param {Measured[]} measured @param {Words} words */
function latencyTable(measured, words) {
  if (measured.length === 0) return '';
  const contenders = /** @type {const} */ (['kessai', 'page', 'official']);
  const told = (/** @type {Times | undefined} */ times) => (times ? `${times.p50} / ${times.p95}` : '');
  const lines = measured.flatMap(({ opencart, day, rows }) =>
    rows.map((row) => [`OpenCart ${opencart}, ${day}`, `${row.away} ms`, ...contenders.map((name) => told(row[name]))]),
  );
  return `${words.milliseconds}\n\n${table(['', words.away, ...contenders.map((name) => words[name])], lines)}`;
}

/** @param {string[]} head @param {string[][]} lines */
function table(head, lines) {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const path of manuals) {
    const file = new URL(`../../${path}`, import.meta.url);
    writeFileSync(file, withResults(path, readFileSync(file, 'utf8')));
  }
}
