/** What the core answers is what a PHP shop reads: every golden case through the socket and TCP, and through processes one of each kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCases, loadSettings, readable, resolve } from '../golden/cases.js';
import { serving } from '../js/sidecar/serving.js';
import { phpJson } from './php.js';

const TOKEN = 'a-token-of-the-test-of-32-characters';
const cases = loadCases();

/** JSON in ASCII, as the client writes it. @param {string} text */
const ascii = (text) =>
  text.replace(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * @param {typeof cases} chosen
 * @param {boolean} twice but for those that are about the text itself
 */
const passed = (chosen, twice) =>
  chosen.map((golden) => {
    const { input, raw } = resolve(golden);
    return {
      op: golden.op,
      input: ascii(input),
      raw: raw.length > 0 ? Buffer.from(raw).toString('base64') : null,
      twice: twice && !golden.path.startsWith('door/'),
    };
  });

/**
 * PHP's arrays do not tell an empty object from an empty list.
 * @param {any} value
 * @returns {any}
 */
function asPhp(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(asPhp);
  const members = Object.entries(value).map(([name, member]) => [name, asPhp(member)]);
  return members.length === 0 ? [] : Object.fromEntries(members);
}

/**
 * @param {object} place of the transport
 * @param {typeof cases} chosen
 * @param {boolean} twice also as PHP's arrays
 */
async function compare(place, chosen, twice) {
  const replies = await phpJson('golden.php', { input: { place, cases: passed(chosen, twice) } });
  let called = 0;
  for (const [at, { path, reply }] of chosen.entries()) {
    const { text, called: arrays } = replies[at];
    assert.deepEqual(readable(reply, JSON.parse(text)), reply, path);
    if (arrays === undefined) continue;
    called += 1;
    assert.deepEqual(asPhp(arrays), asPhp(JSON.parse(text)), path);
  }
  return called;
}

test('every golden case through the unix socket, as text and as arrays', async (t) => {
  const { path } = await serving(t);
  assert.ok(cases.length > 500);
  const called = await compare({ socket: path }, cases, true);
  assert.ok(called > cases.length * 0.9, `${called} of ${cases.length}`);
});

test('every golden case through TCP with a token', async (t) => {
  const { address } = await serving(t, { place: { host: '127.0.0.1', port: 0 }, tokens: [TOKEN] });
  await compare({ tcp: address, token: TOKEN }, cases, false);
});

test('an empty array is an object where the core takes one, in a first step and in the next', async (t) => {
  const { path } = await serving(t);
  const settings = { ...loadSettings(), statuses: { map: {} }, checkout: {}, customerData: {} };
  const input = {
    settings,
    order: { id: '1', total: '10', currency: 'JPY', customer: {} },
    record: null,
    shop: { status: 'awaiting' },
    now: 1_800_000_000,
  };
  const calls = [
    { op: 'btcpay.createInvoice', input },
    { op: 'btcpay.createInvoice', input: { ...input, settings: { ...settings, statuses: {} } } },
    { op: 'btcpay.readWebhook', input: { settings, headers: {}, now: 1_800_000_000 } },
  ];
  // PHP reads {} as [] here as it would anywhere.
  const [made, other, read] = await phpJson('faults.php', { input: { place: { socket: path }, calls } });
  assert.equal(made.reply.send.length, 1, JSON.stringify(made));
  assert.equal(other.reply.send.length, 1, JSON.stringify(other));
  assert.equal(read.reply.err.code, 'webhook.signatureMissing');
  const { save: record, then } = made.reply;
  const answer = { id: made.reply.send[0].id, status: 500, headers: {}, body: '' };
  const resumed = { then, responses: [answer], input: { ...input, record } };
  const [next] = await phpJson('faults.php', {
    input: { place: { socket: path }, calls: [{ op: 'resume', input: resumed }] },
  });
  assert.match(next.reply.err?.code ?? 'send', /^(gateway\.failing|send)$/, JSON.stringify(next.reply.err));
});

/** A command line names an operation. */
const named = cases.filter(({ op }) => op !== '');

/**
 * Of each operation and each outcome of it that is an operation's or an error's own, the first case: for a process a case is
 * some 100 ms.
 */
function ofEachKind() {
  const seen = new Set();
  return named.filter((golden) => {
    const kinds = [golden.op, golden.reply.err?.code ?? (golden.reply.send ? 'send' : 'ok')];
    if (golden.raw !== undefined) kinds.push('raw');
    const isNew = kinds.some((kind) => !seen.has(kind));
    for (const kind of kinds) seen.add(kind);
    return isNew;
  });
}

test('a golden case of each operation and each error code through processes', async () => {
  const chosen = ofEachKind();
  const codes = new Set(cases.flatMap(({ reply }) => reply.err?.code ?? []));
  const ops = new Set(named.map(({ op }) => op));
  assert.ok(chosen.length >= codes.size);
  assert.deepEqual(new Set(chosen.flatMap(({ reply }) => reply.err?.code ?? [])), codes);
  assert.deepEqual(new Set(chosen.map(({ op }) => op)), ops);
  const half = Math.ceil(chosen.length / 2);
  await Promise.all([compare({}, chosen.slice(0, half), false), compare({}, chosen.slice(half), false)]);
});
