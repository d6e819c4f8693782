import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/**
 * Keeps a folder for this process alone, for as long as it lives: two shops on one database, or two simulators on one
 * journal, would each not know what the other did. SQLite holds the lock, so a kill leaves none behind.
 * @param {string} folder made where it is missing, for this user only
 * @returns {{tell: (url: string) => void, release: () => void}} `tell`: where this process can be found
 * @throws {Error} where another process holds the folder; says which
 */
export function lockFolder(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const holder = join(folder, 'holder.txt');
  const db = new Database(join(folder, 'lock.sqlite'));
  try {
    db.exec('BEGIN IMMEDIATE');
  } catch (error) {
    db.close();
    if (/** @type {{code?: string}} */ (error).code !== 'SQLITE_BUSY') throw error;
    throw new Error(`${folder}/ is in use by ${readFileSync(holder, 'utf8')}. Use that one, or stop it first.`);
  }
  const write = (/** @type {string} */ where) => writeFileSync(holder, `process ${process.pid}${where}`);
  write('');
  return { tell: (url) => write(` at ${url}`), release: () => db.close() };
}
