import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** @typedef {{ code: number | null, out: string, error: string }} Ran */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const { version, dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** What comes with the package into a shop, which grows by somebody's decision alone. */
const NEEDED = [
  ...['@hono/node-server', 'hono'],
  ...['undici', 'socks', 'ip-address', 'smart-buffer'],
  ...['pino', '@pinojs/redact', 'atomic-sleep', 'on-exit-leak-free', 'pino-abstract-transport', 'pino-std-serializers'],
  ...['process-warning', 'quick-format-unescaped', 'real-require', 'safe-stable-stringify', 'sonic-boom', 'split2'],
  'thread-stream',
];

const project = mkdtempSync(join(tmpdir(), 'kessai-consumer-'));
after(() => rmSync(project, { recursive: true, force: true }));

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 * @returns {Ran}
 */
function run(command, args, cwd = project) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  return { code: status, out: stdout, error: stderr };
}

/** @param {Ran} ran */
function succeeded({ code, out, error }) {
  assert.equal(code, 0, `${out}${error}`);
  return out;
}

/**
 * Packed as npm would publish them.
 * @param {string[]} directories
 * @returns {{ filename: string, files: { path: string }[] }[]}
 */
function pack(directories) {
  // Without scripts: `prepack` builds, and what is to be tested is what lies in `pkg`.
  const flags = ['--json', '--ignore-scripts', '--pack-destination', project];
  return JSON.parse(succeeded(run('npm', ['pack', ...directories, ...flags], ROOT)));
}

/** The package, installed into a project that has nothing else; what it depends on comes from here, not from the network. */
function install() {
  const packed = pack([ROOT, ...NEEDED.map((name) => join(ROOT, 'node_modules', name))]);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  succeeded(run('npm', ['install', ...flags, ...packed.map(({ filename }) => `./${filename}`)]));
  return packed[0]?.files.map(({ path }) => path) ?? [];
}

const files = install();

test('the package holds what runs and nothing of how it is made', () => {
  for (const needed of [
    'js/node.js',
    'js/index.d.ts',
    'js/sim/index.d.ts',
    'js/types.d.ts',
    'js/sidecar/openapi.json',
    'deploy/systemd/kessai.service',
    'deploy/nginx/kessai.conf',
    'pkg/kessai.js',
    'pkg/kessai_bg.wasm',
    'js/browser.d.ts',
    'pkg/browser/kessai.js',
    'pkg/browser/kessai.mjs',
    'plugins/client/autoload.php',
    'plugins/client/composer.json',
    'plugins/client/README.md',
    'plugins/client/LICENSE-MIT',
    'plugins/client/src/Kessai.php',
    'plugins/client/src/Ops/Btcpay.php',
  ]) {
    assert.ok(files.includes(needed), needed);
  }
  const stray = files.filter((path) =>
    /^(js\/(dev|demo|browser)|tests|src|target|benches)\/|\.(pem|rs|tgz)$/.test(path),
  );
  assert.deepEqual(stray, []);
});

const USE = `
  const kessai = createKessai({ settings: { serverUrl: 'http://127.0.0.1:1' } });
  const { err } = kessai.call('no.such.op', {});
  const error = new KessaiError(err);
  console.log(JSON.stringify([version, error.code, typeof webhookHandler(kessai), typeof signWebhook]));
`;

for (const [kind, script] of [
  ['import', `import { createKessai, KessaiError, signWebhook, version, webhookHandler } from 'kessai'; ${USE}`],
  ['require', `const { createKessai, KessaiError, signWebhook, version, webhookHandler } = require('kessai'); ${USE}`],
]) {
  test(`${kind} works, and warns of nothing`, () => {
    const type = kind === 'import' ? 'module' : 'commonjs';
    const { code, out, error } = run(process.execPath, [`--input-type=${type}`, '--eval', script ?? '']);
    assert.equal(error, '');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), [version, 'input.unknownOp', 'function', 'function']);
  });
}

for (const [kind, script] of [
  ['import', "import { Clock, startBtcpaySim } from 'kessai/sim'; start();"],
  ['require', "const { Clock, startBtcpaySim } = require('kessai/sim'); start();"],
]) {
  test(`${kind} of kessai/sim starts a simulator, and warns of nothing`, () => {
    const type = kind === 'import' ? 'module' : 'commonjs';
    const use = `async function start() {
      const sim = await startBtcpaySim({ clock: new Clock({ now: 1792900000, running: false }) });
      const answer = await fetch(\`\${sim.url}/api/v1/health\`);
      console.log(JSON.stringify([answer.status, sim.clock.now()]));
      await sim.close();
    }`;
    const { code, out, error } = run(process.execPath, [`--input-type=${type}`, '--eval', `${script} ${use}`]);
    assert.equal(error, '');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), [200, 1_792_900_000]);
  });
}

for (const [kind, script] of [
  ['import', "import { enableButtons, openCheckout } from 'kessai/browser';"],
  ['require', "const { enableButtons, openCheckout } = require('kessai/browser');"],
]) {
  test(`${kind} of kessai/browser does nothing until it is called, so that a page drawn on a server may hold it`, () => {
    const type = kind === 'import' ? 'module' : 'commonjs';
    const use = 'console.log(typeof openCheckout, typeof enableButtons);';
    const { code, out, error } = run(process.execPath, [`--input-type=${type}`, '--eval', `${script} ${use}`]);
    assert.equal(error, '');
    assert.equal(code, 0);
    assert.equal(out, 'function function\n');
  });
}

test('the script for a script tag is found where the manual says', () => {
  const script = "console.log(require.resolve('kessai/pkg/browser/kessai.js'))";
  const out = succeeded(run(process.execPath, ['--input-type=commonjs', '--eval', script]));
  assert.equal(out.trim(), join(project, 'node_modules/kessai/pkg/browser/kessai.js'));
});

test('npx kessai --version', () => {
  assert.equal(succeeded(run('npx', ['--offline', 'kessai', '--version'])), `${version}\n`);
});

test('what it depends on is known, and has no scripts', () => {
  const installed = readdirSync(join(project, 'node_modules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|node_modules\/)(@[^/]+\/)?[^/@.]+\/package\.json$/.test(path))
    .map((path) => JSON.parse(readFileSync(join(project, 'node_modules', path), 'utf8')));
  const names = installed.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), ['kessai', ...NEEDED].toSorted());
  assert.ok(Object.keys(dependencies).every((name) => NEEDED.includes(name)));
  for (const { name, scripts, license, ...its } of installed) {
    for (const script of ['preinstall', 'install', 'postinstall']) assert.equal(scripts?.[script], undefined, name);
    assert.match(license, /MIT|Apache-2\.0|BSD|ISC/, name);
    const others = name === 'kessai' ? [] : Object.keys(its.dependencies ?? {});
    assert.deepEqual(
      others.filter((other) => !NEEDED.includes(other)),
      [],
      name,
    );
  }
});

test('a shop that does not serve needs nothing but the package itself', () => {
  const [here, away] = ['node_modules', 'away'].map((name) => join(project, name));
  const moved = [...new Set(NEEDED.map((name) => name.split('/')[0] ?? ''))];
  const move = (/** @type {string} */ from = '', /** @type {string} */ to = '') => {
    for (const name of moved) renameSync(join(from, name), join(to, name));
  };
  mkdirSync(away ?? '');
  move(here, away);
  try {
    const script = `import { createKessai } from 'kessai'; import 'kessai/sim'; console.log(typeof createKessai);`;
    assert.equal(succeeded(run(process.execPath, ['--input-type=module', '--eval', script])), 'function\n');
    assert.equal(succeeded(run('npx', ['--offline', 'kessai', '--version'])), `${version}\n`);
    const call = spawnSync('npx', ['--offline', 'kessai', 'call', 'order.timeline'], { cwd: project, input: '{}' });
    assert.equal(call.status, 0, String(call.stderr));
  } finally {
    move(away, here);
  }
});

test('kessai serve runs from the package, and ends when it is told to', async () => {
  const args = [join(project, 'node_modules/.bin/kessai'), 'serve', '--socket', join(project, 'run/kessai.sock')];
  const child = spawn(process.execPath, args, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
  after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [said] = await Promise.race([once(child.stdout, 'data'), exited]);
  assert.match(String(said), /^kessai serves on /);
  child.kill();
  assert.deepEqual(await exited, [0, null]);
});

test('npx kessai sim and call run from the package', () => {
  assert.match(succeeded(run('npx', ['--offline', 'kessai', 'sim', 'btcpay', '--help'])), /kessai sim btcpay/);
  const called = run('npx', ['--offline', 'kessai', 'call', 'no.such.op']);
  assert.equal(called.code, 1);
  assert.equal(JSON.parse(called.out).err.code, 'input.unknownOp');
});

/**
 * @param {string[]} sources in the project
 * @param {string[]} [more]
 */
function compile(sources, more = []) {
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
  const host = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const roots = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--pretty', 'false'];
  return run(process.execPath, [TSC, ...options, ...host, ...roots, ...more, ...sources]);
}

/** Puts the consumer's sources beside the installed package. As text, they are no part of the project's own type check. */
function addSources() {
  for (const source of ['valid.ts', 'commonjs.cts', 'invalid.ts']) {
    copyFileSync(new URL(`consumer/${source}.txt`, import.meta.url), join(project, source));
  }
}

test('a typed consumer compiles, as a module and as CommonJS, with the types of the DOM and without', () => {
  addSources();
  for (const lib of ['es2023', 'es2023,dom,dom.iterable']) {
    succeeded(compile(['valid.ts', 'commonjs.cts'], ['--lib', lib]));
  }
});

test('each mistake of a typed consumer is found, and nothing else', () => {
  addSources();
  const lines = readFileSync(join(project, 'invalid.ts'), 'utf8').split('\n');
  const expected = lines.flatMap((line, at) => (line.endsWith('// error') ? [at + 1] : []));
  assert.ok(expected.length > 10);
  const { code, out } = compile(['invalid.ts']);
  assert.notEqual(code, 0);
  const found = [...out.matchAll(/^(\S+)\((\d+),\d+\): error/gm)].map(([, file, line]) => [file, Number(line)]);
  assert.deepEqual([...new Set(found.map(([, line]) => line))], expected, out);
  assert.deepEqual(new Set(found.map(([file]) => file)), new Set(['invalid.ts']));
});
