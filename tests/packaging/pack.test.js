import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** @typedef {{ code: number | null, out: string, error: string }} Ran */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

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

/** The package as npm would publish it, installed into a project that has nothing else. */
function install() {
  // Without scripts: `prepack` builds, and what is to be tested is what lies in `pkg`.
  const packed = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], ROOT);
  const [{ filename, files }] = JSON.parse(succeeded(packed));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  succeeded(run('npm', ['install', ...flags, `./${filename}`]));
  return /** @type {{ path: string }[]} */ (files).map(({ path }) => path);
}

const files = install();

test('the package holds what runs and nothing of how it is made', () => {
  for (const needed of [
    'js/node.js',
    'js/index.d.ts',
    'js/sim/index.d.ts',
    'js/types.d.ts',
    'pkg/kessai.js',
    'pkg/kessai_bg.wasm',
    'js/browser.d.ts',
    'pkg/browser/kessai.js',
    'pkg/browser/kessai.mjs',
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
