/** Where the server listens, and who may reach it: the program itself, as it is started. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from './serving.js';

const CLI = fileURLToPath(new URL('../../../js/sidecar/cli.js', import.meta.url));
const TOKEN = 't'.repeat(40);

/**
 * `kessai serve`, until it listens or ends.
 * @param {import('node:test').TestContext} t
 * @param {string[]} args
 * @param {{ fd?: number, env?: Record<string, string>, before?: string }} [how] `before`: for the shell, which becomes the server
 */
async function start(t, args, { fd, env = {}, before } = {}) {
  const command = [process.execPath, CLI, 'serve', ...args];
  const [program = '', ...rest] = before ? ['sh', '-c', `${before} exec "$@"`, 'sh', ...command] : command;
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe', ...(fd === undefined ? [] : [fd])],
    env: { ...process.env, LISTEN_PID: '', LISTEN_FDS: '', ...env },
  });
  t.after(() => child.kill('SIGKILL'));
  const { stdout, stderr } =
    /** @type {{ stdout: import('node:stream').Readable, stderr: import('node:stream').Readable }} */ (child);
  const error = text(stderr);
  const exited = once(child, 'exit');
  const [said] = await Promise.race([once(stdout, 'data').then(([chunk]) => [String(chunk)]), exited.then(() => [''])]);
  return {
    child,
    said: said ?? '',
    /** @param {NodeJS.Signals} [signal] @returns {Promise<{ code: number | null, error: string }>} */
    async end(signal) {
      if (signal) child.kill(signal);
      const [code] = await exited;
      return { code, error: await error };
    },
  };
}

/** @param {object} to */
async function healthOf(to) {
  const [response] = await once(get({ ...to, path: '/healthz', agent: false }), 'response');
  return text(response);
}

/** @param {string} path */
const modeOf = (path) => (statSync(path).mode & 0o777).toString(8);

/** @param {import('node:test').TestContext} t */
function tokenFile(t, content = `${TOKEN}\n`, mode = 0o640) {
  const file = join(folder(t), 'token');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}

test('the socket is 0660 in a directory of 0750, whatever the umask, and is gone afterwards', async (t) => {
  for (const umask of ['000', '077']) {
    const path = join(folder(t), 'run', 'kessai.sock');
    const { said, end } = await start(t, ['--socket', path], { before: `umask ${umask};` });
    assert.equal(said, `kessai serves on ${path}\n`);
    assert.equal(modeOf(path), '660');
    assert.equal(modeOf(join(path, '..')), '750');
    assert.equal(await healthOf({ socketPath: path }), 'ok');
    assert.deepEqual(await end('SIGTERM'), { code: 0, error: '' });
    assert.equal(existsSync(path), false);
  }
});

/** Becomes a user, and says what came of a connection to a socket, and of its removal. */
const AS_USER = `
  const [path, uid, gid] = process.argv.slice(1);
  process.setgroups([]);
  process.setgid(Number(gid));
  process.setuid(Number(uid));
  const socket = require('node:net').connect(path);
  const said = (word) => {
    socket.destroy();
    try {
      require('node:fs').unlinkSync(path);
      console.log(word, 'removed');
    } catch (error) {
      console.log(word, error.code);
    }
  };
  socket.once('connect', () => said('connected')).once('error', (error) => said(error.code));
`;

test('a user who is neither the owner nor of the group cannot call, and no other can put a socket of its own there', {
  skip: process.getuid?.() !== 0 && 'only root can become another user',
}, async (t) => {
  const parent = folder(t);
  // What keeps users out must be the directory that kessai made.
  chmodSync(parent, 0o755);
  const path = join(parent, 'run', 'kessai.sock');
  await start(t, ['--socket', path]);
  const as = (/** @type {number} */ uid, /** @type {number} */ gid) =>
    spawnSync(process.execPath, ['--eval', AS_USER, path, String(uid), String(gid)], { encoding: 'utf8' }).stdout;
  const { gid } = statSync(path);
  assert.equal(as(65_534, 65_534), 'EACCES EACCES\n');
  assert.equal(as(65_534, gid), 'connected EACCES\n');
  assert.equal(await healthOf({ socketPath: path }), 'ok');
});

test('without --socket it is where systemd or the session has a directory for it', async (t) => {
  const run = folder(t);
  const inRuntime = await start(t, [], { env: { RUNTIME_DIRECTORY: run } });
  assert.equal(inRuntime.said, `kessai serves on ${join(run, 'kessai.sock')}\n`);
  const inSession = await start(t, [], { env: { RUNTIME_DIRECTORY: '', XDG_RUNTIME_DIR: run } });
  assert.equal(inSession.said, `kessai serves on ${join(run, 'kessai', 'kessai.sock')}\n`);
});

test('a directory that others may enter or change is refused', async (t) => {
  for (const mode of [0o755, 0o770, 0o701]) {
    const directory = join(folder(t), 'open');
    mkdirSync(directory);
    chmodSync(directory, mode);
    const { code, error } = await (await start(t, ['--socket', join(directory, 'kessai.sock')])).end();
    assert.equal(code, 2);
    assert.match(error, /must be 0750 or less/);
  }
});

test('a socket at which nobody listens any more is replaced', async (t) => {
  const path = join(folder(t), 'kessai.sock');
  const killed = await start(t, ['--socket', path]);
  await killed.end('SIGKILL');
  assert.ok(statSync(path).isSocket());
  const { said } = await start(t, ['--socket', path]);
  assert.match(said, /^kessai serves on/);
  assert.equal(modeOf(path), '660');
  assert.equal(await healthOf({ socketPath: path }), 'ok');
});

test('a socket at which somebody listens is left to them', async (t) => {
  const path = join(folder(t), 'kessai.sock');
  const first = await start(t, ['--socket', path]);
  assert.match(first.said, /^kessai serves on/);
  const { code, error } = await (await start(t, ['--socket', path])).end();
  assert.equal(code, 2);
  assert.match(error, /somebody listens on .* already/);
  assert.equal(await healthOf({ socketPath: path }), 'ok');
});

test('many who come at once wait until they are let in', async (t) => {
  const path = join(folder(t), 'kessai.sock');
  const { child } = await start(t, ['--socket', path, '--concurrency', '64']);
  child.kill('SIGSTOP');
  const coming = Array.from({ length: 800 }, () => healthOf({ socketPath: path }));
  const connected = Promise.allSettled(coming);
  child.kill('SIGCONT');
  const refused = (await connected).filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 0);
});

test('a file in the place of the socket is left as it is', async (t) => {
  const path = join(folder(t), 'kessai.sock');
  writeFileSync(path, 'accounts');
  const { code, error } = await (await start(t, ['--socket', path])).end();
  assert.equal(code, 2);
  assert.match(error, /is no socket/);
  assert.equal(statSync(path).size, 8);
});

test('TCP is for this machine alone, with a token', async (t) => {
  for (const address of [
    '0.0.0.0:8787',
    '[::]:8787',
    '192.0.2.1:8787',
    'localhost:8787',
    'shop.example:8787',
    '[fe80::1]:1',
  ]) {
    const { code, error } = await (await start(t, ['--tcp', address, '--token-file', tokenFile(t)])).end();
    assert.equal(code, 2, address);
    assert.match(error, /is not an address of this machine alone.*nginx/s, address);
  }
  for (const address of ['8787', ':8787', '127.0.0.1', '127.0.0.1:99999', '127.0.0.1:x']) {
    const { code, error } = await (await start(t, ['--tcp', address, '--token-file', tokenFile(t)])).end();
    assert.equal(code, 2, address);
    assert.match(error, /--tcp takes ADDRESS:PORT/, address);
  }
  const bare = await (await start(t, ['--tcp', '127.0.0.1:0'])).end();
  assert.equal(bare.code, 2);
  assert.match(bare.error, /--tcp needs --token-file/);

  const { said, end } = await start(t, ['--tcp', '127.0.0.1:0', '--token-file', tokenFile(t)]);
  const url = said.replace('kessai serves on ', '').trim();
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/metrics`)).status, 401);
  assert.equal((await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).status, 200);
  assert.deepEqual(await end('SIGINT'), { code: 0, error: '' });
});

test('a token that anybody can read, or that is short, is none', async (t) => {
  const socket = join(folder(t), 'kessai.sock');
  /** @type {[string, RegExp][]} */
  const wrong = [
    [tokenFile(t, TOKEN, 0o644), /anybody can read/],
    [tokenFile(t, 'short'), /32 or more/],
    [tokenFile(t, ''), /32 or more/],
    [tokenFile(t, `${TOKEN}\nshort\n`), /32 or more/],
    [tokenFile(t, `${TOKEN} ${TOKEN}\n`), /one a line/],
    [join(folder(t), 'nothing'), /ENOENT/],
  ];
  for (const [file, reason] of wrong) {
    const { code, error } = await (await start(t, ['--socket', socket, '--token-file', file])).end();
    assert.equal(code, 2);
    assert.match(error, reason);
    assert.ok(!error.includes(TOKEN));
  }
});

test('while a token is replaced, the old one and the new one are both welcome', async (t) => {
  const file = tokenFile(t, `${TOKEN}\n${'n'.repeat(40)}\n`);
  const { said } = await start(t, ['--tcp', '127.0.0.1:0', '--token-file', file]);
  const url = said.replace('kessai serves on ', '').trim();
  for (const [token, status] of [
    [TOKEN, 200],
    ['n'.repeat(40), 200],
    [`${TOKEN}\n${'n'.repeat(40)}`.replace('\n', ' '), 401],
    ['x'.repeat(40), 401],
  ]) {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, status);
  }
});

test('options that are no options are named', async (t) => {
  const socket = join(folder(t), 'kessai.sock');
  /** @type {[string[], RegExp][]} */
  const wrong = [
    [['--sokcet', socket], /sokcet/],
    [['--socket', socket, '--tcp', '127.0.0.1:0'], /name one/],
    [['--socket', socket, '--concurrency', '0'], /--concurrency takes/],
    [['--socket', socket, '--deadline', 'soon'], /--deadline takes/],
    [['--socket', socket, '--gateway', 'http://btcpay.example.com'], /--gateway: .* https address/],
    [['--socket', socket, '--gateway', 'btcpay.example.com'], /--gateway: .* https address/],
    [['--socket', socket, '--gateways', '/nowhere/at/all'], /cannot read \/nowhere\/at\/all: ENOENT/],
    [['--socket', socket, '--gateway', 'http://127.0.0.1.example.com'], /--gateway: .* https address/],
  ];
  for (const [args, reason] of wrong) {
    const { code, error } = await (await start(t, args)).end();
    assert.equal(code, 2, args.join(' '));
    assert.match(error, reason);
  }
});

/**
 * A listening socket that is handed over, as systemd does.
 * @param {import('node:test').TestContext} t
 * @param {string | object} where
 */
async function handed(t, where) {
  const server = createServer();
  server.listen(where);
  await once(server, 'listening');
  t.after(() => server.close());
  // systemd accepts nothing itself; a connection waits for whoever the socket is handed to.
  const { fd } = /** @type {any} */ (server)._handle;
  return { fd: Number(fd), address: server.address() };
}

test('a socket that systemd opened is taken over', async (t) => {
  const path = join(folder(t), 'handed.sock');
  const { fd } = await handed(t, path);
  const { said, end } = await start(t, [], { fd, before: 'LISTEN_PID=$$ LISTEN_FDS=1', env: {} });
  assert.equal(said, 'kessai serves on the socket of systemd\n');
  assert.deepEqual(await end('SIGTERM'), { code: 0, error: '' });
  assert.ok(existsSync(path), 'the socket is systemd’s');
});

test('what systemd hands over is no way round the rules of TCP', async (t) => {
  const loopback = await handed(t, { host: '127.0.0.1', port: 0 });
  const before = 'LISTEN_PID=$$ LISTEN_FDS=1';
  const bare = await (await start(t, [], { fd: loopback.fd, before })).end();
  assert.equal(bare.code, 2);
  assert.match(bare.error, /TCP needs --token-file/);
  const open = await handed(t, { host: '0.0.0.0', port: 0 });
  const refused = await (await start(t, ['--token-file', tokenFile(t)], { fd: open.fd, before })).end();
  assert.equal(refused.code, 2);
  assert.match(refused.error, /not an address of this machine alone/);
  const two = await (await start(t, [], { fd: loopback.fd, before: 'LISTEN_PID=$$ LISTEN_FDS=2' })).end();
  assert.equal(two.code, 2);
  assert.match(two.error, /kessai serve takes one/);
});

test('what systemd handed to another process is not ours', async (t) => {
  const path = join(folder(t), 'kessai.sock');
  const { said } = await start(t, ['--socket', path], { env: { LISTEN_PID: '1', LISTEN_FDS: '1' } });
  assert.equal(said, `kessai serves on ${path}\n`);
});
