/** Builds what a storefront page loads: the modal's machine, and the script around it, as one small file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { compile } from './wasm.js';

/** @param {string} directory */
export async function makeStorefront(directory) {
  const browser = join(directory, 'browser');
  mkdirSync(browser);
  compile({
    directory: browser,
    name: 'modal',
    cargo: ['--no-default-features', '--features', 'browser', '--config', 'profile.release.opt-level="z"'],
    flags: [
      // References to JavaScript's objects are kept in a list in JavaScript then, and not in a table that Rust manages with
      // an allocator: three quarters of the module would be that. The second line keeps the linker from taking the feature
      // up again from the standard library, which does not use it.
      '-Ctarget-feature=-reference-types',
      '-Clink-arg=--no-check-features',
      '-Clink-arg=--features=bulk-memory,bulk-memory-opt,mutable-globals,nontrapping-fptoint,sign-ext',
    ],
    bindgen: ['--target', 'bundler', '--no-typescript'],
    optimise: '-Oz',
    // The same crate with other flags: in one directory each build would undo the other's.
    targetDirectory: 'browser',
  });
  // Made code: its types are in its comments, and nobody here can mend what a check of it finds.
  const glue = join(browser, 'modal_bg.js');
  writeFileSync(glue, `// @ts-nocheck\n${readFileSync(glue, 'utf8')}`);
  await bundle('js/browser/script.js', { outfile: join(browser, 'kessai.js'), format: 'iife' }, browser);
  await bundle('js/browser.js', { outfile: join(browser, 'kessai.mjs'), format: 'esm' }, browser);
}

/**
 * @param {string} entry
 * @param {import('esbuild').BuildOptions} options
 * @param {string} machine the folder with the machine that was just built
 */
async function bundle(entry, options, machine) {
  await build({
    ...options,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    charset: 'utf8',
    // What can run a page that takes bitcoin can run this: browsers of 2022 and later.
    target: ['es2022'],
    legalComments: 'none',
    // Inside the script, so that one tag loads all and no shop has to serve a second file with a type of its own.
    loader: { '.wasm': 'base64' },
    logLevel: 'warning',
    plugins: [
      {
        name: 'machine',
        setup({ onResolve }) {
          onResolve({ filter: /\/pkg\/browser\// }, ({ path }) => ({
            path: resolve(machine, path.slice(path.lastIndexOf('/') + 1)),
          }));
        },
      },
    ],
  });
}
