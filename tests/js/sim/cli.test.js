import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { FAULT_KINDS } from '../../../js/sim/btcpay/faults.js';

const CLI = new URL('../../../js/sim/cli.js', import.meta.url).href;

/** @param {string[]} args */
const start = (...args) =>
  spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { sim } from '${CLI}'; process.exitCode = await sim(process.argv.slice(1));`,
    '--',
    ...args,
  ]);

/** @param {import('node:child_process').ChildProcessWithoutNullStreams} child */
async function ended(child) {
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const status = await new Promise((resolve) => child.on('close', resolve));
  return { status, stdout, stderr };
}

test('kessai sim btcpay prints what a shop needs, serves it, and ends on SIGTERM', async (t) => {
  const child = start(
    'btcpay',
    '--port',
    '0',
    '--store',
    'MyStore',
    '--key',
    'a'.repeat(40),
    '--webhook',
    'http://127.0.0.1:9/hook',
    '--secret',
    'shown-once',
  );
  t.after(() => child.kill('SIGKILL'));
  const end = ended(child);
  let printed = '';
  await new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('secret')) resolve(undefined);
    });
    child.on('close', resolve);
  });
  const [, url] = /Server\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(printed) ?? [];
  assert.ok(url, printed);
  const headers = { Authorization: `token ${'a'.repeat(40)}` };
  assert.equal((await fetch(`${url}/api/v1/stores/MyStore`, { headers })).status, 200);
  child.kill('SIGTERM');
  const { status, stdout } = await end;
  assert.equal(status, 0);
  assert.equal(stdout.split('shown-once').length, 2);
  assert.match(stdout, /not real money/);
});

for (const args of [[], ['paygent'], ['btcpay', 'more'], ['btcpay', '--port', 'x'], ['btcpay', '--unknown']]) {
  test(`kessai sim ${args.join(' ')} shows the usage and fails`, async () => {
    const { status, stderr } = await ended(start(...args));
    assert.equal(status, 2);
    assert.match(stderr, /Usage: kessai sim btcpay/);
  });
}

test('kessai sim btcpay says why it cannot start', async () => {
  const { status, stderr } = await ended(start('btcpay', '--port', '0', '--webhook', 'https://shop.example/hook'));
  assert.equal(status, 1);
  assert.match(stderr, /delivers webhooks to http\(s\) on localhost/);
  assert.doesNotMatch(stderr, / at /);
});

test('kessai sim btcpay --fault makes things go wrong from the start', async (t) => {
  const key = 'b'.repeat(40);
  const child = start('btcpay', '--port', '0', '--key', key, '--fault', 'on=api,kind=5xx,times=2,match=GET *info');
  t.after(() => child.kill('SIGKILL'));
  let printed = '';
  await new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('API key')) resolve(undefined);
    });
    child.on('close', resolve);
  });
  const [, url] = /Server\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(printed) ?? [];
  const statuses = [];
  for (let i = 0; i < 3; i += 1) {
    const answer = await fetch(`${url}/api/v1/server/info`, { headers: { Authorization: `token ${key}` } });
    statuses.push(answer.status);
    await answer.text();
  }
  assert.deepEqual(statuses, [503, 503, 200]);
});

test('kessai sim btcpay --fault says what is wrong with a fault', async () => {
  const { status, stderr } = await ended(start('btcpay', '--port', '0', '--fault', 'on=api,kind=rain'));
  assert.equal(status, 1);
  assert.match(stderr, /`kind` of api is one of 429, 5xx, garbage/);
});

test('kessai sim --help names every kind of fault', async () => {
  const { stdout } = await ended(start('--help'));
  for (const kind of [...FAULT_KINDS.webhook, ...FAULT_KINDS.api]) assert.match(stdout, new RegExp(`\\b${kind}\\b`));
});

test('kessai sim --help shows the usage and succeeds', async () => {
  const { status, stdout } = await ended(start('--help'));
  assert.equal(status, 0);
  assert.match(stdout, /Usage: kessai sim btcpay/);
});
