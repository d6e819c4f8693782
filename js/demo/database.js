import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { catalog } from './catalog.js';

/** @typedef {InstanceType<typeof Database>} Db */

// `record` is what kessai knows of an order's payment: text, stored as it comes and never parsed here.
// `attention` says that there are alerts in it. A mail's key makes one that is applied twice one that is stored once.
const schema = `
  CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value TEXT NOT NULL);

  CREATE TABLE IF NOT EXISTS products (
    id TEXT PRIMARY KEY,
    currency TEXT NOT NULL,
    price INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    stock INTEGER NOT NULL
  );

  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    language TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    currency TEXT NOT NULL,
    shipping INTEGER NOT NULL,
    shipping_tax INTEGER NOT NULL,
    total TEXT NOT NULL,
    method TEXT NOT NULL DEFAULT 'btcpay',
    status TEXT NOT NULL DEFAULT 'awaiting',
    stock TEXT NOT NULL DEFAULT 'taken' CHECK (stock IN ('taken', 'returned')),
    goods TEXT NOT NULL DEFAULT 'hold' CHECK (goods IN ('release', 'hold')),
    shipped INTEGER NOT NULL DEFAULT 0,
    attention INTEGER NOT NULL DEFAULT 0,
    paid_at INTEGER,
    record TEXT
  );

  CREATE TABLE IF NOT EXISTS order_items (
    order_id TEXT NOT NULL REFERENCES orders (id),
    product_id TEXT NOT NULL REFERENCES products (id),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    price INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    PRIMARY KEY (order_id, product_id)
  );

  CREATE TABLE IF NOT EXISTS invoices (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id)
  );

  CREATE TABLE IF NOT EXISTS outbox (
    order_id TEXT NOT NULL REFERENCES orders (id),
    key TEXT NOT NULL,
    recipient TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at INTEGER,
    PRIMARY KEY (order_id, key)
  );
`;

/** Changes with the tables above. */
const VERSION = 2;

/** @type {WeakMap<Db, () => number>} */
const clocks = new WeakMap();

/**
 * Opens the shop's database; creates and fills it on the first start.
 * @param {string} file
 * @param {() => number} [now] unix seconds: beside a simulator whose clock can be moved the shop must go by the same one
 * @returns {Db}
 * @throws {Error} where another version of the demo shop made the file
 */
export function openDatabase(file, now = () => Math.floor(Date.now() / 1000)) {
  // Secrets and customers' addresses are in it.
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Database(file);
  clocks.set(db, now);
  // FULL: a committed payment must survive a power cut, not only a crash of this process.
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;',
  );
  transaction(db, () => {
    createTables(db, file);
    const product = db.prepare(
      'INSERT OR IGNORE INTO products (id, currency, price, tax, stock) VALUES (?, ?, ?, ?, ?)',
    );
    for (const { id, currency, price, tax, stock } of catalog) product.run(id, currency, price, tax, stock);
  });
  return db;
}

/**
 * @param {Db} db
 * @param {string} file
 * @throws {Error} where another version of the demo shop made the tables
 */
function createTables(db, file) {
  const { tables } = /** @type {{tables: number}} */ (db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get());
  const { user_version: version } = /** @type {{user_version: number}} */ (db.prepare('PRAGMA user_version').get());
  if (tables > 0 && version !== VERSION) {
    throw new Error(`${file} was made by another version of the demo shop. Delete ${dirname(file)} to start afresh.`);
  }
  db.exec(`${schema} PRAGMA user_version = ${VERSION};`);
}

/**
 * Runs `work` in one transaction that holds the write lock from its start, so that what `work` reads is still true
 * when it writes. `work` is synchronous: nothing can wait for a network while the lock is held.
 * @template T
 * @param {Db} db
 * @param {() => T} work
 * @returns {T}
 */
export function transaction(db, work) {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * A random secret of this shop, made when it is first asked for and the same ever after.
 * @param {Db} db
 * @param {'shopKey' | `refund/${string}`} name
 * @returns {string} 43 characters, 256 bits
 */
export function ownSecret(db, name) {
  const read = db.prepare('SELECT value FROM keys WHERE name = ?');
  const known = () => /** @type {{value: string} | undefined} */ (read.get(name))?.value;
  if (!known()) db.prepare('INSERT OR IGNORE INTO keys (name, value) VALUES (?, ?)').run(name, randomKey());
  return String(known());
}

/** @returns {string} */
export function randomKey() {
  return randomBytes(32).toString('base64url');
}

/**
 * Now, in unix seconds: the unit of every time in the database.
 * @param {Db} db
 * @returns {number}
 */
export function unixNow(db) {
  return /** @type {() => number} */ (clocks.get(db))();
}
