import { parseArgs } from 'node:util';
import { readGateways } from './gatewayOptions.js';
import { readFile } from './ownFile.js';
import { activation, defaultSocket, readTcp } from './socket.js';
import { UsageError } from './usageError.js';

/** @import { LogLevel } from '../index.d.ts' */
/** @import { Place } from './socket.js' */

const HELP = `Usage: kessai serve [options]

Serves the operations to a shop in any language, over a socket of this machine. Keeps nothing: start as many as you like.

  --socket PATH        a unix socket, made 0660 in a directory of 0750; default: kessai.sock in $RUNTIME_DIRECTORY, in
                       $XDG_RUNTIME_DIR/kessai or in /run/kessai. A socket that systemd hands over comes first.
  --tcp ADDRESS:PORT   127.0.0.1 or [::1] instead; needs --token-file
  --token-file FILE    requests must bear a token of it, one a line, 32 characters or more
  --gateway URL        a server that requests may be sent to; may be given more than once. Without one nothing is sent.
  --gateways FILE      more of them, as JSON: [{"url", "proxy"?, "ca"?, "cert"?, "key"?}]
  --concurrency N      requests worked on at a time (32); what is above is answered 503
  --deadline SECONDS   for one request with all that is sent because of it (25)

KESSAI_LOG=off, error (default), info or debug: what is logged on stderr, as JSON lines. Stops on SIGTERM or SIGINT, once all is answered.
Exit codes: 0 stopped, 1 stopped with requests unanswered, 2 for usage or a place where it cannot listen.
`;

/** The shortest token, in characters. */
const TOKEN_LENGTH = 32;

/**
 * `kessai serve`.
 * @param {string[]} args
 * @returns {Promise<number>} the exit code, once it has stopped
 */
export async function serve(args) {
  const options = readArgs(args);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const place = placeOf(options);
  const tokens = options['token-file'] === undefined ? undefined : readTokens(options['token-file']);
  if ('host' in place && tokens === undefined) {
    throw new UsageError('--tcp needs --token-file: any program of this machine can connect');
  }
  const gateways = readGateways(options.gateway ?? [], options.gateways);
  const { KESSAI_LOG: logLevel } = process.env;
  const [{ startServer }, { createLogger }] = await Promise.all([import('./server.js'), import('./logger.js')]);
  const { address, stop } = await startServer({
    place,
    tokens,
    gateways,
    concurrency: whole('--concurrency', options.concurrency, 32, 4096),
    deadlineMs: whole('--deadline', options.deadline, 25, 300) * 1000,
    logger: createLogger(),
    logLevel: /** @type {LogLevel | undefined} */ (logLevel),
  });
  const asked = signalled();
  process.stdout.write(`kessai serves on ${address}\n`);
  await asked;
  return (await stop()) ? 0 : 1;
}

/** @param {string[]} args */
function readArgs(args) {
  const string = /** @type {const} */ ({ type: 'string' });
  const options = {
    socket: string,
    tcp: string,
    'token-file': string,
    gateway: /** @type {const} */ ({ type: 'string', multiple: true }),
    gateways: string,
    concurrency: string,
    deadline: string,
    help: /** @type {const} */ ({ type: 'boolean' }),
  };
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(/** @type {Error} */ (error).message);
  }
}

/**
 * @param {{ socket?: string | undefined, tcp?: string | undefined }} options
 * @returns {Place}
 */
function placeOf({ socket, tcp }) {
  if (socket !== undefined && tcp !== undefined) throw new UsageError('--socket and --tcp are two places; name one');
  const handed = activation(process.env, process.pid);
  if (handed && (socket ?? tcp) !== undefined) {
    throw new UsageError('systemd hands over a socket already; leave --socket and --tcp out');
  }
  if (handed) return handed;
  return tcp === undefined ? { path: socket ?? defaultSocket(process.env) } : readTcp(tcp);
}

/**
 * Two while one takes the other's place; one at any other time.
 * @param {string} file
 */
function readTokens(file) {
  const tokens = readFile(file, { isSecret: true }).trim().split(/\r?\n/);
  if (!tokens.every((token) => /^[\x21-\x7e]+$/.test(token) && token.length >= TOKEN_LENGTH)) {
    throw new UsageError(
      `a token is ${TOKEN_LENGTH} or more ASCII characters, one a line, as "openssl rand -hex 32" prints`,
    );
  }
  return tokens;
}

/**
 * @param {string} name
 * @param {string | undefined} text
 * @param {number} normal
 * @param {number} most
 */
function whole(name, text, normal, most) {
  const value = text === undefined ? normal : Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new UsageError(`${name} takes 1 to ${most}`);
  return value;
}

/** The first signal asks; a second one, with no handler any more, ends the process at once. */
function signalled() {
  return new Promise((resolve) => {
    const end = () => {
      process.off('SIGTERM', end);
      process.off('SIGINT', end);
      resolve(undefined);
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
  });
}
