/**
 * Builds `pkg` from the crate: the core for servers, and the script for storefront pages.
 * `npm run build`; does nothing where neither the sources nor `pkg` have changed since.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { main, output, Stop, say } from './process.js';
import { compile } from './wasm.js';

/**
 * @typedef {object} Artefact
 * @property {string} stamp the file that says what it was built from
 * @property {string[]} inputs files, and folders with all that is in them
 * @property {string[]} outputs in `pkg`; the first is what is loaded
 * @property {(directory: string) => unknown} make
 */

const SOURCES = [
  'Cargo.toml',
  'Cargo.lock',
  'build.rs',
  'package-lock.json',
  'js/dev/build.js',
  'js/dev/wasm.js',
  'src',
];

/** @type {Artefact[]} */
const ARTEFACTS = [
  {
    stamp: 'pkg/.stamp',
    inputs: SOURCES,
    outputs: ['kessai_bg.wasm', 'kessai.js', 'kessai.d.ts', 'kessai_bg.wasm.d.ts'],
    make: makeCore,
  },
  {
    stamp: 'pkg/.stamp-browser',
    inputs: [...SOURCES, 'js/dev/storefront.js', 'js/browser.js', 'js/browser'],
    outputs: ['browser/kessai.js', 'browser/kessai.mjs', 'browser/modal_bg.js', 'browser/modal_bg.wasm'],
    // Loaded when it is needed: esbuild is of no use to the core.
    make: async (directory) => (await import('./storefront.js')).makeStorefront(directory),
  },
];

await main(async () => {
  for (const artefact of ARTEFACTS) await build(artefact);
});

/** @param {Artefact} artefact */
async function build({ stamp, inputs, outputs, make }) {
  const from = digest('.', inputs.flatMap(filesUnder), output('rustc', ['-vV']) ?? '');
  if (readStamp(stamp) === `${from} ${digestOfOutputs('pkg', outputs)}`) return;
  mkdirSync('target', { recursive: true });
  // Built aside and moved at the end: a failed build leaves the last good one, a running host never sees half of one.
  const directory = mkdtempSync('target/pkg-');
  try {
    await make(directory);
    const made = `${from} ${digestOfOutputs(directory, outputs)}`;
    for (const name of outputs) {
      mkdirSync(join('pkg', dirname(name)), { recursive: true });
      renameSync(join(directory, name), join('pkg', name));
    }
    writeFileSync(stamp, made);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const file = join('pkg', outputs[0] ?? '');
  const loaded = readFileSync(file);
  const [bytes, packed] = [loaded.length, brotliCompressSync(loaded).length].map((size) => size.toLocaleString('en'));
  say(`${file}: ${bytes} bytes, ${packed} as brotli`);
}

/** @param {string} directory */
async function makeCore(directory) {
  compile({
    directory,
    name: 'kessai',
    cargo: [],
    // At the default of 250 the same functions stand in the module many times over, and it is not faster for it.
    flags: ['-Cllvm-args=-inline-threshold=50'],
    bindgen: ['--target', 'web', '--experimental-reset-state-function'],
    optimise: '-O3',
  });
  await firstCall(directory);
}

/**
 * Loads the module in this Node and calls it, before and after a reset: what a host does first, and after a trap.
 * @param {string} directory
 */
async function firstCall(directory) {
  const module = await import(pathToFileURL(join(directory, 'kessai.js')).href);
  module.initSync({ module: readFileSync(join(directory, 'kessai_bg.wasm')) });
  for (const reset of [false, true]) {
    if (reset) module.__wbg_reset_state();
    const reply = module.call('no.such.op', new TextEncoder().encode('{}'), new Uint8Array());
    if (!JSON.parse(reply).err) throw new Stop(`The built module answered an unknown op with ${reply}`);
  }
}

/** @param {string} path */
function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {string} directory
 * @param {string[]} outputs
 */
function digestOfOutputs(directory, outputs) {
  try {
    return digest(directory, outputs);
  } catch {
    return 'incomplete';
  }
}

/**
 * @param {string} directory
 * @param {string[]} files
 * @param {string} [salt]
 */
function digest(directory, files, salt = '') {
  const hash = createHash('sha256').update(salt);
  for (const file of files) hash.update(`\0${file}\0`).update(readFileSync(join(directory, file)));
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  if (path.includes('.')) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}
