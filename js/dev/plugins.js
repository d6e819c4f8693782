/**
 * Packs the extensions for shops, byte for byte the same wherever and whenever it is done.
 *
 *     npm run build:plugins                          # zips to upload, in dist
 *     node js/dev/plugins.js --into DIRECTORY oc4    # the files alone, for a shop of a developer's; or oc3
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';
import { main, Stop, say } from './process.js';
import { makeRuntime } from './runtime.js';

/**
 * Files by their path in a zip.
 * @typedef {Record<string, Uint8Array>} Files
 */

/** What OpenCart calls the extension. OpenCart 4 takes it from the name of the uploaded file, and strips `-` from its routes. */
const CODE = 'kessai_btcpay';

const { version, author } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** What is packed; another file that lies about is not. */
const PACKED = new Set(['.php', '.twig', '.js', '.css', '.svg', '.png']);

/** @type {Record<string, { zips: string[], files: (shared: Files) => Files }>} */
const VERSIONS = {
  oc4: { zips: [`${CODE}.ocmod.zip`, 'kessai-btcpay-oc4.ocmod.zip'], files: openCart4 },
  oc3: { zips: ['kessai-btcpay-oc3.ocmod.zip'], files: openCart3 },
};

await main(async () => {
  const { values, positionals } = parseArgs({ options: { into: { type: 'string' } }, allowPositionals: true });
  const chosen = Object.entries(VERSIONS).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  if (chosen.length === 0 || (values.into !== undefined && chosen.length > 1)) {
    throw new Stop('Usage: node js/dev/plugins.js [--into DIRECTORY oc4|oc3]');
  }
  const shared = { ...(await makeRuntime()), ...sharedFiles() };
  for (const [, { zips, files }] of chosen) {
    if (values.into === undefined) writeZips(zips, files(shared));
    else write(values.into, files(shared));
  }
});

/** What every version has under its folder of kessai. */
function sharedFiles() {
  return {
    ...read('plugins/autoload.php', 'autoload.php'),
    ...folder('plugins/client/src', 'client/src'),
    ...folder('plugins/opencart/src', 'opencart/src'),
    ...folder('plugins/opencart/texts', 'opencart/texts'),
    ...folder('plugins/opencart/view', 'opencart/view', (file) => extname(file) === '.twig'),
    ...read('LICENSE-MIT', 'LICENSE-MIT.txt'),
    ...read('LICENSE-APACHE', 'LICENSE-APACHE.txt'),
  };
}

/** @param {Files} shared */
function openCart4(shared) {
  const about = {
    name: 'kessai: BTCPay Server',
    description: 'Bitcoin payments through BTCPay Server',
    code: CODE,
    version,
    author,
    link: 'https://btcpayserver.org/',
  };
  return {
    'install.json': new TextEncoder().encode(`${JSON.stringify(about, null, 2)}\n`),
    ...read('plugins/opencart4/callback.php', 'callback.php'),
    ...read('plugins/opencart4/job.php', 'job.php'),
    ...folder('plugins/opencart4/admin', 'admin'),
    ...folder('plugins/opencart4/catalog', 'catalog'),
    ...folder('plugins/opencart4/src', 'system/kessai/opencart4/src'),
    ...under('system/kessai', shared),
    ...loaded((side, name) => `${side}/view/javascript/${name}`),
  };
}

/** @param {Files} shared */
function openCart3(shared) {
  return under('upload', {
    ...read('plugins/opencart3/callback.php', `catalog/view/javascript/${CODE}/callback.php`),
    ...read('plugins/opencart3/job.php', `system/library/${CODE}/job.php`),
    ...folder('plugins/opencart3/admin', 'admin'),
    ...folder('plugins/opencart3/catalog', 'catalog'),
    ...folder('plugins/opencart3/src', `system/library/${CODE}/opencart3/src`),
    ...under(`system/library/${CODE}`, shared),
    ...loaded((side, name) => `${side}/view/javascript/${CODE}/${name}`),
  });
}

/**
 * What pages load: the modal's script, and the scripts and style sheets of both versions, those of the admin named `admin…`.
 * @param {(side: 'admin' | 'catalog', name: string) => string} place
 */
function loaded(place) {
  const found = folder('plugins/opencart/view', '', (file) => ['.js', '.css'].includes(extname(file)));
  const files = Object.entries(found).map(([path, bytes]) => {
    return [place(path.startsWith('/admin') ? 'admin' : 'catalog', basename(path)), bytes];
  });
  return { ...read('pkg/browser/kessai.js', place('catalog', 'kessai.js')), ...Object.fromEntries(files) };
}

/**
 * @param {string} prefix
 * @param {Files} files
 * @returns {Files}
 */
function under(prefix, files) {
  return Object.fromEntries(Object.entries(files).map(([path, bytes]) => [`${prefix}/${path}`, bytes]));
}

/**
 * @param {string} source
 * @param {string} path
 * @returns {Files}
 */
function read(source, path) {
  return { [path]: readFileSync(source) };
}

/**
 * @param {string} source
 * @param {string} path
 * @param {(file: string) => boolean} wanted
 * @returns {Files}
 */
function folder(source, path, wanted = () => true) {
  const entries = readdirSync(source, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && PACKED.has(extname(entry.name)) && wanted(entry.name));
  return Object.assign(
    {},
    ...names.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return read(file, `${path}${file.slice(source.length)}`);
    }),
  );
}

/**
 * @param {string} directory
 * @param {Files} files
 */
function write(directory, files) {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
  say(`${directory}: ${Object.keys(files).length} files`);
}

/**
 * @param {string[]} names
 * @param {Files} files
 */
function writeZips(names, files) {
  const zip = packed(files);
  mkdirSync('dist', { recursive: true });
  for (const name of names) writeFileSync(join('dist', name), zip);
  const [first, ...same] = names.map((name) => `dist/${name}`);
  const warning = same.map((name) => `. ${name} is the same, and has to be renamed to that before it is uploaded`);
  say(`${first}: ${zip.length.toLocaleString('en')} bytes${warning}`);
}

/**
 * By a library and not by Node's zlib, whose output changes with Node's version and the processor.
 * @param {Files} files
 */
function packed(files) {
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  // A zip has no time zone: the same hour everywhere.
  return zipSync(sorted, { level: 9, mtime: new Date(1980, 0, 1, 12), os: 3, attrs: 0o100644 << 16 });
}
