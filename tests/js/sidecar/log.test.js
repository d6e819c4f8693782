/** The log of the program itself: whole lines, at once, and never a reason to stop. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from './serving.js';

const CLI = fileURLToPath(new URL('../../../js/sidecar/cli.js', import.meta.url));

/**
 * @param {import('node:test').TestContext} t
 * @param {number | 'pipe'} stderr
 */
async function start(t, stderr) {
  const socketPath = join(folder(t), 'kessai.sock');
  const child = spawn(process.execPath, [CLI, 'serve', '--socket', socketPath], {
    stdio: ['ignore', 'pipe', stderr],
    env: { ...process.env, KESSAI_LOG: 'debug' },
  });
  t.after(() => child.kill('SIGKILL'));
  await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data');
  return {
    child,
    async ask() {
      const headers = { 'content-type': 'application/json' };
      const asking = request({ socketPath, method: 'POST', path: '/v1/order.apply', headers, agent: false });
      asking.end('{"orderId":"1001","record":null}');
      const [response] = await once(asking, 'response');
      return JSON.parse(await text(response)).err.code;
    },
  };
}

test('what was logged before a kill is there after it, a JSON object a line', async (t) => {
  const file = join(folder(t), 'log');
  const { child, ask } = await start(t, openSync(file, 'w'));
  assert.equal(await ask(), 'input.invalid');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const written = lines.map((line) => JSON.parse(line));
  assert.ok(written.length > 2);
  for (const { level, time, pid, hostname, msg } of written) {
    assert.ok([20, 30, 50].includes(level));
    assert.ok(Math.abs(Date.now() - time) < 3_600_000);
    assert.equal(pid, child.pid);
    assert.equal(typeof hostname, 'string');
    assert.match(msg, /^kessai: /);
  }
  // As it was told, whatever pino makes of members of this name otherwise.
  const decision = written.find(({ msg }) => msg === 'kessai: order.apply decision');
  assert.deepEqual(Object.keys(decision.err), ['code', 'message', 'remedy']);
});

test('a disk that is full, or a reader of the log that is gone, keeps nobody from an answer', async (t) => {
  const full = await start(t, openSync('/dev/full', 'w'));
  for (const _ of [1, 2, 3]) assert.equal(await full.ask(), 'input.invalid');
  const gone = await start(t, 'pipe');
  const { stderr } = gone.child;
  stderr?.destroy();
  for (const _ of [1, 2, 3]) assert.equal(await gone.ask(), 'input.invalid');
});
