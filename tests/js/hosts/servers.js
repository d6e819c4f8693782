/** MariaDB and PostgreSQL, each in a directory of its own and on a unix socket alone. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { DATABASE_PACKAGES, mariadbServer, postgresPrograms } from '../../../js/dev/databases.js';

/**
 * @typedef {object} Server
 * @property {string} socket
 * @property {() => Promise<void>} stop
 */

const isRoot = process.getuid?.() === 0;

/**
 * @param {string | undefined} found
 * @returns {string}
 */
function need(found) {
  const packages = DATABASE_PACKAGES.join(' ');
  if (!found)
    throw new Error(`A database server is missing. Install both: apt-get install --no-install-recommends ${packages}`);
  return found;
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed\n${stdout}${stderr}`);
}

/** PostgreSQL refuses root, so that root needs the account that Debian's package made. */
const asPostgres = (/** @type {string} */ program, /** @type {string[]} */ args) =>
  /** @type {[string, string[]]} */ (
    isRoot ? ['runuser', ['-u', 'postgres', '--', program, ...args]] : [program, args]
  );

/** @returns {Promise<Server>} */
export async function startMariadb() {
  const server = need(mariadbServer());
  const directory = mkdtempSync(join(tmpdir(), 'kessai-mariadb-'));
  const data = join(directory, 'data');
  const socket = join(directory, 'socket');
  const user = isRoot ? ['--user=root'] : [];
  run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...user,
  ]);
  const args = [
    `--datadir=${data}`,
    `--socket=${socket}`,
    '--skip-networking',
    '--character-set-server=utf8mb4',
    ...user,
  ];
  const child = spawn(server, ['--no-defaults', ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
  await answers(child, async () => {
    const db = await mysql.createConnection({ socketPath: socket, user: 'root' });
    await db.query('CREATE DATABASE shop');
    await db.end();
  });
  return { socket, stop: () => stop(child, () => child.kill(), directory) };
}

/** @returns {Promise<Server>} */
export async function startPostgres() {
  const programs = need(postgresPrograms());
  const directory = mkdtempSync(join(tmpdir(), 'kessai-postgres-'));
  const data = join(directory, 'data');
  mkdirSync(data);
  if (isRoot) run('chown', ['-R', 'postgres', directory]);
  chmodSync(directory, 0o755);
  run(...asPostgres(join(programs, 'initdb'), ['-D', data, '-U', 'shop', '--auth=trust', '--encoding=UTF8']));
  const settings = [`unix_socket_directories=${directory}`, 'listen_addresses=', 'deadlock_timeout=4s'];
  const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(...asPostgres(join(programs, 'postgres'), args), { stdio: ['ignore', 'ignore', 'ignore'] });
  await answers(child, async () => {
    const db = new pg.Client({ host: directory, user: 'shop', database: 'postgres' });
    await db.connect();
    await db.query('CREATE DATABASE shop');
    await db.end();
  });
  // `runuser` passes no SIGINT on, which is what ends the server without waiting for its clients.
  const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return { socket: directory, stop: () => stop(child, () => process.kill(pid, 'SIGINT'), directory) };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => Promise<void>} greet
 */
async function answers(child, greet) {
  for (let tries = 1; ; tries++) {
    try {
      return await greet();
    } catch (error) {
      if (tries === 300 || child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => void} end
 * @param {string} directory
 */
async function stop(child, end, directory) {
  const ended = once(child, 'exit');
  if (child.exitCode === null && child.signalCode === null) {
    end();
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
}
