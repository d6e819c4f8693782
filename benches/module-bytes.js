/** What a host loads: the full module as it ships. */
import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

/** @import { Row } from './run.js' */

/** The most that a Shopify function may have, in bytes. */
const SHOPIFY = 256_000;

/** @returns {Row[]} */
export function measure() {
  const module = readFileSync(new URL('../pkg/kessai_bg.wasm', import.meta.url));
  return [
    { name: 'module-bytes', value: module.length, unit: 'bytes', peer: SHOPIFY, budget: 1 },
    { name: 'module-bytes/brotli', value: brotliCompressSync(module).length, unit: 'bytes' },
  ];
}
