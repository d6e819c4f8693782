/** Each host example as a whole shop: its tables, one order to sell, and how its rows are read. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import mysql from 'mysql2/promise';
import pg from 'pg';
import * as mariadb from './mariadb.js';
import * as planned from './planned.js';
import * as postgres from './postgres.js';
import { startMariadb, startPostgres } from './servers.js';
import * as sqlite from './sqlite.js';

/** @import { Orders } from 'kessai' */

/**
 * @typedef {object} Shop a shop on an open database
 * @property {Orders} orders
 * @property {(sql: string, values?: any[]) => Promise<any[]>} query rows, or none; `?` for each value
 * @property {() => Promise<void>} carryOut what a process that ended left to be done
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Example
 * @property {() => Promise<{socket: string, stop: () => Promise<void>}>} start the database's server
 * @property {(socket: string, connections?: number) => Promise<Shop>} open
 * @property {string} tables
 * @property {(id: string) => string[]} sell what an order of two pieces writes
 * @property {(id: string) => string} look reads the order's status, goods, record and its product's stock
 * @property {(id: string) => string} messages reads kind and key of each
 * @property {object} statuses
 * @property {{ paid: string, cancelled: string }} words its statuses
 */

const none = async () => {};

/** A shop whose tables all join the transaction. */
const whole = {
  sell: (/** @type {string} */ id) => [
    `INSERT INTO products (id, stock) VALUES ('cup-${id}', 8)`,
    `INSERT INTO orders (id) VALUES ('${id}')`,
    `INSERT INTO order_items (order_id, product_id, quantity) VALUES ('${id}', 'cup-${id}', 2)`,
  ],
  look: (/** @type {string} */ id) => `SELECT orders.status, orders.goods, orders.kessai AS record, products.stock
    FROM orders, products WHERE orders.id = '${id}' AND products.id = 'cup-${id}'`,
  statuses: {},
  words: { paid: 'paid', cancelled: 'cancelled' },
};

/** @type {Record<string, Example>} */
export const EXAMPLES = {
  sqlite: {
    ...whole,
    tables: sqlite.tables,
    messages: (id) => `SELECT kind, key FROM order_messages WHERE order_id = '${id}'`,
    async start() {
      const directory = await mkdtemp(join(tmpdir(), 'kessai-sqlite-'));
      return { socket: join(directory, 'shop.db'), stop: async () => rmSync(directory, { recursive: true }) };
    },
    async open(socket) {
      const db = new Database(socket);
      db.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL');
      return {
        orders: sqlite.createOrders(db),
        query: async (sql, values = []) => {
          if (/^\s*SELECT/.test(sql)) return db.prepare(sql).all(...values);
          if (values.length > 0) db.prepare(sql).run(...values);
          else db.exec(sql);
          return [];
        },
        carryOut: none,
        close: async () => {
          db.close();
        },
      };
    },
  },
  mariadb: {
    ...whole,
    tables: mariadb.tables,
    messages: (id) => `SELECT kind, message_key AS \`key\` FROM order_messages WHERE order_id = '${id}'`,
    start: startMariadb,
    open: (socket, connections) => openMysql(socket, connections, mariadb.createOrders, none),
  },
  planned: {
    tables: `CREATE TABLE oc_order (
        order_id INT PRIMARY KEY, order_status_id INT NOT NULL DEFAULT 0, payment_code VARCHAR(128) NOT NULL
      ) ENGINE=MyISAM;
      ${planned.tables}`,
    sell: (id) => [`INSERT INTO oc_order (order_id, payment_code) VALUES (${id}, 'btcpay')`],
    look: (id) => `SELECT CONCAT(o.order_status_id) AS status, k.goods, k.record
      FROM oc_order o LEFT JOIN kessai_order k ON k.order_id = o.order_id WHERE o.order_id = ${id}`,
    messages: (id) => `SELECT kind, message_key AS \`key\` FROM kessai_message WHERE order_id = ${id}`,
    statuses: { preset: 'opencart' },
    words: { paid: '2', cancelled: '14' },
    start: startMariadb,
    open: (socket, connections) => openMysql(socket, connections, planned.createOrders, planned.carryOutLeft),
  },
  postgres: {
    ...whole,
    tables: postgres.tables,
    messages: (id) => `SELECT kind, key FROM order_messages WHERE order_id = '${id}'`,
    start: startPostgres,
    async open(socket, max = 10) {
      const pool = new pg.Pool({ host: socket, user: 'shop', database: 'shop', max });
      // A connection that the server ends while it is idle would end the process.
      pool.on('error', () => {});
      return {
        orders: postgres.createOrders(pool),
        query: async (sql, values = []) => {
          let at = 0;
          const result = await pool.query(
            sql.replaceAll('?', () => `$${++at}`),
            values,
          );
          return result.rows ?? [];
        },
        carryOut: none,
        close: () => pool.end(),
      };
    },
  },
};

/**
 * @param {string} socket
 * @param {number | undefined} connectionLimit
 * @param {(pool: mysql.Pool) => Orders} createOrders
 * @param {(pool: mysql.Pool) => Promise<void>} carryOut
 * @returns {Promise<Shop>}
 */
async function openMysql(socket, connectionLimit, createOrders, carryOut) {
  const pool = mysql.createPool({
    socketPath: socket,
    user: 'root',
    database: 'shop',
    charset: 'utf8mb4',
    multipleStatements: true,
    connectionLimit: connectionLimit ?? 10,
  });
  return {
    orders: createOrders(pool),
    query: async (sql, values = []) => {
      const [rows] = await pool.query(sql, values);
      return /** @type {any[]} */ (rows);
    },
    carryOut: () => carryOut(pool),
    close: () => pool.end(),
  };
}
