import { cases } from './cases.js';
import { runOnce } from './run.js';

/** @import { Case } from './cases.js' */
/** @import { Plan } from './plan.js' */

const heads = [
  'case',
  'paid by',
  'fault',
  'webhooks',
  'status',
  'goods',
  'stock',
  'mails',
  'alert',
  'invoice',
  'result',
];

/**
 * Runs one after the other, and prints a table of them.
 * @param {Plan[]} plans
 * @returns {Promise<boolean>} whether each ended as it must
 */
export async function runAll(plans) {
  /** @type {string[][]} */
  const rows = [];
  for (const plan of plans) {
    console.log(`\n=== ${plan.name}, paid by ${plan.method}, fault: ${plan.fault}`);
    const result = await runOnce(plan).then(
      () => 'ok',
      (/** @type {Error} */ { message }) => message,
    );
    if (result !== 'ok') console.error(`\n${result}`);
    rows.push([...describe(plan), result === 'ok' ? result : 'FAILED']);
  }
  console.log(`\n${tableOf([heads, ...rows])}`);
  return rows.every((row) => row.at(-1) === 'ok');
}

/**
 * What is checked in a run.
 * @param {Plan} plan
 */
function describe({ name, method, fault }) {
  /** @type {Case} */
  const { webhooks, ends } = cases[name];
  const { status, goods, taken, mails, alert, invoice } = ends;
  const brought = String(webhooks[method]?.length);
  return [
    name,
    method,
    fault,
    brought,
    status,
    goods,
    taken ? 'taken' : 'returned',
    String(mails),
    alert ?? '',
    invoice,
  ];
}

/** @param {string[][]} rows */
function tableOf(rows) {
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
