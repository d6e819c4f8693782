import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SETUP = fileURLToPath(new URL('../../js/dev/setup.js', import.meta.url));
const STEPS = fileURLToPath(new URL('../../js/dev/test.js', import.meta.url));

/** A directory of programs of our own, first in the path. */
let programs = '';
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'kessai-setup-'));
});
afterEach(() => rmSync(programs, { recursive: true }));

/**
 * @param {string} name
 * @param {string} script
 */
function program(name, script) {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function node(args, env = {}) {
  const PATH = [programs, process.env.PATH].join(delimiter);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH, ...env },
  });
  return { status, stdout, stderr };
}

test('where nothing is missing, nothing is said', () => {
  assert.deepEqual(node([SETUP, 'build']), { status: 0, stdout: '', stderr: '' });
});

test('no cargo: one line that tells how to get it', () => {
  const { status, stderr } = node([SETUP, 'build'], { PATH: programs, CARGO_HOME: programs });
  assert.equal(status, 1);
  assert.match(stderr, /^Missing: Rust with rustup and cargo\. Install it with: curl .*\n$/);
});

test('an old Node: one line that tells which is needed', () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } })`;
  const { status, stderr } = node(['--import', `data:text/javascript,${encodeURIComponent(old)}`, SETUP, 'build']);
  assert.equal(status, 1);
  assert.match(stderr, /^Missing: Node\.js 20\.19\.0 or newer \(this is 20\.9\.0\)\. .*\n$/);
});

test('another wasm-bindgen is replaced by the one of Cargo.lock', () => {
  program('wasm-bindgen', `cat ${join(programs, 'version')}`);
  writeFileSync(join(programs, 'version'), 'wasm-bindgen 0.0.1');
  program('cargo', `echo "$@" > ${join(programs, 'asked')}; echo "wasm-bindgen $4" > ${join(programs, 'version')}`);
  const { status, stdout, stderr } = node([SETUP, 'build']);
  const version = readFileSync(fileURLToPath(new URL('../../Cargo.lock', import.meta.url)), 'utf8').match(
    /name = "wasm-bindgen"\nversion = "(.+)"/,
  )?.[1];
  const command = `install wasm-bindgen-cli --version ${version}`;
  assert.equal(readFileSync(join(programs, 'asked'), 'utf8'), `${command}\n`);
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
  assert.match(stderr, new RegExp(`^Setting up wasm-bindgen .*: cargo ${command}\n$`));
});

test('a tool that cannot be had is named with the command that installs it', () => {
  program('wasm-bindgen', 'exit 1');
  program('cargo', 'exit 101');
  const { status, stderr } = node([SETUP, 'build']);
  assert.equal(status, 1);
  const [last] = stderr.trimEnd().split('\n').slice(-1);
  assert.match(last ?? '', /^Missing: wasm-bindgen .* install it with: cargo install wasm-bindgen-cli --version \S+$/);
});

test('an unknown test step is refused, for it would pass by running nothing', () => {
  const { status, stderr } = node([STEPS, 'clipy']);
  assert.equal(status, 1);
  assert.match(stderr, /^No step clipy; there are fmt, .*\n$/);
});
