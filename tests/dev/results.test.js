/** The manual's tables are those of the last runs in real shops. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { manuals, withResults } from '../../js/dev/results.js';

for (const path of manuals) {
  test(`${path} shows docs/results as they are`, () => {
    const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    assert.equal(withResults(path, text), text, 'write it anew with: node js/dev/results.js');
  });
}
