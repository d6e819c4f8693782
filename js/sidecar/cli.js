#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { KessaiError } from '../error.js';
import { version } from '../node.js';
import { loadCore } from '../wasm.js';
import { readDescription, versionsOf } from './description.js';
import { UsageError } from './usageError.js';

const HELP = `Usage:
  kessai call <op> [options] < input.json      one step of the protocol; prints the reply as JSON
  kessai reconcile --shop FILE [options]       looks after orders whose webhooks may be lost
  kessai doctor --shop FILE | --settings FILE  what is wrong between shop and server, and how to mend it
  kessai serve [options]                       the operations over HTTP on a socket of this machine (kessai serve --help)
  kessai sim btcpay [options]                  a BTCPay Server to test against (kessai sim btcpay --help)
  kessai --version
  kessai --help

kessai call sends nothing and stores nothing.
  --raw FILE       a webhook body as it came
  --include        before the reply the lines kessai-version: and kessai-ops: (the operation table's number), and an empty one
Exit codes: 0 for ok or send, 1 for err, 2 for usage or input that cannot be read.

kessai reconcile asks the server about the orders that are due by their records, 25 in a request, and puts right what has changed.
Ctrl-C stops it; the same command goes on, with --all where there is a progress file.
  --shop FILE      a module of yours whose export, or a function it exports, gives { kessai, orders }: kessai made by
                   createKessai, orders an iterable or async iterable of { orderId, record }
  --all            every order, not only those that are due; for a shop that was down, or a server that was restored
  --progress FILE  with --all: keeps how far it came, so that the same command goes on from there
Exit codes: 0 done, 1 some order failed or the server could not be asked, 2 for usage, 130 or 143 stopped by a signal.

kessai doctor changes nothing. It asks the server, and sends two trial messages to the shop's own webhook address.
  --shop FILE      a module as above that gives { kessai, callbackUrl, webhookId }; the last two as far as they are known
  --settings FILE  instead: the shop's settings as JSON
  --callback URL   the shop's webhook address, where the module does not give it
  --webhook ID     the webhook's id at the server, where the module does not give it
  --lang en|ja     default: the terminal's (LC_ALL, LANG), then the settings'
  --report         only the report to copy: no key, no secret, no address, nothing of a customer
  --json           the checks as JSON, addresses included
Exit codes: 0 nothing to mend, 1 something failed, 3 only warnings, 2 for usage, 130 or 143 stopped by a signal.

KESSAI_LOG=debug in the environment logs every step of reconcile and doctor on stderr; off, error and info less.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`kessai: ${error.message}\n`);
  process.exitCode = 2;
}
// A pool of the shop's own database would keep the process. Everything is committed; only what was printed may be on its way.
if (['doctor', 'reconcile'].includes(String(process.argv[2])))
  process.stderr.write('', () => process.stdout.write('', () => process.exit()));

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
async function main([command, ...args]) {
  if (command !== 'sim' && args.includes('--help')) return main(['--help']);
  switch (command) {
    case 'call':
      return call(args);
    case 'reconcile': {
      const { reconcile } = await import('./reconcile.js');
      return reconcile(args);
    }
    case 'doctor': {
      const { doctor } = await import('./doctor.js');
      return doctor(args);
    }
    case 'serve': {
      const { serve } = await import('./serve.js');
      return serve(args);
    }
    case 'sim': {
      const { sim } = await import('../sim/cli.js');
      return sim(args);
    }
    case '--version':
      process.stdout.write(`${version}\n`);
      return 0;
    case '--help':
      process.stdout.write(HELP);
      return 0;
    default:
      throw new UsageError(`${command ? `there is no command "${command}"` : 'no command given'}; try kessai --help`);
  }
}

/** @param {string[]} args */
async function call(args) {
  const { op, file, include } = readArgs(args);
  const raw = file === undefined ? undefined : readRaw(file);
  const reply = step(op, await readInput(), raw);
  process.stdout.write(`${include ? head() : ''}${reply}\n`);
  return 'err' in JSON.parse(reply) ? 1 : 0;
}

/** @param {string[]} args */
function readArgs(args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      options: { raw: { type: 'string' }, include: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
  const [op, ...more] = parsed.positionals;
  if (!op || more.length > 0) throw new UsageError('call takes one op; try kessai --help');
  return { op, file: parsed.values.raw, include: parsed.values.include };
}

/** What the server's replies have as headers, for a client that starts a process for each call. */
function head() {
  const versions = Object.entries(versionsOf(readDescription()));
  return `${versions.map(([name, value]) => `${name}: ${value}\n`).join('')}\n`;
}

async function readInput() {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await buffer(process.stdin));
  } catch {
    throw new UsageError('the input is not UTF-8');
  }
}

/** @param {string} file */
function readRaw(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`cannot read the raw body: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * A caller of another language reads a reply, so a trap is one too.
 * @param {string} op
 * @param {string} input
 * @param {Uint8Array} [raw]
 */
function step(op, input, raw) {
  try {
    return loadCore().callText(op, input, raw);
  } catch (error) {
    if (!(error instanceof KessaiError)) throw error;
    return JSON.stringify({ err: error });
  }
}
