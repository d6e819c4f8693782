import { parseArgs } from 'node:util';
import { startBtcpaySim } from '../sim/btcpay/index.js';
import { lockFolder } from './lock.js';
import { runAll } from './once/all.js';
import { caseNames, methods } from './once/cases.js';
import { faults } from './once/faults.js';
import { planRuns } from './once/plan.js';
import { runOnce } from './once/run.js';
import { startShop } from './shop.js';
import { texts } from './texts.js';

const usage = `npm start                     the shop and a simulated BTCPay Server, until Ctrl-C
  -- --empty                  a shop that is not connected yet, to be connected on the merchant's pages
  -- --port <number>          the shop's port, by default 3000; the next free one where it is busy
npm start -- --once           buys once without a person, restarts, and prints what was kept
  --case <name>               how the order ends, by default settled:
                              ${inLines(caseNames)}
                              all: one after the other
  --method <name>             ${methods.join(' or ')}, where the case leaves a choice
  --fault <name>              what goes wrong on the way, by default none; all: each
${Object.entries(faults)
  .filter(([name]) => name !== 'none')
  .map(([name, make]) => `                              ${name.padEnd(8)} ${make().says}`)
  .join('\n')}

KESSAI_LOG=debug in the environment logs every step of kessai on stderr; off, error and info less.`;

/** How many ports after the wanted one are tried. */
const MOST_PORTS = 20;

/**
 * Starts something on the first free port from `port` on.
 * @template T
 * @param {string} what
 * @param {number} port
 * @param {(port: number) => Promise<T>} start
 * @returns {Promise<T>}
 */
async function onFreePort(what, port, start) {
  for (let tried = port; ; tried++) {
    try {
      return await start(tried);
    } catch (error) {
      const busy = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
      if (!busy || tried === port + MOST_PORTS) throw error;
      console.log(`Port ${tried} is busy; trying ${tried + 1} for the ${what}.`);
    }
  }
}

/**
 * Keeps the shop and the simulator running until Ctrl-C.
 * @param {number} port
 * @param {boolean} empty begins without a connection, in a folder of its own
 */
async function serve(port, empty) {
  const log = console.log;
  const folder = empty ? 'data/empty' : 'data';
  const lock = lockFolder(folder);
  const btcpay = await onFreePort('simulator', port + 1, (free) =>
    startBtcpaySim({ stateFile: `${folder}/btcpay.jsonl`, port: free, store: { name: texts.en.shop } }),
  );
  // The simulator's clock can be moved forward by hand; on another one the shop's history would be out of order.
  const now = () => btcpay.clock.now();
  const server = empty ? { suggested: btcpay.url } : { btcpay };
  const shop = await onFreePort('shop', port, (free) =>
    startShop({ file: `${folder}/shop.sqlite`, port: free, now, log, ...server }),
  ).catch(async (error) => {
    await btcpay.close();
    throw error;
  });
  lock.tell(shop.url);
  log(`
  Shop                ${shop.url}
  Merchant's pages    ${shop.url}/merchant${empty ? '/connection' : ''}
  Simulated BTCPay    ${btcpay.url}    (not real money)

  Everything is kept in ${folder}/. Ctrl-C stops.
`);
  const stop = async () => {
    await shop.close();
    await btcpay.close();
    lock.release();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

/** @throws {Error} for what is not an option */
function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      port: { type: 'string', default: '3000' },
      empty: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      case: { type: 'string', default: 'settled' },
      fault: { type: 'string', default: 'none' },
      method: { type: 'string' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) throw new Error(`No port: ${values.port}`);
  return { ...values, port };
}

/**
 * @param {{case: string, fault: string, method?: string | undefined}} options
 * @throws {Error} where a run is not as it must be, or cannot be
 */
async function buyOnce({ case: name, fault, method }) {
  const plans = planRuns({ name, fault, method });
  const [only] = plans;
  if (only && name !== 'all' && fault !== 'all') await runOnce(only);
  else if (!(await runAll(plans))) process.exitCode = 1;
}

/** @param {string[]} names */
function inLines(names) {
  const half = Math.ceil(names.length / 2);
  return [names.slice(0, half), names.slice(half)]
    .map((line) => line.join(', '))
    .join(',\n                              ');
}

try {
  const { help, once, port, empty, ...options } = readOptions();
  if (help) console.log(usage);
  else if (once) await buyOnce(options);
  else await serve(port, empty);
} catch (error) {
  const { message, code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  console.error(`\n${message}`);
  if (code.startsWith('ERR_PARSE_ARGS')) console.error(usage);
  process.exitCode = 1;
}
