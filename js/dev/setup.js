/**
 * Sets up what is missing for a purpose, `build` or `test`, and says so; where nothing is missing, says nothing.
 * Runs before anything is installed, so it imports nothing but Node's own modules.
 *
 *     node js/dev/setup.js build
 */
import { existsSync, readFileSync } from 'node:fs';
import { DATABASE_PACKAGES, mariadbServer, postgresPrograms } from './databases.js';
import { main, output, programPath, run, Stop, say } from './process.js';
import { nginx, phpFpm, WEB_SERVER_PACKAGES } from './webServers.js';

/**
 * Something a purpose needs.
 * @typedef {object} Need
 * @property {string} name
 * @property {() => boolean} present
 * @property {string[]} command installs it
 * @property {boolean} [byHand] the command is named, never run
 */

const NODE = '20.19.0';
const WASM = 'wasm32-unknown-unknown';

await main(() => {
  const purpose = process.argv[2] ?? '';
  const needs = { build, test: () => [...build(), ...test()] }[purpose];
  if (!needs) throw new Stop('Usage: node js/dev/setup.js build|test');
  for (const need of needs()) if (!need.present()) setUp(need);
});

/** @returns {Need[]} */
function build() {
  const wasmBindgen = lockedVersion('wasm-bindgen');
  return [
    {
      name: `Node.js ${NODE} or newer (this is ${process.versions.node})`,
      present: () => process.versions.node.localeCompare(NODE, 'en', { numeric: true }) >= 0,
      command: ['nvm', 'install', '22'],
      byHand: true,
    },
    {
      name: 'Rust with rustup and cargo',
      present: () => Boolean(programPath('cargo') && programPath('rustup')),
      command: ['curl -sSf https://sh.rustup.rs | sh -s -- -y'],
      byHand: true,
    },
    { name: 'a C linker', present: () => Boolean(programPath('cc')), command: apt('gcc', 'libc6-dev') },
    {
      name: 'the npm packages',
      present: packagesPresent,
      command: ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    },
    {
      name: `Rust's ${WASM} target`,
      present: () => existsSync(output('rustc', ['--print', 'target-libdir', '--target', WASM])?.trim() ?? ''),
      command: ['rustup', 'target', 'add', WASM],
    },
    {
      name: `wasm-bindgen ${wasmBindgen} (some two minutes)`,
      present: () => output('wasm-bindgen', ['--version'])?.trim() === `wasm-bindgen ${wasmBindgen}`,
      // Without --locked: the lock file this version was published with does not build.
      command: ['cargo', 'install', 'wasm-bindgen-cli', '--version', wasmBindgen],
    },
  ];
}

/** @returns {Need[]} */
function test() {
  return [
    {
      name: 'rustfmt and clippy',
      present: () => ['fmt', 'clippy'].every((tool) => output('cargo', [tool, '--version'])),
      command: ['rustup', 'component', 'add', 'rustfmt', 'clippy'],
    },
    {
      name: 'wasm-pack (some two minutes)',
      present: () => Boolean(programPath('wasm-pack')),
      command: ['cargo', 'install', '--locked', 'wasm-pack'],
    },
    {
      name: 'Chromium and its driver',
      present: () => Boolean(programPath('chromium') && programPath('chromedriver')),
      command: apt('chromium', 'chromium-driver'),
    },
    {
      name: 'MariaDB and PostgreSQL',
      present: () => Boolean(mariadbServer() && postgresPrograms()),
      command: apt(...DATABASE_PACKAGES),
    },
    {
      name: 'PHP with curl, mysqli and PDO',
      present: () => /^curl$.*^mysqli$.*^pdo_mysql$/ms.test(output('php', ['-m']) ?? ''),
      command: apt('php-cli', 'php-curl', 'php-mysql'),
    },
    {
      name: 'nginx and PHP-FPM',
      present: () => Boolean(nginx() && phpFpm()),
      command: apt(...WEB_SERVER_PACKAGES),
    },
    { name: 'openssl', present: () => Boolean(programPath('openssl')), command: apt('openssl') },
    {
      name: "systemd's own tools",
      present: () => Boolean(programPath('systemd-analyze') && programPath('systemd-socket-activate')),
      command: apt('systemd'),
    },
  ];
}

/** @param {Need} need */
function setUp({ name, present, command, byHand }) {
  const line = command.join(' ');
  if (byHand || !programPath(command[0] ?? '')) throw new Stop(`Missing: ${name}. Install it with: ${line}`);
  say(`Setting up ${name}: ${line}`);
  try {
    // A fresh machine, or one that was switched off for long, has no list of packages or a stale one.
    if (command.includes('apt-get')) run(command[0] ?? '', [...command.slice(1, command.indexOf('install')), 'update']);
    run(command[0] ?? '', command.slice(1));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    throw new Stop(`Missing: ${name}. It could not be set up; install it with: ${line}`);
  }
  if (!present()) throw new Stop(`Missing: ${name}. It was set up, but is not found; is its directory in PATH?`);
}

/**
 * The command that installs Debian packages without a question.
 * @param {string[]} packages
 */
function apt(...packages) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  return [...sudo, 'apt-get', '-q', 'install', '-y', '--no-install-recommends', ...packages];
}

/**
 * The version of a crate in Cargo.lock.
 * @param {string} name
 */
function lockedVersion(name) {
  const version = readFileSync('Cargo.lock', 'utf8').match(`\nname = "${name}"\nversion = "(.+)"\n`)?.[1];
  if (!version) throw new Stop(`Cargo.lock has no ${name}`);
  return version;
}

/** Whether node_modules holds what package-lock.json lists; npm writes the list of what it has installed there. */
function packagesPresent() {
  const installed = 'node_modules/.package-lock.json';
  if (!existsSync(installed)) return false;
  const { packages: found } = JSON.parse(readFileSync(installed, 'utf8'));
  const { '': _root, ...wanted } = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional }]) =>
    found[path] ? found[path].version === version : optional,
  );
}
