/** The extensions' zips: the same bytes wherever they are made, what a shop's installer takes, and a kessai that runs from them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { createClient } from '../js/sidecar/client.js';
import { startSidecar } from '../production/sidecar.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const OC4 = 'kessai_btcpay.ocmod.zip';
const OC4_RELEASE = 'kessai-btcpay-oc4.ocmod.zip';
const OC3 = 'kessai-btcpay-oc3.ocmod.zip';

/** What is read of the repository, and the packages that go into kessai for Node, with those that make it. */
const READ = [
  'js',
  'pkg',
  'plugins',
  'deploy/systemd',
  'package.json',
  'LICENSE-MIT',
  'LICENSE-APACHE',
  'Cargo.toml',
  'Cargo.lock',
  'src',
  'build.rs',
];
const PACKAGES = [
  ...['esbuild', '@esbuild', 'fflate', 'hono', '@hono/node-server', 'undici', 'socks', 'ip-address', 'smart-buffer'],
  ...['pino', '@pinojs/redact', 'atomic-sleep', 'on-exit-leak-free', 'pino-abstract-transport', 'pino-std-serializers'],
  ...['process-warning', 'quick-format-unescaped', 'real-require', 'safe-stable-stringify', 'sonic-boom', 'split2'],
  'thread-stream',
];

/** Where OpenCart 3's installer writes, of its own list. */
const OC3_FOLDERS =
  /^upload\/(admin\/(controller\/extension|language|model\/extension|view\/(javascript|template\/extension))|catalog\/(controller\/extension|language|model\/extension|view\/(javascript|theme))|system\/library)\//;

const scratch = mkdtempSync(join(tmpdir(), 'kessai plugins-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnSyncOptions & { input?: string }} [options]
 */
function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: '/',
    ...options,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, out: stdout, error: stderr };
}

/**
 * The zips as another machine would make them: in another directory, at another time, in another time zone.
 * @param {string} name
 * @param {{ zone: string, changed: Date }} where
 * @returns {Record<string, Buffer>}
 */
function build(name, { zone, changed }) {
  const directory = join(scratch, name);
  for (const path of READ) cpSync(join(ROOT, path), join(directory, path), { recursive: true });
  for (const path of PACKAGES) {
    cpSync(join(ROOT, 'node_modules', path), join(directory, 'node_modules', path), { recursive: true });
  }
  for (const entry of readdirSync(join(directory, 'plugins'), { recursive: true, withFileTypes: true })) {
    utimesSync(join(entry.parentPath, entry.name), changed, changed);
  }
  const built = run(process.execPath, [join(directory, 'js/dev/plugins.js')], { env: { ...process.env, TZ: zone } });
  assert.equal(built.code, 0, built.error);
  const names = readdirSync(join(directory, 'dist'));
  return Object.fromEntries(names.map((file) => [file, readFileSync(join(directory, 'dist', file))]));
}

const zips = build('one', { zone: 'UTC', changed: new Date('2026-11-21T12:00:00Z') });
const oc4 = unzipSync(zips[OC4] ?? Buffer.alloc(0));
const oc3 = unzipSync(zips[OC3] ?? Buffer.alloc(0));

/** @param {Record<string, Uint8Array>} files @param {string} name @returns {string} where they are */
function unpack(files, name) {
  const directory = join(scratch, name);
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
  return directory;
}

const shop4 = join(unpack(oc4, 'shop 4'), 'system/kessai');
const shop3 = join(unpack(oc3, 'shop 3'), 'upload/system/library/kessai_btcpay');
const CLI = join(shop4, 'node/kessai.mjs');

test('the zips are the same bytes in another directory, at another time, in another time zone', () => {
  const again = build('another directory', { zone: 'Pacific/Auckland', changed: new Date('2020-01-31T00:00:00Z') });
  const hashes = (/** @type {Record<string, Buffer>} */ made) =>
    Object.entries(made).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]);
  assert.deepEqual(hashes(again), hashes(zips));
  assert.deepEqual(Object.keys(zips).sort(), [OC3, OC4_RELEASE, OC4].sort());
  assert.deepEqual(zips[OC4], zips[OC4_RELEASE]);
});

test('a zip is smaller than what PHP lets a merchant upload unless told', () => {
  for (const [name, bytes] of Object.entries(zips))
    assert.ok(bytes.length < 2 * 1024 * 1024, `${name}: ${bytes.length}`);
});

test('OpenCart 4 finds what it asks for, and nothing in a route that it would strip', () => {
  const about = JSON.parse(new TextDecoder().decode(oc4['install.json']));
  for (const member of ['name', 'version', 'author', 'link', 'code']) assert.ok(about[member], member);
  assert.equal(about.version, version);
  assert.equal(`${about.code}.ocmod.zip`, OC4);
  for (const path of Object.keys(oc4)) {
    assert.match(path, /^(install\.json$|(callback|job)\.php$|admin\/|catalog\/|system\/kessai\/)/);
    const [, route] = /^(?:admin|catalog)\/(?:controller|model|view\/template)\/(.+)\.\w+$/.exec(path) ?? [];
    if (route) assert.match(route, /^[a-z0-9_/]+$/);
  }
});

test("OpenCart 3's installer may write every file", () => {
  for (const path of Object.keys(oc3)) assert.match(path, OC3_FOLDERS);
});

test('both hold the client, the shared body with its texts, the script of the modal, and the licences', () => {
  for (const [files, kessai, script] of /** @type {const} */ ([
    [oc4, 'system/kessai', 'catalog/view/javascript/kessai.js'],
    [oc3, 'upload/system/library/kessai_btcpay', 'upload/catalog/view/javascript/kessai_btcpay/kessai.js'],
  ])) {
    assert.deepEqual(Buffer.from(files[script] ?? []), readFileSync(join(ROOT, 'pkg/browser/kessai.js')));
    const texts = (/** @type {string} */ language) =>
      Object.keys(files).filter((path) => path.startsWith(`${kessai}/opencart/texts/${language}/`));
    assert.ok(texts('en').length > 0);
    assert.equal(texts('ja').length, texts('en').length);
    for (const path of [
      'client/src/Kessai.php',
      'opencart/src/Extension.php',
      'LICENSE-MIT.txt',
      'LICENSE-APACHE.txt',
    ]) {
      assert.ok(files[`${kessai}/${path}`], path);
    }
    const licences = new TextDecoder().decode(files[`${kessai}/node/LICENSES.txt`]);
    for (const name of ['@hono/node-server', 'hono', 'undici', 'pino', 'socks']) {
      assert.match(licences, new RegExp(`^${name} \\S+ \\(MIT\\)$`, 'm'));
    }
    assert.match(licences, /^subtle \S+ \(BSD-3-Clause\)$/m);
    assert.match(licences, /^hmac \S+ \(MIT OR Apache-2\.0\)$/m);
  }
});

test('PHP reads every file', () => {
  for (const [directory, files] of /** @type {const} */ ([
    ['shop 4', oc4],
    ['shop 3', oc3],
  ])) {
    const paths = Object.keys(files).filter((path) => path.endsWith('.php'));
    assert.ok(paths.length > 40);
    for (const path of paths) {
      const { code, out } = run('php', ['-l', join(scratch, directory, path)]);
      assert.equal(code, 0, out);
    }
  }
});

test('autoload.php finds the client and the shared body in either place', () => {
  for (const kessai of [shop4, shop3]) {
    const code = `require $argv[1] . '/autoload.php'; exit(class_exists('Kessai\\Kessai') && class_exists('Kessai\\OpenCart\\Settings') ? 0 : 1);`;
    assert.equal(run('php', ['-r', code, '--', kessai]).code, 0);
  }
});

test('kessai for Node answers a step from wherever it is called, by PHP with nothing told but that it is a process', () => {
  const told = run(process.execPath, [CLI, '--version']);
  assert.deepEqual(told, { code: 0, out: `${version}\n`, error: '' });
  const code = `require $argv[1] . '/autoload.php';
    $settings = new Kessai\\OpenCart\\Settings(['transport' => 'process', 'node' => $argv[2]]);
    $kessai = new Kessai\\Kessai($settings->transport());
    echo json_encode($kessai->call('order.timeline', ['record' => null]));`;
  for (const kessai of [shop4, shop3]) {
    const { out, error } = run('php', ['-r', code, '--', kessai, process.execPath]);
    assert.deepEqual(JSON.parse(out || error), { ok: { entries: [], alerts: [] } });
  }
});

test('kessai for Node serves on a socket and over TCP', async (t) => {
  const socket = join(scratch, 'run', 'kessai.sock');
  await startSidecar(t, ['--socket', socket, '--gateway', 'https://btcpay.example.com'], CLI);
  const { ask, post } = createClient(socket, t);
  assert.equal((await ask('/readyz')).status, 200);
  assert.deepEqual((await post('/v1/order.timeline', { record: null })).json, { ok: { entries: [], alerts: [] } });

  const tokens = join(scratch, 'tokens');
  writeFileSync(tokens, 'a'.repeat(32), { mode: 0o600 });
  const { child } = await startSidecar(t, ['--tcp', '127.0.0.1:0', '--token-file', tokens], CLI);
  assert.equal(child.exitCode, null);
});

test('kessai for Node examines a shop, and says plainly what is not in it', () => {
  const settings = join(scratch, 'settings.json');
  writeFileSync(settings, '{}');
  const doctor = run(process.execPath, [CLI, 'doctor', '--settings', settings, '--lang', 'en']);
  assert.match(doctor.out + doctor.error, /serverUrl/);
  const { code, error } = run(process.execPath, [CLI, 'sim', 'btcpay']);
  assert.equal(code, 2);
  assert.match(error, /^kessai: the simulator is not in this package/);
});

test('a Node that is too old is told so', () => {
  const old = `data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'18.19.0'}})`;
  const { code, error } = run(process.execPath, ['--import', old, CLI, 'call', 'order.timeline']);
  assert.deepEqual({ code, error }, { code: 2, error: 'kessai needs Node.js 20.19 or newer; this is 18.19.0\n' });
});

test('the units of the zip start the program that was copied to /opt/kessai', () => {
  const unit = readFileSync(join(shop4, 'node/systemd/kessai.service'), 'utf8');
  assert.match(unit, /^ExecStart=\/usr\/bin\/node \/opt\/kessai\/kessai\.mjs serve \$KESSAI_OPTIONS$/m);
});
