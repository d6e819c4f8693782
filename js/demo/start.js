import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startBtcpaySim } from '../sim/btcpay/index.js';
import { endings, methods, runOnce } from './once/run.js';
import { startShop } from './shop.js';

const usage = `npm start                     the shop and a simulated BTCPay Server, until Ctrl-C
  -- --port <number>          the shop's port, by default 3000; the next free one where it is busy
npm start -- --once           buys once without a person, restarts, and prints what was kept
  --case settled|overpaid|expired   by default settled
  --method lightning|onchain        by default lightning`;

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
 */
async function serve(port) {
  const log = console.log;
  mkdirSync('data', { recursive: true, mode: 0o700 });
  const btcpay = await onFreePort('simulator', port + 1, (free) =>
    startBtcpaySim({ stateFile: 'data/btcpay.jsonl', port: free }),
  );
  // The simulator's clock can be moved forward by hand; on another one the shop's history would be out of order.
  const now = () => btcpay.clock.now();
  const shop = await onFreePort('shop', port, (free) =>
    startShop({ file: 'data/shop.sqlite', port: free, btcpay, now, log }),
  );
  log(`
  Shop                ${shop.url}
  Merchant's pages    ${shop.url}/merchant
  Simulated BTCPay    ${btcpay.url}    (not real money)

  Everything is kept in data/. Ctrl-C stops.
`);
  const stop = async () => {
    await shop.close();
    await btcpay.close();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

/** @throws {Error} for what is not an option */
function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', default: false },
      port: { type: 'string', default: '3000' },
      once: { type: 'boolean', default: false },
      case: { type: 'string', default: 'settled' },
      method: { type: 'string', default: 'lightning' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) throw new Error(`No port: ${values.port}`);
  return { ...values, port, ending: oneOf(values.case, endings), method: oneOf(values.method, methods) };
}

/**
 * @template {string} T
 * @param {string} given
 * @param {readonly T[]} known
 * @returns {T}
 */
function oneOf(given, known) {
  const found = known.find((word) => word === given);
  if (!found) throw new Error(`Expected one of ${known.join(', ')}, not "${given}".`);
  return found;
}

try {
  const { help, once, port, ending, method } = readOptions();
  if (help) console.log(usage);
  else if (once) await runOnce(ending, method);
  else await serve(port);
} catch (error) {
  const { message, code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  console.error(`\n${message}`);
  if (code.startsWith('ERR_PARSE_ARGS')) console.error(usage);
  process.exitCode = 1;
}
