/**
 * What a host loads of each build, as shipped and as it travels. `npm run size` prints it; a test holds the storefront's
 * build to its budget.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** The most that the script of a storefront page may weigh, in bytes as brotli packs it at its best. */
export const BROWSER_BUDGET = 12_000;

/** Files of `pkg`. The storefront's script holds its module, so that one tag loads all. */
const BUILDS = { 'the core': ['kessai.js', 'kessai_bg.wasm'], 'the storefront': ['browser/kessai.js'] };

/** @returns what a page loads that has the storefront's script, in bytes as brotli packs it */
export const browserBytes = () => sizesOf(BUILDS['the storefront']).brotli;

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
