/**
 * A minute of more requests than there are places for, by wrk over TCP: decisions, and between them operations that ask a gateway.
 * Whatever is not answered must be told 503 with retry-after, and memory must not grow.
 *
 *     node benches/saturation.js [SECONDS]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { main, programPath, Stop } from '../js/dev/process.js';
import { post } from './http.js';
import { SETTINGS } from './orders.js';
import { decisionRequests } from './over-http.js';

const CLI = fileURLToPath(new URL('../js/sidecar/cli.js', import.meta.url));
const SCRIPT = fileURLToPath(new URL('saturation.lua', import.meta.url));
const TOKEN = 'a-token-of-the-benchmark-of-40-characters';

/** Eight times as many as there are places. */
const CONNECTIONS = 256;

/** Seconds after which an answer is none any more. */
const PATIENCE = 10;

/** How long the gateway takes to answer, in milliseconds. */
const GATEWAY_MS = 20;

/** Of so many requests one asks the gateway. */
const ASKING = 10;

/** Growth from the second quarter of the time to the last that is no growth, in bytes: what a collector leaves from time to time. */
const FLAT = 16 * 1024 * 1024;

await main(async () => {
  const seconds = Number(process.argv[2] ?? 60);
  if (!(seconds >= 8)) throw new Stop('Usage: node benches/saturation.js [SECONDS], 8 or more');
  if (!programPath('wrk')) throw new Stop('Missing: wrk. Install it with: apt-get install wrk');
  const directory = mkdtempSync(join(tmpdir(), 'kessai-saturation-'));
  const gateway = createServer((_, response) => void setTimeout(() => response.end('[]'), GATEWAY_MS));
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (gateway.address()).port}`;
  const sidecar = await serve(directory, url);
  try {
    const requests = join(directory, 'requests');
    writeFileSync(
      requests,
      questions(url)
        .map((bytes) => `${bytes.toString('hex')}\n`)
        .join(''),
    );
    const rss = watchMemory(sidecar.pid);
    const load = [
      '-t1',
      `--timeout=${PATIENCE}s`,
      `-c${CONNECTIONS}`,
      `-d${seconds}s`,
      '-s',
      SCRIPT,
      sidecar.url,
      '--',
      requests,
    ];
    const wrk = spawn('wrk', load, { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await text(wrk.stdout);
    report(said, rss());
  } finally {
    await sidecar.stop();
    gateway.close();
    gateway.closeAllConnections();
    rmSync(directory, { recursive: true, force: true });
  }
});

/**
 * @param {string} directory
 * @param {string} gateway
 */
async function serve(directory, gateway) {
  const token = join(directory, 'token');
  writeFileSync(token, TOKEN, { mode: 0o640 });
  const options = ['--tcp', '127.0.0.1:0', '--token-file', token, '--gateway', gateway];
  const child = spawn(process.execPath, [CLI, 'serve', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  return {
    pid: Number(child.pid),
    url: String(said).replace('kessai serves on ', '').trim(),
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/**
 * The requests, as bytes.
 * @param {string} gateway
 */
function questions(gateway) {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const list = { settings: { ...SETTINGS, serverUrl: gateway } };
  const json = { ...bearer, 'content-type': 'application/json' };
  const asking = post('/v1/btcpay.listInvoices', json, Buffer.from(JSON.stringify(list)));
  return Array.from({ length: 64 }, (_, no) => decisionRequests(no, bearer)).flatMap((steps, at) =>
    at % (ASKING / 2) === 0 ? [...steps, asking] : steps,
  );
}

/**
 * Looks at a process's memory every half second.
 * @param {number} pid
 * @returns {() => number[]} ends it; bytes, in the order of time
 */
function watchMemory(pid) {
  /** @type {number[]} */
  const seen = [];
  const look = () => {
    const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    seen.push(Number(kB) * 1024);
  };
  look();
  const timer = setInterval(look, 500);
  return () => {
    clearInterval(timer);
    look();
    return seen;
  };
}

/**
 * @param {string} said by wrk
 * @param {number[]} rss
 */
function report(said, rss) {
  const [, figures = '', first = ''] = /^figures ((?:\d+ ){6})(.*)$/m.exec(said) ?? [];
  const [answered = 0, busy = 0, wrong = 0, lost = 0, late = 0, microseconds = 0] = figures.split(' ').map(Number);
  if (!answered) throw new Stop(`wrk was answered nothing:\n${said}`);
  const perSecond = (/** @type {number} */ count) => Math.round((count * 1_000_000) / microseconds);
  const most = (/** @type {number} */ from, /** @type {number} */ to) =>
    Math.max(...rss.slice(Math.floor(rss.length * from), Math.ceil(rss.length * to)));
  const growth = most(0.75, 1) - most(0.25, 0.5);
  const MB = (/** @type {number} */ bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const rows = {
    machine: `${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`,
    answered: `${perSecond(answered)} a second`,
    'told 503 with retry-after': `${perSecond(busy)} a second, ${((busy * 100) / (answered + busy)).toFixed(1)} %`,
    'any other answer': `${wrong}${first && `, such as ${first}`}`,
    'connections lost': String(lost),
    [`not answered within ${PATIENCE} seconds`]: String(late),
    'memory at the start, at the end': `${MB(rss[0] ?? 0)}, ${MB(rss.at(-1) ?? 0)}`,
    'memory, last quarter less second': MB(growth),
  };
  for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(40)}${value}`);
  if (wrong + lost + late > 0) throw new Stop('There were other answers than 200 and 503 with retry-after');
  if (growth > FLAT) throw new Stop('Memory grows');
}
