/** What the core answers is what a shop in another language reads: every golden case, over HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCases, readable, resolve } from '../../golden/cases.js';
import { serving } from './serving.js';

/** JSON in ASCII, as a header takes it. @param {string} text */
const ascii = (text) => text.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('POST /v1/pure/<op> answers every golden case as its file has it', async (t) => {
  const { ask } = await serving(t);
  const cases = loadCases();
  assert.ok(cases.length > 500);
  let raws = 0;
  for (const { path, op, reply, ...golden } of cases) {
    const { input, raw } = resolve(golden);
    const json = { headers: { 'content-type': 'application/json' } };
    /** @type {Record<string, { headers: Record<string, string>, body: string | Uint8Array }>} */
    const ways = { JSON: { ...json, body: input } };
    if (raw.length > 0) {
      raws += 1;
      const rawBase64 = Buffer.from(raw).toString('base64');
      ways.JSON = { ...json, body: JSON.stringify({ ...JSON.parse(input), rawBase64 }) };
      const headers = { 'content-type': 'application/octet-stream', 'kessai-input': ascii(input) };
      ways.bytes = { headers, body: raw };
    }
    for (const [way, sent] of Object.entries(ways)) {
      const { status, json: said } = await ask(`/v1/pure/${op}`, sent);
      assert.equal(status, 200, `${path}, ${way}`);
      assert.deepEqual(readable(reply, said), reply, `${path}, ${way}`);
    }
  }
  assert.ok(raws > 50);
});

test('settings and record may go beside the input, as they are', async (t) => {
  const { post } = await serving(t);
  const golden = loadCases().find(({ op, input, reply }) => op === 'order.apply' && input.record && reply.save);
  assert.ok(golden);
  const { settings, record, ...rest } = JSON.parse(resolve(golden).input);
  const sheets = [JSON.stringify(rest), JSON.stringify(settings), record].join('\x1e');
  const { text } = await post('/v1/pure/order.apply', sheets);
  const [reply = '', save = ''] = text.split('\x1e');
  assert.deepEqual(readable(golden.reply, { ...JSON.parse(reply), save }), golden.reply);
});
