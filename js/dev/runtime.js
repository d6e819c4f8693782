/**
 * kessai for Node in a few files that need Node and nothing else, for shops whose owner has no npm: `kessai.mjs`, which is
 * js/sidecar/cli.js without the simulator, with what it loads beside it.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './licences.js';

/** @import { Plugin } from 'esbuild' */
/** @import { Files } from './plugins.js' */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where our own modules are, as esbuild names them. */
const SOURCES = join(ROOT, 'js', sep);

const NODE = /** @type {const} */ ({ major: 20, minor: 19 });

/** Read first, by whatever Node there is: an older one fails at the names it does not have, and nobody can tell why. */
const ENTRY = `
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > ${NODE.major} || (major === ${NODE.major} && minor >= ${NODE.minor})) {
    import('./js/sidecar/cli.js');
  } else {
    process.stderr.write(\`kessai needs Node.js ${NODE.major}.${NODE.minor} or newer; this is \${process.versions.node}\\n\`);
    process.exitCode = 2;
  }
`;

const NO_SIMULATOR = `
  import { UsageError } from './usageError.js';
  export const sim = () => {
    throw new UsageError('the simulator is not in this package; it comes with kessai for developers, from npm');
  };
`;

/** Packages written for \`require\` ask for Node's own modules by it, and a module has none. */
const REQUIRE = `import { createRequire as kessaiRequire } from 'node:module'; const require = kessaiRequire(import.meta.url);`;

/** @returns {Promise<Files>} by their names in the folder of kessai */
export async function makeRuntime() {
  /** @type {Files} */
  const read = {};
  const { outputFiles, metafile } = await build({
    stdin: { contents: ENTRY, resolveDir: ROOT, sourcefile: 'kessai.js' },
    absWorkingDir: ROOT,
    outdir: 'node',
    entryNames: 'kessai',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // A process for each step of a shop without a daemon: it must not parse what only a server needs.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: [`node${NODE.major}.${NODE.minor}`],
    banner: { js: REQUIRE },
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [withoutSimulator, filesBeside(read)],
  });
  const made = Object.fromEntries(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  const files = { ...made, ...read, ...units(), 'LICENSES.txt': new TextEncoder().encode(licencesOf(metafile)) };
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`node/${name}`, bytes]));
}

/** @type {Plugin} */
const withoutSimulator = {
  name: 'without simulator',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/sim\/cli\.js$/ }, () => ({ path: 'sim', namespace: 'none' }));
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({
      contents: NO_SIMULATOR,
      resolveDir: join(SOURCES, 'sidecar'),
    }));
  },
};

/**
 * What a module of ours reads by its place among the sources lies beside the bundle.
 * @param {Files} read filled with these files by their names
 * @returns {Plugin}
 */
function filesBeside(read) {
  return {
    name: 'files beside',
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/, namespace: 'file' }, ({ path }) => {
        if (!path.startsWith(SOURCES)) return undefined;
        const contents = readFileSync(path, 'utf8').replace(
          /new URL\('([^']+)', import\.meta\.url\)/g,
          (_, /** @type {string} */ place) => {
            const name = basename(place);
            read[name] = name === 'package.json' ? ownPackage() : readFileSync(join(dirname(path), place));
            return `new URL('./${name}', import.meta.url)`;
          },
        );
        return { contents };
      });
    },
  };
}

/** The units of deploy/systemd, for a folder that was copied to /opt/kessai. */
function units() {
  const names = ['kessai.service', 'kessai.socket'];
  const program = '/opt/kessai/current/node_modules/kessai/js/sidecar/cli.js';
  return Object.fromEntries(
    names.map((name) => {
      const text = readFileSync(join('deploy/systemd', name), 'utf8').replace(program, '/opt/kessai/kessai.mjs');
      return [`systemd/${name}`, new TextEncoder().encode(text)];
    }),
  );
}

/** Of package.json what is read of it at run time. */
function ownPackage() {
  const { name, version, license, type } = JSON.parse(readFileSync('package.json', 'utf8'));
  return new TextEncoder().encode(`${JSON.stringify({ name, version, license, type }, null, 2)}\n`);
}
