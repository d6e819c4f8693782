import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROWSER_BUDGET, browserBytes, CORE_BUDGET, coreBytes } from '../../js/dev/size.js';

test('the script of a storefront page is within its budget', () => {
  const bytes = browserBytes();
  assert.ok(bytes > 1_000, `${bytes} bytes: that is no script with a module in it`);
  assert.ok(bytes <= BROWSER_BUDGET, `${bytes} bytes as brotli, of at most ${BROWSER_BUDGET}: see npm run size`);
});

test('the core is within its budget', () => {
  const bytes = coreBytes();
  assert.ok(bytes > 100_000, `${bytes} bytes: that is no core`);
  assert.ok(bytes <= CORE_BUDGET, `${bytes} bytes, of at most ${CORE_BUDGET}: see npm run size`);
});
