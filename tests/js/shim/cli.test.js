import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../js/sidecar/cli.js', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('webhook.body', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
const { info } = JSON.parse(readFileSync(new URL('../../../js/sidecar/openapi.json', import.meta.url), 'utf8'));

/** Enters the first instance with pointers behind the end of its memory, whatever it is asked. */
const TRAPPING = `
  const { Instance } = WebAssembly;
  let traps = true;
  WebAssembly.Instance = function (...args) {
    const { exports } = new Instance(...args);
    const call = traps ? () => exports.call(-64, 64, -64, 64, -64, 64) : exports.call;
    traps = false;
    return { exports: { ...exports, call } };
  };
`;

/**
 * @param {string[]} args
 * @param {string | Uint8Array} [input]
 * @param {string[]} [flags] of Node
 */
async function kessai(args, input = '', flags = []) {
  const child = spawn(process.execPath, [...flags, CLI, ...args]);
  // A command that has no use for its input may be gone before it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const closed = new Promise((resolve) => child.on('close', resolve));
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, out, error };
}

test('call prints the reply as one line of JSON, and the exit code says which', async () => {
  const good = await kessai(['call', 'order.timeline'], '{"record":null}');
  assert.equal(good.error, '');
  assert.deepEqual(JSON.parse(good.out), { ok: { entries: [], alerts: [] } });
  assert.equal(good.out.split('\n').length, 2);
  assert.equal(good.code, 0);

  const bad = await kessai(['call', 'no.such.op'], '{}');
  assert.equal(JSON.parse(bad.out).err.code, 'input.unknownOp');
  assert.equal(bad.error, '');
  assert.equal(bad.code, 1);

  const malformed = await kessai(['call', 'order.timeline'], 'not JSON');
  assert.equal(JSON.parse(malformed.out).err.code, 'input.malformed');
  assert.equal(malformed.code, 1);
});

test('--raw is the body as it came, byte for byte', async () => {
  const input = JSON.stringify({ secret: 'a secret of the test, long enough' });
  const { out, code } = await kessai(['call', 'btcpay.signWebhook', '--raw', EXAMPLE], input);
  assert.equal(code, 0);
  const { ok } = JSON.parse(out);
  const { createHmac } = await import('node:crypto');
  const expected = createHmac('sha256', 'a secret of the test, long enough')
    .update(readFileSync(EXAMPLE))
    .digest('hex');
  assert.deepEqual(ok, { header: 'BTCPay-Sig', value: `sha256=${expected}` });
});

test('--include names the versions before the reply, as the server does in its headers', async () => {
  const { out, error, code } = await kessai(['call', 'order.timeline', '--include'], '{"record":null}');
  assert.deepEqual([error, code], ['', 0]);
  const [head, ...rest] = out.split('\n\n');
  assert.equal(head, `kessai-version: ${version}\nkessai-ops: ${info['x-kessai-ops']}`);
  assert.deepEqual(JSON.parse(rest.join('')), { ok: { entries: [], alerts: [] } });

  const failed = await kessai(['call', 'no.such.op', '--include'], '{}');
  assert.match(failed.out, /^kessai-version: .+\nkessai-ops: \d+\n\n\{"err":.+\}\n$/);
  assert.equal(failed.code, 1);
});

test('a trap is a reply like any other', async () => {
  const preload = `data:text/javascript,${encodeURIComponent(TRAPPING)}`;
  const { out, error, code } = await kessai(['call', 'order.timeline'], '{"language":"ja"}', ['--import', preload]);
  assert.equal(error, '');
  const { err } = JSON.parse(out);
  assert.equal(err.code, 'host.trap');
  assert.match(err.message, /[ぁ-ん]/);
  assert.equal(code, 1);
});

test('--version and --help', async () => {
  assert.deepEqual(await kessai(['--version']), { code: 0, out: `${version}\n`, error: '' });
  const help = await kessai(['--help']);
  assert.match(help.out, /kessai call <op>/);
  assert.match(help.out, /kessai reconcile --shop FILE/);
  assert.equal(help.code, 0);
});

for (const [what, args, input, problem] of /** @type {[string, string[], string | Uint8Array, RegExp][]} */ ([
  ['no command', [], '', /no command/],
  ['an unknown command', ['cal'], '', /"cal"/],
  ['no op', ['call'], '{}', /one op/],
  ['two ops', ['call', 'a', 'b'], '{}', /one op/],
  ['an unknown option', ['call', 'a', '--nope'], '{}', /--nope/],
  ['a raw body that is not there', ['call', 'a', '--raw', '/nowhere/at/all'], '{}', /raw body/],
  ['a reconciliation of no shop', ['reconcile', '--all'], '', /--shop FILE/],
  ['an argument too many', ['reconcile', '--shop', 'a', 'b'], '', /'b'/],
  ['progress without --all', ['reconcile', '--shop', 'a', '--progress', 'b'], '', /goes with --all/],
  ['an input that is not UTF-8', ['call', 'a'], new Uint8Array([123, 255, 125]), /UTF-8/],
])) {
  test(`${what} is one line on stderr, nothing on stdout, and exit code 2`, async () => {
    const { code, out, error } = await kessai(args, input);
    assert.match(error, /^kessai: .*\n$/);
    assert.match(error, problem);
    assert.equal(out, '');
    assert.equal(code, 2);
  });
}
