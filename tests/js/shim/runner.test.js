import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KessaiError } from '../../../js/error.js';
import { createLog } from '../../../js/log.js';
import { run } from '../../../js/runner.js';
import { createTrails } from '../../../js/trail.js';
import { database } from './database.js';

/** @import { GatewayRequest, KessaiFailure, OrderRow, Reply } from '../../../js/index.js' */

const ROW = { record: null, shop: { status: 'pending' } };

/** @type {GatewayRequest} */
const REQUEST = { id: 'a', method: 'GET', url: 'https://btcpay.example/', headers: {}, timeoutMs: 1000 };

/**
 * A reply that asks the network.
 * @param {unknown} then
 * @param {Partial<Reply>} [beside]
 * @returns {Reply}
 */
const ask = (then, beside) => ({ send: [REQUEST], then, ...beside });

/** @type {KessaiFailure} */
const BUSY = { code: 'order.busy', message: 'm', remedy: 'r', retryable: true, answer: 503, retryAfter: 0 };

/**
 * A host whose core gives the replies in turn, and a flow on it.
 * @param {Reply[]} replies
 * @param {object} [options]
 * @param {Record<string, OrderRow>} [options.rows]
 * @param {number} [options.deadlineMs]
 */
function scripted(replies, { rows = { 1: { ...ROW } }, deadlineMs = 60_000 } = {}) {
  const shop = database(rows);
  /** @type {{ op: string, input: any, raw: Uint8Array | undefined, locked: boolean }[]} */
  const calls = [];
  /** @type {{ ids: string[], locked: boolean, record: unknown, deadline: number }[]} */
  const sent = [];
  /** @type {number[]} */
  const slept = [];
  /** @type {import('../../../js/runner.js').Host} */
  const host = {
    call(op, input, raw) {
      calls.push({ op, input, raw, locked: shop.isLocked() });
      const reply = replies.shift();
      assert.ok(reply, 'the core was called more often than it should have been');
      return reply;
    },
    async send(requests, deadline) {
      sent.push({ ids: requests.map(({ id }) => id), locked: shop.isLocked(), record: rows[1]?.record, deadline });
      return requests.map(({ id }) => ({ id, failure: 'timeout' }));
    },
    transact: shop.orders.transact,
    fail: (code, details) => new KessaiError({ ...BUSY, code, details }),
    async sleep(ms) {
      slept.push(ms);
    },
  };
  /** @type {import('../../../js/runner.js').Flow} */
  const flow = {
    op: 'order.apply',
    input: (row) => ({ orderId: '1', record: row?.record, shop: row?.shop, now: 100 + calls.length }),
    order: { orderId: '1' },
    deadlineMs,
    trail: createTrails(createLog({ level: 'off' }), {}).begin('order.apply', {}),
  };
  return { host, flow, shop, calls, sent, slept };
}

test('saves and applies under the lock, commits, and only then sends, with no lock held', async () => {
  const { host, flow, shop, calls, sent } = scripted([
    ask('next', {
      send: [REQUEST, { ...REQUEST, id: 'b' }],
      save: '{"v":1}',
      effects: [{ kind: 'goods', to: 'hold' }],
    }),
    { ok: { case: 'settled' }, save: '{"v":2}', effects: [{ kind: 'goods', to: 'release' }] },
  ]);
  assert.deepEqual(await run(host, flow), { case: 'settled' });
  assert.deepEqual(shop.log, ['begin', 'commit', 'begin', 'commit']);
  assert.deepEqual(
    calls.map(({ locked }) => locked),
    [true, true],
  );
  assert.deepEqual(sent[0]?.ids, ['a', 'b']);
  assert.equal(sent[0]?.locked, false);
  assert.equal(sent[0]?.record, '{"v":1}', 'the record was committed before anything was sent');
  assert.equal(shop.rows[1]?.record, '{"v":2}');
  assert.deepEqual(shop.applied, [
    { kind: 'goods', to: 'hold' },
    { kind: 'goods', to: 'release' },
  ]);
});

test('resume carries then, the responses, the raw body, and the first input with record, shop and now of that moment', async () => {
  const { host, flow, calls, shop } = scripted([ask({ of: ['mine'] }), { ok: 1 }]);
  flow.raw = new Uint8Array([1]);
  const send = host.send;
  host.send = async (requests, deadline) => {
    shop.rows[1] = { record: '{"by":"another process"}', shop: { status: 'shipped' } };
    return send(requests, deadline);
  };
  await run(host, flow);
  assert.deepEqual(calls[0], {
    op: 'order.apply',
    input: { orderId: '1', record: null, shop: { status: 'pending' }, now: 100 },
    raw: flow.raw,
    locked: true,
  });
  assert.equal(calls[1]?.op, 'resume');
  assert.equal(calls[1]?.raw, flow.raw);
  const { then, responses, input } = calls[1]?.input ?? {};
  assert.deepEqual(then, { of: ['mine'] });
  assert.deepEqual(responses, [{ id: 'a', failure: 'timeout' }]);
  assert.deepEqual(input, {
    orderId: '1',
    record: '{"by":"another process"}',
    shop: { status: 'shipped' },
    now: 101,
  });
});

test('an op without a record runs without a transaction', async () => {
  const { host, flow, shop, calls } = scripted([ask('t'), { ok: { invoices: [] } }]);
  delete flow.order;
  delete host.transact;
  assert.deepEqual(await run(host, flow), { invoices: [] });
  assert.deepEqual(shop.log, []);
  assert.equal(calls[0]?.input.record, undefined);
  assert.equal(calls[1]?.op, 'resume');
});

test('an err is a KessaiError, after its save is committed', async () => {
  const err = { ...BUSY, code: 'btcpay.unauthorized', retryable: false, details: { status: 401 } };
  const { host, flow, shop, slept } = scripted([{ err, save: '{"v":9}', effects: [{ kind: 'goods', to: 'hold' }] }]);
  await assert.rejects(run(host, flow), { ...err, name: 'KessaiError' });
  assert.equal(shop.rows[1]?.record, '{"v":9}');
  assert.equal(shop.applied.length, 1);
  assert.deepEqual(slept, [], 'what is not retryable is not retried, whatever retryAfter says');
});

test('a retryable err with retryAfter waits and starts over with the op itself', async () => {
  const { host, flow, calls, slept } = scripted([
    ask('t'),
    { err: { ...BUSY, retryAfter: 3 } },
    { err: BUSY },
    { ok: 'done' },
  ]);
  assert.equal(await run(host, flow), 'done');
  assert.deepEqual(slept, [3000, 1000], 'never less than a second');
  assert.deepEqual(
    calls.map(({ op }) => op),
    ['order.apply', 'resume', 'order.apply', 'order.apply'],
  );
});

test('a wait that would pass the deadline, or has no length, throws instead', async () => {
  const late = scripted([{ err: { ...BUSY, retryAfter: 61 } }]);
  await assert.rejects(run(late.host, late.flow), { code: 'order.busy', retryable: true, retryAfter: 61 });
  const { retryAfter: _, ...noWait } = BUSY;
  const unsaid = scripted([{ err: noWait }]);
  await assert.rejects(run(unsaid.host, unsaid.flow), { code: 'order.busy', retryAfter: undefined });
  assert.deepEqual([...late.slept, ...unsaid.slept], []);
});

test('one deadline covers every round and retry', async () => {
  const { host, flow, sent } = scripted([ask('t'), ask('t'), { err: BUSY }, ask('t'), { ok: 1 }]);
  await run(host, flow);
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent.map(({ deadline }) => deadline)).size, 1);
});

test('a core that never ends is stopped after twelve rounds', async () => {
  const { host, flow, calls, sent } = scripted(Array.from({ length: 13 }, () => ask('t')));
  await assert.rejects(run(host, flow), { code: 'host.rounds', details: /12 rounds/ });
  assert.equal(calls.length, 12);
  assert.equal(sent.length, 11);
});

test('twelve rounds are allowed', async () => {
  const asks = Array.from({ length: 11 }, () => ask('t'));
  const { host, flow } = scripted([...asks, { ok: 'at last' }]);
  assert.equal(await run(host, flow), 'at last');
});

test('a transaction that was repeated after a trap counts too', async () => {
  const { host, flow } = scripted([{ ok: 'of the second' }]);
  const call = host.call;
  host.call = () => {
    host.call = call;
    throw new Error('trap');
  };
  host.transact = async (_, step) => {
    assert.throws(() => step(ROW), /trap/);
    step(ROW);
    return true;
  };
  assert.equal(await run(host, flow), 'of the second');
});

test('an order without an id is not looked for', async () => {
  const { host, flow, shop } = scripted([]);
  for (const order of [{}, { orderId: '' }, { orderId: undefined, invoiceId: undefined }]) {
    flow.order = order;
    await assert.rejects(run(host, flow), { code: 'host.failed', details: /order.apply needs the id of an order/ });
  }
  assert.deepEqual(shop.log, []);
});

test('no such order is order.unknown, and the core is not asked', async () => {
  const { host, flow, calls } = scripted([], { rows: {} });
  await assert.rejects(run(host, flow), { code: 'order.unknown' });
  assert.equal(calls.length, 0);
});

test('what the database throws is thrown on, and nothing is sent', async () => {
  const { host, flow, sent } = scripted([ask('t')]);
  const down = new Error('connection lost at commit');
  host.transact = async (_, step) => {
    step(ROW);
    throw down;
  };
  await assert.rejects(run(host, flow), (error) => error === down);
  assert.equal(sent.length, 0);
});

test('a failure of the core rolls back and keeps its name, even where the host wraps or swallows it', async () => {
  const trap = Object.assign(new Error('trap'), { code: 'host.trap' });
  for (const transact of /** @type {import('../../../js/index.js').Transact[]} */ ([
    async (_, step) => {
      try {
        step(ROW);
      } catch (cause) {
        throw new Error('transaction failed', { cause });
      }
      return true;
    },
    async (_, step) => {
      try {
        step(ROW);
      } catch {
        return true;
      }
      return true;
    },
  ])) {
    const { host, flow } = scripted([]);
    host.call = () => {
      throw trap;
    };
    host.transact = transact;
    await assert.rejects(run(host, flow), (error) => error === trap);
  }
  const { host, flow, shop } = scripted([]);
  host.call = () => {
    throw trap;
  };
  await assert.rejects(run(host, flow), (error) => error === trap);
  assert.deepEqual(shop.log, ['begin', 'rollback']);
});

test('a transaction that was repeated counts by its last decision', async () => {
  const { host, flow, calls } = scripted([
    ask('of the lost transaction', { save: 'lost' }),
    { ok: 'of the second', save: 'kept' },
  ]);
  /** @type {unknown[]} */
  const saved = [];
  host.transact = async (_, step) => {
    step(ROW);
    saved.push(step({ ...ROW, record: 'changed meanwhile' }).save);
    return true;
  };
  assert.equal(await run(host, flow), 'of the second');
  assert.equal(calls[1]?.input.record, 'changed meanwhile');
  assert.deepEqual(saved, ['kept']);
});

for (const [
  what,
  transact,
  details,
] of /** @type {[string, import('../../../js/index.js').Transact | undefined, RegExp][]} */ ([
  ['is missing', undefined, /order.apply needs orders.transact/],
  ['forgets to return true', async (_, step) => void step(ROW), /must return true after the commit/],
  ['never calls step', async () => true, /did not call step/],
])) {
  test(`a transact that ${what} is host.failed and nothing is sent`, async () => {
    const { host, flow, sent } = scripted([ask('t')]);
    host.transact = transact;
    await assert.rejects(run(host, flow), { code: 'host.failed', details });
    assert.equal(sent.length, 0);
  });
}

test('a step called after the transaction has ended decides nothing', async () => {
  const { host, flow, calls } = scripted([{ ok: 1 }, { ok: 2 }]);
  /** @type {any} */
  let late;
  host.transact = async (_, step) => {
    late = step;
    step(ROW);
    return true;
  };
  await run(host, flow);
  assert.throws(() => late(ROW), { code: 'host.failed', details: /after the transaction/ });
  assert.equal(calls.length, 1);
});

for (const record of [undefined, {}, Buffer.from('{}'), 1]) {
  test(`a record that came back as ${record === undefined ? 'nothing' : record.constructor.name} is host.failed, not an empty one`, async () => {
    const { host, flow, calls, shop } = scripted([{ ok: 1 }], {
      rows: { 1: /** @type {any} */ ({ ...ROW, record }) },
    });
    await assert.rejects(run(host, flow), { code: 'host.failed', details: /record as the text/ });
    assert.equal(calls.length, 0);
    assert.deepEqual(shop.log, ['begin', 'rollback']);
  });
}

test('a step that saves nothing says so with undefined, and no effects are an empty list', async () => {
  const { host, flow } = scripted([{ ok: 1 }]);
  /** @type {unknown} */
  let decision;
  host.transact = async (_, step) => {
    decision = step(ROW);
    return true;
  };
  await run(host, flow);
  assert.deepEqual(decision, { save: undefined, effects: [] });
});
