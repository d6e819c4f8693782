/**
 * All tests, in the order in which a fault shows soonest; stops at the first that fails.
 *
 *     npm test              # everything
 *     npm test -- clippy    # one step, or several
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { main, programPath, run, Stop } from './process.js';

/**
 * @typedef {object} Step
 * @property {() => string[]} command
 * @property {Record<string, string>} [env]
 * @property {RegExp} [proof] what the step prints where it has tested something
 */

/** @type {Record<string, Step>} */
const STEPS = {
  fmt: { command: () => ['cargo', 'fmt', '--check'] },
  biome: { command: () => [bin('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', ...PLAIN] },
  clippy: { command: () => ['cargo', 'clippy', '--locked', '--all-targets', '--all-features', ...DENY] },
  'clippy-wasm': { command: () => ['cargo', 'clippy', '--locked', ...WASM_TARGET, '--lib', ...WASM_TESTS, ...DENY] },
  'clippy-browser': { command: () => ['cargo', 'clippy', '--locked', ...WASM_TARGET, '--lib', ...BROWSER, ...DENY] },
  cargo: { command: () => ['cargo', 'test', '--locked'] },
  build: { command: () => ['node', 'js/dev/build.js'] },
  types: { command: () => ['node', 'js/dev/types.js', '--check'] },
  tsc: { command: () => [bin('typescript/bin/tsc'), '--noEmit'] },
  node: { command: () => ['node', '--test', '--test-reporter=spec', ...NODE_LIMITS, ...nodeTests()] },
  'wasm-node': { command: () => ['wasm-pack', 'test', '--node', ...WASM_PACK_TESTS], proof: /[1-9]\d* passed/ },
  'wasm-chrome': {
    command: () => ['wasm-pack', 'test', '--headless', ...chrome(), ...WASM_PACK_TESTS],
    // One test file for both hosts: without this it is skipped in a browser, and the skip counts as a success.
    env: { WASM_BINDGEN_USE_BROWSER: '1' },
    proof: /[1-9]\d* passed/,
  },
};

/** Biome colours its output wherever that goes. */
const PLAIN = process.stdout.isTTY ? [] : ['--colors=off'];
const DENY = ['--', '-D', 'warnings'];
const WASM_TARGET = ['--target', 'wasm32-unknown-unknown'];
/** With the browser's build in it, whose boundary is tested beside the core's. */
const WASM_TESTS = ['--features', 'browser', '--test', 'wasm', '--test', 'modal_wasm'];
/** What storefront pages load, in which nothing of the core may be missed. */
const BROWSER = ['--no-default-features', '--features', 'browser'];
const WASM_PACK_TESTS = ['--', '--locked', ...WASM_TESTS];

/**
 * Ten minutes for each file, some five times what the longest takes: one that hangs is named, rather than the whole run stopped
 * from outside. As many files at a time as there are processors, where Node leaves one idle: most wait for a browser or a database.
 */
const NODE_LIMITS = ['--test-timeout=600000', `--test-concurrency=${availableParallelism()}`];

/** Directories that must hold tests, so that a moved or misnamed file does not pass by never running. */
const TESTED = ['js', 'php', 'opencart', 'e2e', 'dev', 'packaging', 'production'];

await main(() => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !STEPS[name]);
  if (unknown.length > 0) throw new Stop(`No step ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}`);
  const steps = Object.entries(STEPS).filter(([name]) => chosen.length === 0 || chosen.includes(name));
  run(process.execPath, ['js/dev/setup.js', 'test']);
  const start = performance.now();
  for (const [name, step] of steps) take(name, step);
  console.log(`\nPassed in ${since(start)}: ${steps.map(([name]) => name).join(', ')}`);
});

/**
 * @param {string} name
 * @param {Step} step
 */
function take(name, step) {
  const start = performance.now();
  console.log(`\n== ${name}`);
  try {
    const [program = '', ...args] = step.command();
    const command = program === 'node' ? process.execPath : program;
    const printed = run(command, args, { stdout: step.proof ? 'pipe' : 1, env: step.env });
    if (printed) process.stdout.write(printed);
    if (step.proof && !step.proof.test(printed ?? '')) throw new Stop(`It ran no test: nothing printed ${step.proof}`);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    throw new Stop(`\n${error.message}\n== ${name} failed after ${since(start)}. Again: npm test -- ${name}`);
  }
  console.log(`== ${name} passed in ${since(start)}`);
}

/** The files are listed because Node 20 and 22 understand a directory after --test differently. */
function nodeTests() {
  const files = readdirSync('tests', { encoding: 'utf8', recursive: true }).filter((file) => file.endsWith('.test.js'));
  const empty = TESTED.filter((directory) => !files.some((file) => file.startsWith(join(directory, sep))));
  if (empty.length > 0) throw new Stop(`No *.test.js under tests/ in ${empty.join(', ')}`);
  return files.sort().map((file) => join('tests', file));
}

/** The driver is named because wasm-pack downloads one otherwise. */
function chrome() {
  return ['--chrome', '--chromedriver', programPath('chromedriver') ?? ''];
}

/** @param {string} path */
function bin(path) {
  return join('node_modules', path);
}

/** @param {number} start */
function since(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
