/**
 * Builds `pkg` from the crate: cargo, wasm-bindgen, wasm-opt, and a first call of the result.
 * `npm run build`; does nothing where neither the sources nor `pkg` have changed since.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { CARGO_HOME, main, output, run, Stop, say } from './process.js';

const INPUTS = ['Cargo.toml', 'Cargo.lock', 'build.rs', 'package-lock.json', 'js/dev/build.js', 'src'];
const OUTPUTS = ['kessai.js', 'kessai.d.ts', 'kessai_bg.wasm', 'kessai_bg.wasm.d.ts'];
const STAMP = 'pkg/.stamp';

/**
 * What rustc's wasm32 baseline emits, all of it known to Node 20. wasm-opt refuses a module that uses more and
 * introduces no more itself.
 */
const WASM_FEATURES = [
  '--mvp-features',
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-reference-types',
  '--enable-sign-ext',
];

await main(build);

async function build() {
  const inputs = digest('.', INPUTS.flatMap(filesUnder), output('rustc', ['-vV']) ?? '');
  if (readStamp() === `${inputs} ${digestOfOutputs('pkg')}`) return;
  mkdirSync('pkg', { recursive: true });
  mkdirSync('target', { recursive: true });
  // Built aside and moved at the end: a failed build leaves the last good one, a running host never sees half of one.
  const directory = mkdtempSync('target/pkg-');
  try {
    compile(directory);
    await firstCall(directory);
    const stamp = `${inputs} ${digestOfOutputs(directory)}`;
    for (const name of OUTPUTS) renameSync(join(directory, name), join('pkg', name));
    writeFileSync(STAMP, stamp);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  const wasm = readFileSync('pkg/kessai_bg.wasm');
  const [bytes, packed] = [wasm.length, brotliCompressSync(wasm).length].map((size) => size.toLocaleString('en'));
  say(`pkg/kessai_bg.wasm: ${bytes} bytes, ${packed} as brotli`);
}

/** @param {string} directory */
function compile(directory) {
  const target = 'wasm32-unknown-unknown';
  // Panic locations of dependencies name the builder's home directory otherwise, and the bytes differ by machine.
  const remap = `--remap-path-prefix=${CARGO_HOME}=/cargo`;
  // At the default of 250 the same functions stand in the module many times over, and it is not faster for it.
  const inlining = '-Cllvm-args=-inline-threshold=50';
  const flags = `target.${target}.rustflags=${JSON.stringify([remap, inlining])}`;
  run('cargo', ['build', '--release', '--locked', '--target', target, '--config', flags]);
  run('wasm-bindgen', [
    ...['--target', 'web', '--experimental-reset-state-function'],
    ...['--out-dir', directory, '--out-name', 'kessai'],
    join(process.env.CARGO_TARGET_DIR ?? 'target', target, 'release', 'kessai.wasm'),
  ]);
  const wasm = join(directory, 'kessai_bg.wasm');
  // The module's own list of features goes first, for it would be believed before ours.
  wasmOpt(['--strip-target-features', wasm, '-o', wasm]);
  wasmOpt(['-O3', ...WASM_FEATURES, wasm, '-o', wasm]);
}

/** @param {string[]} args */
function wasmOpt(args) {
  run(process.execPath, ['node_modules/binaryen/bin/wasm-opt', ...args]);
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

function readStamp() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} directory */
function digestOfOutputs(directory) {
  try {
    return digest(directory, OUTPUTS);
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
  if (!path.startsWith('src')) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
}
