/** Where the database servers are that the host examples are run against: Debian keeps them out of most people's PATH. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from './process.js';

/** @returns {string | undefined} the path of MariaDB's server */
export function mariadbServer() {
  return programPath('mariadbd') ?? ['/usr/sbin/mariadbd'].find((path) => existsSync(path));
}

/** @returns {string | undefined} the directory of PostgreSQL's `initdb` and `postgres`, the newest where there are several */
export function postgresPrograms() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = versions.map((version) => join(root, version, 'bin'));
  return directories.find((directory) => ['initdb', 'postgres'].every((name) => existsSync(join(directory, name))));
}

/** The Debian packages of both. */
export const DATABASE_PACKAGES = ['mariadb-server', 'postgresql'];
