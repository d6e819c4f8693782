/**
 * What a host loads of each build, as shipped and as it travels. `npm run size` prints it; a test holds both to
 * their budgets.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The most that the script of a storefront page may weigh, in bytes as brotli packs it at its best. */
export const BROWSER_BUDGET = 12_000;

/**
 * The most that the core may weigh, in bytes as it is: what it takes today, so that it grows only by somebody's decision. The
 * aim is Shopify's limit of 256,000 (`npm run bench -- module-bytes`).
 */
export const CORE_BUDGET = 600_000;

/** Files of `pkg`. The storefront's script holds its module, so that one tag loads all. */
const BUILDS = { 'the core': ['kessai.js', 'kessai_bg.wasm'], 'the storefront': ['browser/kessai.js'] };

/** @returns what a page loads that has the storefront's script, in bytes as brotli packs it */
export const browserBytes = () => sizesOf(BUILDS['the storefront']).brotli;

/** @returns what a host loads of the core, in bytes */
export const coreBytes = () => sizesOf(BUILDS['the core']).raw;

/** @param {string[]} files each is packed by itself, as servers do */
function sizesOf(files) {
  const contents = files.map((file) => readFileSync(new URL(`../../pkg/${file}`, import.meta.url)));
  const sum = (/** @type {(content: Buffer) => Buffer} */ packed) =>
    contents.reduce((bytes, content) => bytes + packed(content).length, 0);
  return { raw: sum((content) => content), gzip: sum((content) => gzipSync(content)), brotli: sum(brotliCompressSync) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = Object.entries(BUILDS).map(([name, files]) => [name, { ...sizesOf(files), files: files.join(', ') }]);
  console.table(Object.fromEntries(rows));
}
