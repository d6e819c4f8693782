/** The commands that the extension gives a merchant to copy: run as they are, but for where they write. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tries } from '../production/tries.js';

/** @typedef {{ title: string, text: string, command: string }} Step */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kessai-guide-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const shop = join(scratch, 'my shop');
const RUNTIME = join(shop, 'system/kessai/node');
spawnSync(process.execPath, [join(ROOT, 'js/dev/plugins.js'), '--into', shop, 'oc4']);

const { uid, gid, username } = userInfo();
const FACTS = {
  serverUrl: 'https://btcpay.example.com',
  runtime: RUNTIME,
  system: 'debian 12',
  container: '',
  user: username,
  group: 'shop',
  uid,
  gid,
  mayStart: true,
  node: process.execPath,
  nodeVersion: process.versions.node,
};

/**
 * @param {string} kind
 * @param {Partial<typeof FACTS>} [facts]
 * @param {'en' | 'ja'} [language]
 * @returns {Step[]}
 */
function guide(kind, facts = {}, language = 'en') {
  const code = `require $argv[1];
    $guide = new Kessai\\OpenCart\\Transport\\Guide(new Kessai\\OpenCart\\Texts($argv[2]));
    echo json_encode($guide->commands($argv[3], json_decode($argv[4], true)));`;
  const told = JSON.stringify({ ...FACTS, ...facts });
  const args = ['-r', code, '--', join(ROOT, 'plugins/autoload.php'), language, kind, told];
  const { stdout, stderr } = spawnSync('php', args, { encoding: 'utf8' });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

/** Where the commands write, below the scratch directory of each machine. */
const PLACES = ['/opt/kessai', '/etc/kessai', '/etc/systemd/system', '/run/kessai', '/var/lib/kessai'];
const NODE_PLACES = ['/opt/node', '/usr/bin/node'];

/**
 * A machine with programs that only note what they were asked, where the real ones would change this one.
 * @param {string} name
 * @param {Record<string, string>} [programs] shell scripts
 * @param {string[]} [places]
 */
function machine(name, programs = {}, places = PLACES) {
  const root = join(scratch, name);
  const bin = join(root, 'bin');
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  mkdirSync(join(root, 'opt'), { recursive: true });
  mkdirSync(bin);
  const noted = join(root, 'noted');
  const note = `echo "$(basename "$0") $*" >> '${noted}'`;
  const scripts = { 'apt-get': '', adduser: '', systemctl: '', docker: '', ...programs };
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${note}\n${script}\n`);
    chmodSync(join(bin, program), 0o755);
  }
  /** @param {string} text */
  const here = (text) =>
    places.reduce((all, place) => all.replaceAll(new RegExp(`(?<=^|[ #:"])${place}`, 'gm'), root + place), text);
  return {
    root,
    noted: () => (existsSync(noted) ? readFileSync(noted, 'utf8').trim().split('\n') : []),
    /** @param {Step[]} steps */
    run(steps) {
      for (const { title, command } of steps) {
        const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, HOME: root };
        const { status, stderr } = spawnSync('sh', ['-e', '-c', here(command)], { env, cwd: root, encoding: 'utf8' });
        assert.equal(status, 0, `${title}: ${stderr}`);
      }
    },
    here,
  };
}

/** @param {Step[]} steps @param {string} text */
const having = (steps, text) => steps.filter(({ command }) => command.includes(text));

test('Debian: kessai is copied, its units are complete, and it answers at its socket', async (t) => {
  const steps = guide('debian');
  const { root, run, noted } = machine('debian');
  run(steps.slice(0, 4));
  assert.deepEqual(
    noted(),
    [
      'adduser --system --group --no-create-home kessai',
      'systemctl daemon-reload',
      'systemctl enable --now kessai.socket',
    ].slice(spawnSync('id', ['-u', 'kessai']).status === 0 ? 1 : 0),
  );
  assert.equal(
    readFileSync(join(root, 'etc/kessai/options'), 'utf8'),
    'KESSAI_OPTIONS=--gateway https://btcpay.example.com\n',
  );

  const unit = (/** @type {string} */ name) => readFileSync(join(root, 'etc/systemd/system', name), 'utf8');
  assert.match(unit('kessai.socket'), /^SocketGroup=shop$/m);
  assert.match(unit('kessai.socket'), /^ExecStartPost=\/bin\/chgrp shop \/run\/kessai$/m);
  const [, program = '', ...args] =
    /^ExecStart=(\S+) (\S+) (\S+) \$KESSAI_OPTIONS$/m.exec(unit('kessai.service')) ?? [];
  assert.deepEqual([program, ...args], [process.execPath, '/opt/kessai/kessai.mjs', 'serve']);

  for (const name of ['kessai.service', 'kessai.socket']) {
    const file = join(root, 'etc/systemd/system', name);
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', file], { encoding: 'utf8' });
    assert.deepEqual([verified.status, verified.stdout + verified.stderr], [0, '']);
  }

  const socket = join(root, 'run/kessai/kessai.sock');
  const child = spawn(program, [join(root, 'opt/kessai/kessai.mjs'), 'serve', '--socket', socket], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  await tries(() => existsSync(socket));
  run(having(steps, 'readyz'));
  run(steps.slice(-1));
  assert.equal(noted().at(-1), 'systemctl restart kessai.service');
});

test('Debian without Node.js: it is fetched, compared with its checksum, and unpacked', () => {
  const [step] = guide('debian', { node: '', nodeVersion: '' });
  assert.ok(step);
  const made = join(scratch, 'published');
  mkdirSync(join(made, 'node-v22.12.0-linux/bin'), { recursive: true });
  writeFileSync(join(made, 'node-v22.12.0-linux/bin/node'), '#!/bin/sh\necho v22.12.0\n', { mode: 0o755 });
  const [x64, arm64] = ['x64', 'arm64'].map((name) => `node-v22.12.0-linux-${name}.tar.xz`);
  const pack = `for file in ${x64} ${arm64}; do tar -cJf $file node-v22.12.0-linux; done; sha256sum *.xz > SHASUMS256.txt`;
  assert.equal(spawnSync('sh', ['-ec', pack], { cwd: made }).status, 0);
  // In the place of nodejs.org: the last argument is an address below it.
  const curl = `for url; do :; done; cp "${made}/\${url##*/}" .`;
  const there = machine('without-node', { curl }, NODE_PLACES);
  there.run([step]);
  assert.equal(spawnSync(join(there.root, 'usr/bin/node'), ['--version'], { encoding: 'utf8' }).stdout, 'v22.12.0\n');

  writeFileSync(join(made, 'SHASUMS256.txt'), `${'0'.repeat(64)}  ${x64}\n${'0'.repeat(64)}  ${arm64}\n`);
  const other = machine('with-another-node', { curl }, NODE_PLACES);
  other.run([step]);
  assert.ok(!existsSync(join(other.root, 'opt/node')), 'what is not what its makers published is not unpacked');
});

test('Debian 13 has a Node.js of its own', () => {
  const [step] = guide('debian', { node: '', nodeVersion: '18.20.4', system: 'debian 13' });
  assert.match(step?.command ?? '', /^apt-get install .*nodejs/m);
});

test('Docker: the command that the container runs answers at the socket of the folder', async (t) => {
  const steps = guide('docker');
  const { root, run, noted, here } = machine('docker');
  run(steps.slice(0, 3));
  const line = noted().find((text) => text.startsWith('docker run')) ?? '';
  const [options = '', inside = ''] = line.split(' node:22-alpine ');
  assert.match(options, new RegExp(`--user ${uid}:${gid} `));
  for (const volume of ['/opt/kessai:/opt/kessai:ro', '/var/lib/kessai:/var/lib/kessai']) {
    assert.ok(options.replaceAll(root, '').includes(`--volume ${volume}`), options);
  }
  const [program = '', ...args] = here(inside.replaceAll(root, '')).split(' ');
  assert.equal(program, 'node');
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  await tries(() => existsSync(join(root, 'var/lib/kessai/kessai.sock')));
  run(having(steps, 'readyz'));
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('Docker, with the shop in a container: kessai is copied out of it, and the socket is in a volume of both', () => {
  const steps = guide('docker', { container: '5f0c1e' });
  const commands = steps.map(({ command }) => command).join('\n');
  assert.ok(commands.includes(`docker cp 5f0c1e:'${RUNTIME}/.' /opt/kessai/`));
  assert.ok(having(steps, '--volume kessai:/run/kessai').length >= 3);
});

test('plain hosting: the program that was found starts kessai; where there is none, it says what can be done', () => {
  const { run } = machine('hosting');
  const steps = guide('hosting');
  run(having(steps, '--version'));
  const without = guide('hosting', { node: '', nodeVersion: '' });
  assert.ok(having(without, 'kessai-node').length > 0);
  assert.match(without[0]?.text ?? '', /No Node\.js was found/);
  const forbidden = guide('hosting', { mayStart: false });
  assert.match(forbidden[0]?.text ?? '', /proc_open is disabled/);
  assert.deepEqual(
    forbidden.map(({ command }) => command),
    ['', ''],
  );
});

test('every step has a title and a text in both languages, and the same commands', () => {
  for (const kind of ['debian', 'docker', 'hosting']) {
    for (const facts of [{}, { node: '', nodeVersion: '', container: 'abc' }]) {
      const [en, ja] = [guide(kind, facts, 'en'), guide(kind, facts, 'ja')];
      for (const { title, text } of [...en, ...ja]) assert.doesNotMatch(`${title} ${text}`, /transport_|\{\w+\}/);
      assert.deepEqual(
        ja.map(({ command }) => command),
        en.map(({ command }) => command),
      );
      assert.match(ja.map(({ title }) => title).join(''), /\p{Script=Hiragana}/u);
    }
  }
});

test('before there is a server, kessai is started without one', () => {
  const [account] = having(guide('debian', { serverUrl: '' }), 'options');
  assert.match(account?.command ?? '', /echo KESSAI_OPTIONS= >/);
});
