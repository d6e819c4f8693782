import { parseArgs } from 'node:util';
import { FAULT_KINDS, faultOf } from './btcpay/faults.js';
import { startBtcpaySim } from './btcpay/index.js';

const USAGE = `Usage: kessai sim btcpay [options]

Starts a simulator of BTCPay Server on 127.0.0.1. No money moves. Its page, at the address it prints,
shows everything and lets you pay, mine, wait, and make things go wrong.

  --port N           port to listen on (default 23001; 0 takes a free one)
  --store ID         store id (default: a new one)
  --key K            API key (default: a new one)
  --webhook URL      deliver webhooks there (loopback addresses only)
  --secret S         the webhook's secret (default: a new one)
  --currency CODE    the store's default currency (default USD)
  --server-version V version of BTCPay Server to play, 1.0.6 or later (default 2.4.1)
  --root-path PATH   where the server lives, for example /btcpay
  --state FILE       keep invoices and webhooks from one start to the next
  --fault F          something that goes wrong, for example on=webhook,kind=drop,match=InvoiceSettled or
                     on=api,kind=5xx,times=always; may be given more than once
${Object.entries(FAULT_KINDS)
  .map(([on, kinds]) => `                     ${on}: ${kinds.join(', ')}`)
  .join('\n')}
`;

const OPTIONS = /** @type {const} */ ({
  port: { type: 'string', default: '23001' },
  store: { type: 'string' },
  key: { type: 'string' },
  webhook: { type: 'string' },
  secret: { type: 'string' },
  currency: { type: 'string' },
  'server-version': { type: 'string' },
  'root-path': { type: 'string' },
  fault: { type: 'string', multiple: true },
  state: { type: 'string' },
  help: { type: 'boolean', default: false },
});

/**
 * `kessai sim …`: runs until the process is asked to end.
 * @param {string[]} args what follows `sim`
 * @returns {Promise<number>} the process's exit status
 */
export async function sim(args) {
  const { values, positionals, problem } = read(args);
  if (problem || values.help || positionals[0] !== 'btcpay' || positionals.length > 1) {
    (values.help ? process.stdout : process.stderr).write(`${problem ? `${problem}\n\n` : ''}${USAGE}`);
    return values.help ? 0 : 2;
  }
  const simulator = await start(values).catch((error) => {
    process.stderr.write(`${error.message}\n`);
  });
  if (!simulator) return 1;
  const webhooks = simulator.webhooks
    .of(simulator.storeId)
    .map(({ url, secret }) => ['Webhook', `${url}  secret ${secret}`]);
  const lines = [
    ['Server', simulator.url],
    ['Store id', simulator.storeId],
    ['API key', simulator.apiKey],
    ...webhooks,
  ];
  console.log('BTCPay Server simulator: not real money. Open the server in a browser to pay, mine and wait.');
  for (const [name = '', value] of lines) console.log(`  ${name.padEnd(9)} ${value}`);
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await simulator.close();
  return 0;
}

/** @param {ReturnType<typeof read>['values']} values */
async function start(values) {
  const simulator = await startBtcpaySim({
    port: Number(values.port),
    ...(values.store && { storeId: values.store }),
    ...(values.key && { apiKey: values.key }),
    ...(values.webhook && { webhook: { url: values.webhook, secret: values.secret ?? '' } }),
    ...(values.currency && { store: { defaultCurrency: values.currency } }),
    ...(values['server-version'] && { version: values['server-version'] }),
    ...(values['root-path'] && { rootPath: values['root-path'] }),
    ...(values.state && { stateFile: values.state }),
  });
  try {
    for (const fault of values.fault ?? []) {
      simulator.fault(faultOf(Object.fromEntries(fault.split(',').map((pair) => pair.split('=')))));
    }
    return simulator;
  } catch (error) {
    await simulator.close();
    throw error;
  }
}

/** @param {string[]} args */
function read(args) {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const problem = /^\d{1,5}$/.test(values.port) ? null : '--port takes a number.';
    return { values, positionals, problem };
  } catch (error) {
    return {
      values: parseArgs({ args: [], options: OPTIONS }).values,
      positionals: [],
      problem: /** @type {Error} */ (error).message,
    };
  }
}
