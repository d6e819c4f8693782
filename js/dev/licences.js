/** The licences of what other people wrote and is delivered with kessai, in full. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { output, Stop } from './process.js';

/** @import { Metafile } from 'esbuild' */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version
 * @property {string} license as it names itself: `MIT OR Apache-2.0`
 * @property {string} directory with its texts
 */

/**
 * @param {Metafile} metafile of a bundle
 * @returns {string} of the bundle and of the core
 */
export function licencesOf(metafile) {
  return [...packagesOf(metafile), ...crates()].map(text).join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * The npm packages of a bundle.
 * @param {Metafile} metafile
 * @returns {Part[]}
 */
function packagesOf({ inputs }) {
  const found = Object.keys(inputs).map((input) => input.match(/^node_modules\/(@[^/]+\/[^/]+|[^/]+)/)?.[0]);
  const directories = [...new Set(found)].filter((directory) => directory !== undefined).sort();
  return directories.map((directory) => ({
    ...JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')),
    directory,
  }));
}

/**
 * The crates that are compiled into the core: not those that only help to build or to test it.
 * @returns {Part[]}
 */
function crates() {
  const command = ['metadata', '--format-version', '1', '--locked', '--filter-platform', 'wasm32-unknown-unknown'];
  const told = output('cargo', command);
  if (!told) throw new Stop(`cargo ${command.join(' ')} failed`);
  const { packages, resolve } = JSON.parse(told);
  const byId = new Map(packages.map((/** @type {{ id: string }} */ found) => [found.id, found]));
  const nodes = new Map(resolve.nodes.map((/** @type {{ id: string }} */ node) => [node.id, node]));
  const compiled = new Set([resolve.root]);
  // A set goes on to what is added while it is gone through.
  for (const id of compiled) {
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      const isMacro = byId
        .get(pkg)
        .targets.some((/** @type {{ kind: string[] }} */ { kind }) => kind.includes('proc-macro'));
      if (!isMacro && kinds.some((/** @type {{ kind: string | null }} */ { kind }) => kind === null)) compiled.add(pkg);
    }
  }
  compiled.delete(resolve.root);
  return [...compiled]
    .map((id) => byId.get(id))
    .map(({ name, version, license, manifest_path: manifest }) => ({
      name,
      version,
      license,
      directory: dirname(manifest),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Of two licences to choose from, the MIT licence.
 * @param {Part} part
 */
function text({ name, version, license, directory }) {
  const files = readdirSync(directory).filter((file) => /^licen[cs]e/i.test(file));
  const mit = files.filter((file) => /mit/i.test(file));
  const chosen = license.includes(' OR ') && !license.includes(' AND ') && mit.length > 0 ? mit : files;
  if (chosen.length === 0) throw new Stop(`${name} comes without the text of its licence`);
  const texts = chosen.sort().map((file) => readFileSync(join(directory, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
