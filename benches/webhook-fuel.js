/** The instructions of one webhook decision, on the fuel meter of wasmtime, where a host bills or bounds by it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCore, freezeSettings } from '../js/core.js';
import { say } from '../js/dev/process.js';
import { loadCore } from '../js/wasm.js';
import { applied, Order, SETTINGS } from './orders.js';

/** @import { Row } from './run.js' */

/** What a Shopify function may burn in one run. */
const SHOPIFY = 11_000_000;

const ROOT = new URL('..', import.meta.url);

/** @returns {Row[]} */
export function measure() {
  const meter = buildMeter();
  if (!meter) return [];
  const { calls, replies } = decision();
  const directory = mkdtempSync(join(tmpdir(), 'kessai-fuel-'));
  try {
    const args = calls.flatMap(({ op, input, raw }, no) => {
      const files = [join(directory, `${no}.json`), join(directory, `${no}.raw`)];
      [input, raw].forEach((content, at) => {
        writeFileSync(/** @type {string} */ (files[at]), content);
      });
      return [op, ...files];
    });
    const module = fileURLToPath(new URL('pkg/kessai_bg.wasm', ROOT));
    const { status, stdout, stderr } = spawnSync(meter, [module, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the fuel meter failed: ${stderr}`);
    const lines = stdout.trimEnd().split('\n');
    const fuel = { first: 0, again: 0 };
    lines.forEach((line, no) => {
      const [first, again] = line.split(' ', 2);
      if (line !== `${first} ${again} ${replies[no]}`) throw new Error(`under the meter the reply is another: ${line}`);
      fuel.first += Number(first);
      fuel.again += Number(again);
    });
    return [
      { name: 'webhook-fuel', value: fuel.again, unit: 'instructions', peer: SHOPIFY, budget: 0.02 },
      // A new instance a call: the settings are read and the keys derived anew.
      { name: 'webhook-fuel/first', value: fuel.first, unit: 'instructions', peer: SHOPIFY },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The calls of one decision, as js/core.js makes them, and what they reply here. */
function decision() {
  /** @type {{ op: string, input: string, raw: Uint8Array }[]} */
  const calls = [];
  /** @type {string[]} */
  const replies = [];
  const order = new Order(0).withFacts(3);
  const { callText } = loadCore();
  const { call } = createCore({
    call(op, input, raw) {
      const reply = callText(op, input, raw);
      calls.push({ op, input, raw });
      replies.push(reply);
      return reply;
    },
    reset() {},
    memoryBytes: () => 0,
  });
  applied(call, order, order.settled(), freezeSettings(SETTINGS));
  return { calls, replies };
}

/** @returns {string | undefined} the program, or nothing (and the reason) where it cannot be built here */
function buildMeter() {
  const directory = fileURLToPath(new URL('target/fuel', ROOT));
  const manifest = fileURLToPath(new URL('fuel/Cargo.toml', import.meta.url));
  if (!existsSync(join(directory, 'release'))) say('webhook-fuel: building the meter (wasmtime; some two minutes)');
  const args = ['build', '--quiet', '--release', '--locked', '--manifest-path', manifest, '--target-dir', directory];
  if (spawnSync('cargo', args, { stdio: ['ignore', 2, 2] }).status !== 0) {
    say(`webhook-fuel: SKIPPED, nothing was measured. Missing: the meter. Build it with: cargo ${args.join(' ')}`);
    return undefined;
  }
  return join(directory, 'release', 'kessai-fuel');
}
