import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';

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

test('kessai sim --help shows the usage and succeeds', async () => {
  const { status, stdout } = await ended(start('--help'));
  assert.equal(status, 0);
  assert.match(stdout, /Usage: kessai sim btcpay/);
});
