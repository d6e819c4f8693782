/** What the server itself says no to, in the words of the catalogues. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCore } from '../../../js/core.js';
import { STATUSES } from '../../../js/sidecar/refusal.js';
import { loadCore } from '../../../js/wasm.js';
import { loadAnswers } from '../../golden/cases.js';
import { serving } from './serving.js';

test('every refusal has its words in both languages, and the core knows no other', () => {
  const codes = Object.keys(STATUSES);
  const known = Object.keys(loadAnswers()).filter((code) => code.startsWith('sidecar.'));
  assert.deepEqual(codes.toSorted(), known.toSorted());
  for (const code of codes) {
    const [english, japanese] = ['en', 'ja'].map((language) => loadCore().call('error.tell', { code, language }).err);
    assert.equal(english?.code, code);
    for (const part of /** @type {const} */ (['message', 'remedy'])) {
      assert.ok(String(english?.[part]).length > 10, `${code}.${part}`);
      assert.match(String(japanese?.[part]), /[ぁ-んァ-ン一-龠]/, `${code}.${part}`);
    }
    // A webhook that was refused must come again.
    assert.equal(english?.answer, 503, code);
  }
});

test('a refusal is in the language that the client would rather have', async (t) => {
  const { post } = await serving(t);
  /** @type {[string | undefined, boolean][]} */
  const wanted = [
    [undefined, false],
    ['en', false],
    ['ja', true],
    ['ja-JP, en;q=0.5', true],
    ['en;q=0.1, ja', true],
    ['JA', true],
    ['fr, ja;q=0.5, en;q=0.4', true],
    ['en, ja', false],
    ['ja;q=0', false],
    ['*', false],
    ['fr', false],
    ['__proto__', false],
    [';q=,,;;', false],
  ];
  for (const [language, isJapanese] of wanted) {
    /** @type {Record<string, string>} */
    const headers = language === undefined ? {} : { 'accept-language': language };
    const { status, json } = await post('/elsewhere', {}, headers);
    assert.deepEqual([status, json.err.code], [404, 'sidecar.noRoute']);
    assert.equal(/[ぁ-ん]/.test(json.err.message), isJapanese, `${language}: ${json.err.message}`);
    assert.equal(/[ぁ-ん]/.test(json.err.remedy), isJapanese, `${language}: ${json.err.remedy}`);
  }
});

test('a refusal needs no core that works', async (t) => {
  const real = loadCore();
  let works = true;
  const core = createCore({
    call: (op, input, raw) => (works ? real.callText(op, input, raw) : assert.fail('trapped')),
    reset: () => {},
    memoryBytes: () => 0,
  });
  const { post, ask } = await serving(t, { core });
  works = false;
  const { status, json } = await post('/elsewhere', {});
  assert.deepEqual([status, json.err.code, json.err.message.length > 10], [404, 'sidecar.noRoute', true]);
  const failed = await post('/v1/order.timeline', {});
  assert.deepEqual([failed.status, failed.json.err.code], [500, 'sidecar.failed']);
  assert.equal((await ask('/readyz')).status, 503);
});
