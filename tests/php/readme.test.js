/** The client's README, followed word for word in a folder that has nothing, from the packed package. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const README = readFileSync(join(ROOT, 'plugins/client/README.md'), 'utf8');
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Packages come from this machine, and nothing is built that is built already. */
const ENV = {
  ...process.env,
  npm_config_offline: 'true',
  npm_config_ignore_scripts: 'true',
  npm_config_audit: 'false',
};

/** The code blocks of the README, in their order. @type {{ kind: string, code: string }[]} */
const blocks = [...README.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, kind = '', code = '']) => ({ kind, code }));

test('from nothing to a verified webhook, by the steps of the README', async (t) => {
  const shop = mkdtempSync(join(tmpdir(), 'kessai-readme-'));
  t.after(() => rmSync(shop, { recursive: true, force: true }));
  /** @param {string} command @param {string[]} args @param {string} cwd */
  const run = (command, args, cwd) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: ENV, encoding: 'utf8', timeout: 120_000 });
    assert.equal(status, 0, `${stdout}${stderr}`);
    return stdout;
  };
  assert.deepEqual(
    blocks.map(({ kind }) => kind),
    ['sh', 'sh', 'php', 'sh', ''],
  );
  const [install, serve, script, verify, printed] = blocks.map(({ code }) => code);

  // What npm would get from the registry; and the package, which the README has the reader pack.
  const needed = Object.keys(dependencies).map((name) => join(ROOT, 'node_modules', name));
  const packed = [...needed, ROOT].map(
    (path) => JSON.parse(run('npm', ['pack', path, '--json', '--pack-destination', shop], ROOT))[0].filename,
  );
  run('npm', ['install', ...packed.slice(0, -1).map((file) => `./${file}`)], shop);

  run('sh', ['-c', install ?? ''], shop);
  const daemon = spawn('sh', ['-c', `${(serve ?? '').trim().replace(/&$/, '')}`], {
    cwd: shop,
    env: ENV,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise((resolve) => daemon.once('exit', resolve));
  t.after(() => {
    // The shell, npx and kessai are one group.
    process.kill(-Number(daemon.pid), 'SIGTERM');
    return ended;
  });
  const [said] = await Promise.race([
    new Promise((resolve) => daemon.stdout.once('data', (chunk) => resolve([chunk]))),
    ended.then(() => ['']),
  ]);
  assert.match(String(said), /^kessai serves on .*run\/kessai\.sock/);

  writeFileSync(join(shop, 'verify.php'), script ?? '');
  assert.equal(run('sh', ['-c', verify ?? ''], shop), printed);

  const byProcess = (script ?? '').replace(
    /new UnixSocket\(.*?\)(?=, \[)/,
    String.raw`new \Kessai\Transport\Process()`,
  );
  assert.notEqual(byProcess, script);
  writeFileSync(join(shop, 'verify.php'), byProcess);
  assert.equal(run('php', ['verify.php'], shop), printed);
});
