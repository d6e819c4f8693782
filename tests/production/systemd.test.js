/** The units of deploy/systemd: what systemd itself says of them, and a socket that it opened. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gateway } from '../js/shim/gateway.js';
import { createClient } from '../js/sidecar/client.js';
import { folder } from '../js/sidecar/serving.js';
import { replaced } from './nginx.js';
import { CLI } from './sidecar.js';
import { tries } from './tries.js';

const unit = (/** @type {string} */ name) =>
  readFileSync(new URL(`../../deploy/systemd/${name}`, import.meta.url), 'utf8');
const { bin } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** The units, once as they are and once as templates. @param {import('node:test').TestContext} t */
function units(t) {
  const directory = folder(t);
  const service = replaced(unit('kessai.service'), { '/usr/bin/node': process.execPath });
  const files = {
    'kessai.service': service,
    'kessai.socket': unit('kessai.socket'),
    'kessai@.service': service,
    'kessai@.socket': unit('kessai.socket'),
  };
  return Object.entries(files).map(([name, text]) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  });
}

/** @param {string[]} args */
function analyze(...args) {
  const { status, stdout, stderr, error } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  if (error) throw new Error('systemd-analyze is missing: apt-get install --no-install-recommends systemd');
  return { status, said: stdout + stderr };
}

test('systemd understands every line of the units, for one sidecar and for several', (t) => {
  for (const file of units(t)) assert.deepEqual(analyze('verify', '--man=no', file), { status: 0, said: '' }, file);
});

test('systemd would have told of a line that it does not understand', (t) => {
  const [file = ''] = units(t);
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n[Service]\nProtectSytem=strict\n`);
  assert.match(analyze('verify', '--man=no', file).said, /ProtectSytem/);
});

test('the service is as closed as a program that compiles at run time can be', (t) => {
  const [file = ''] = units(t);
  // 1.5 of 10; a service without any of it has 9.6.
  const { status, said } = analyze('security', '--offline=yes', '--no-pager', '--threshold=15', file);
  assert.equal(status, 0, said);
});

test('the service starts the program of the package', () => {
  const [, path] =
    /^ExecStart=\/usr\/bin\/node \/opt\/kessai\/current\/node_modules\/kessai\/(\S+) serve /m.exec(
      unit('kessai.service'),
    ) ?? [];
  assert.equal(path, bin.kessai);
});

/** A client that keeps no connection to a server that ends. */
const NEW_CONNECTION = { connection: 'close' };

/**
 * A sidecar whose socket systemd opened, and which is started again each time it ends. The shell does what systemd does then: it
 * keeps the socket, and accepts nothing.
 * @param {import('node:test').TestContext} t
 * @param {string[]} options
 */
async function activated(t, options) {
  const directory = folder(t);
  const [path, pids] = [join(directory, 'kessai.sock'), join(directory, 'pids')];
  const service = `LISTEN_PID=$$; export LISTEN_PID; echo $$ >> ${pids}; exec "$@"`;
  const manager = `while :; do sh -c '${service}' sh "$@"; done`;
  const server = [process.execPath, CLI, 'serve', ...options];
  const child = spawn('systemd-socket-activate', ['-l', path, 'sh', '-c', manager, 'sh', ...server], {
    stdio: 'ignore',
    detached: true,
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    // The shell and its server: all of the group.
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
    await exited;
  });
  await tries(() => readFileSync('/proc/net/unix', 'utf8').includes(path));
  const started = () => readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  return {
    ...createClient(path, t),
    started,
    kill: (/** @type {NodeJS.Signals} */ signal) => process.kill(started().at(-1) ?? 0, signal),
  };
}

test('who connects while the service ends or starts anew waits at its socket, and is answered', async (t) => {
  const { url, seen } = await gateway(t, (_, response) => release.then(() => response.end('{}')));
  let letGo = () => {};
  const release = new Promise((resolve) => {
    letGo = () => resolve(undefined);
  });
  const { post, started, kill } = await activated(t, ['--gateway', url]);
  const ask = () => post('/v1/order.timeline', { record: null }, NEW_CONNECTION);
  assert.equal((await ask()).status, 200, 'the first connection starts it');

  const request = { id: 'one', method: 'POST', url, headers: {}, timeoutMs: 20_000 };
  const working = post('/v1/send', { send: [request] }, NEW_CONNECTION);
  await tries(() => seen.length === 1);
  kill('SIGTERM');
  // It accepts nothing any more once it has closed its own end of the socket.
  await tries(() => !existsSync(`/proc/${started().at(-1)}/fd/3`));
  const waiting = Promise.all([ask(), ask(), ask()]);
  letGo();
  assert.equal((await working).json.responses[0].status, 200, 'what was being worked on is finished');
  for (const { status } of await waiting) assert.equal(status, 200);
  assert.equal(started().length, 2);

  kill('SIGKILL');
  for (const { status } of await Promise.all([ask(), ask(), ask()])) assert.equal(status, 200);
  assert.equal(started().length, 3);
});
