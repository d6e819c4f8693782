/** From the crate to a module: cargo, wasm-bindgen, wasm-opt. */
import { join } from 'node:path';
import { CARGO_HOME, run } from './process.js';

const TARGET = 'wasm32-unknown-unknown';

/**
 * What rustc's wasm32 baseline emits, all of it known to Node 20. wasm-opt refuses a module that uses more and
 * introduces no more itself.
 */
const FEATURES = [
  '--mvp-features',
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-reference-types',
  '--enable-sign-ext',
];

/**
 * @typedef {object} Build
 * @property {string} directory where the results go
 * @property {string} name of the module
 * @property {string[]} cargo its arguments
 * @property {string[]} flags of rustc
 * @property {string[]} bindgen arguments of wasm-bindgen
 * @property {string} optimise such as `-O3`
 * @property {string} [targetDirectory] of cargo, apart from the one that other builds use
 */

/** @param {Build} build */
export function compile({ directory, name, cargo, flags, bindgen, optimise, targetDirectory }) {
  // Panic locations of dependencies name the builder's home directory otherwise, and the bytes differ by machine.
  const remap = `--remap-path-prefix=${CARGO_HOME}=/cargo`;
  const target = process.env.CARGO_TARGET_DIR ?? 'target';
  const built = targetDirectory ? join(target, targetDirectory) : target;
  const config = `target.${TARGET}.rustflags=${JSON.stringify([remap, ...flags])}`;
  const options = ['--release', '--locked', '--lib', '--target', TARGET, '--target-dir', built, '--config', config];
  run('cargo', ['build', ...options, ...cargo]);
  const module = join(built, TARGET, 'release', 'kessai.wasm');
  run('wasm-bindgen', [...bindgen, '--out-dir', directory, '--out-name', name, module]);
  const wasm = join(directory, `${name}_bg.wasm`);
  // The module's own list of features goes first, for it would be believed before ours.
  wasmOpt(['--strip-target-features', wasm, '-o', wasm]);
  wasmOpt([optimise, ...FEATURES, wasm, '-o', wasm]);
}

/** @param {string[]} args */
function wasmOpt(args) {
  run(process.execPath, ['node_modules/binaryen/bin/wasm-opt', ...args]);
}
