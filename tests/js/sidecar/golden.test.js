/** What the core answers is what a shop in another language reads: every golden case, over HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCases, readable, resolve } from '../../golden/cases.js';
import { goldenRequests } from './goldenRequests.js';
import { serving } from './serving.js';

test('POST /v1/pure/<op> answers every golden case as its file has it', async (t) => {
  const { ask } = await serving(t);
  const requests = goldenRequests();
  assert.ok(requests.length > 600);
  assert.ok(requests.filter(({ sent }) => sent.body instanceof Uint8Array).length > 50);
  for (const { name, route, sent, reply } of requests) {
    const { status, json } = await ask(route, sent);
    assert.equal(status, 200, name);
    assert.deepEqual(readable(reply, json), reply, name);
  }
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
