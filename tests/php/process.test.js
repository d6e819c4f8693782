/** One process a call: whatever it does, PHP has an answer in time and no process is left behind. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../js/sidecar/serving.js';
import { phpJson } from './php.js';

const SECRET = 'canary-of-a-secret';
const STEP = { op: 'order.timeline', input: { record: null } };

/** @param {object} place @param {object[]} calls @returns {Promise<any[]>} */
const outcomes = (place, calls) => phpJson('faults.php', { input: { place, calls } });

/**
 * @param {import('node:test').TestContext} t
 * @param {string} script in place of kessai's
 */
function cli(t, script) {
  const path = join(folder(t), 'cli.cjs');
  writeFileSync(path, script);
  return path;
}

/**
 * @param {import('node:test').TestContext} t
 * @param {string} script in place of Node.js
 */
function node(t, script) {
  const path = join(folder(t), 'node');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

test('what a process does instead of answering has a name each, and nothing of the input in it', async (t) => {
  /** @type {Record<string, [string, object, RegExp][]>} */
  const fates = {
    'process.absent': [
      ['no Node', { node: '/nowhere/node' }, /\/nowhere\/node/],
      ['an old Node', { node: node(t, 'exit 9') }, /could not be started/],
    ],
    'process.failed': [
      ['no kessai', { cli: '/nowhere/cli.js' }, /Cannot find module '\/nowhere\/cli\.js'/],
      ['usage', { cli: cli(t, "console.error('kessai: the input is not UTF-8'); process.exit(2)") }, /not UTF-8/],
      ['a crash', { cli: cli(t, `throw new Error('${SECRET}')`) }, /failed/],
      ['nothing said', { cli: cli(t, '') }, /no reply/],
      ['killed', { cli: cli(t, 'process.kill(process.pid, 9)') }, /failed/],
      ['no version', { cli: cli(t, "console.log('{}')") }, /no reply/],
      ['far too much', { cli: cli(t, "process.stdout.write('x'.repeat(20e6))") }, /too large/],
    ],
    'client.reply': [
      ['garbage', { cli: cli(t, "console.log('kessai-version: 0.1.0\\n\\n<html>')") }, /cannot be read/],
    ],
    'client.older': [['another age', { cli: cli(t, "console.log('kessai-version: 9.0.0\\n\\n{}')") }, /too far apart/]],
  };
  for (const [code, list] of Object.entries(fates)) {
    for (const [name, place, message] of list) {
      const [told] = await outcomes(place, [{ ...STEP, input: { record: SECRET } }]);
      assert.equal(told.code, code, `${name}: ${told.message}`);
      assert.match(told.message, message, name);
      assert.ok(!told.shown.includes(SECRET), name);
    }
  }
});

test('a process that does not end, read or write is ended with the time', async (t) => {
  const scripts = [
    'setInterval(() => {}, 1000)',
    "process.stdout.write('kessai-version: 0.1.0\\n\\n'); setInterval(() => {}, 1000)",
    "require('fs').closeSync(1); require('fs').closeSync(2); setInterval(() => {}, 1000)",
  ];
  await Promise.all(
    scripts.map(async (script) => {
      const input = { record: 'x'.repeat(1_000_000) };
      const pidFile = join(folder(t), 'pid');
      const path = cli(t, `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); ${script}`);
      // Long enough for a process to start on a busy machine.
      const [{ failure }] = await outcomes({ cli: path }, [{ ...STEP, input, seconds: 5 }]);
      assert.equal(failure, 'process.timeout', script);
      assert.throws(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0), { code: 'ESRCH' }, script);
    }),
  );
});

test('a process that says much of itself is read to its end', async (t) => {
  const path = cli(
    t,
    "process.stderr.write('x'.repeat(5e6), () => console.log('kessai-version: 0.1.0\\n\\n{\"ok\":{}}'))",
  );
  const [{ reply }] = await outcomes({ cli: path }, [STEP]);
  assert.deepEqual(reply, { ok: [] });
});

test('a gigabyte and a half of addresses is enough, where hosting allows no more', async (t) => {
  const limited = node(t, `ulimit -v 1500000; exec '${process.execPath}' "$@"`);
  const [{ reply }] = await outcomes({ node: limited }, [STEP]);
  assert.deepEqual(reply, { ok: { entries: [], alerts: [] } });
});
