/** A PHP shop on MariaDB, kessai on a socket, a simulated server, and what that sent, to be delivered as a test likes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { startMariadb } from '../js/hosts/servers.js';
import { serving } from '../js/sidecar/serving.js';
import { openWorld, SECRET } from '../js/sim/world.js';

/** @typedef {import('../js/sim/world.js').Received} Received */
/** @typedef {'whole' | 'foreign'} Kind of shop: everything in one transaction, or an order API that joins none */

const PROCESS = fileURLToPath(new URL('shop.php', import.meta.url));

const TABLES = `
  CREATE TABLE products (id VARCHAR(64) COLLATE utf8mb4_bin PRIMARY KEY, stock INT NOT NULL) ENGINE=InnoDB;
  CREATE TABLE orders (
    id VARCHAR(64) COLLATE utf8mb4_bin PRIMARY KEY,
    status VARCHAR(32) NOT NULL DEFAULT 'awaiting',
    method VARCHAR(32) NOT NULL DEFAULT 'btcpay',
    shipped BOOLEAN NOT NULL DEFAULT FALSE,
    stock VARCHAR(8) NOT NULL DEFAULT 'taken',
    goods VARCHAR(8) NOT NULL DEFAULT 'hold',
    paid_at BIGINT
  ) ENGINE=InnoDB;
  CREATE TABLE order_items (
    order_id VARCHAR(64) COLLATE utf8mb4_bin, product_id VARCHAR(64) COLLATE utf8mb4_bin, quantity INT, PRIMARY KEY (order_id, product_id)
  ) ENGINE=InnoDB;
  CREATE TABLE order_messages (
    order_id VARCHAR(64) COLLATE utf8mb4_bin, message_key VARCHAR(255) COLLATE utf8mb4_bin, kind VARCHAR(8),
    text TEXT CHARACTER SET utf8mb4, PRIMARY KEY (order_id, message_key)
  ) ENGINE=InnoDB;
  CREATE TABLE oc_order (
    order_id INT PRIMARY KEY, order_status_id INT NOT NULL DEFAULT 0, payment_code VARCHAR(128) NOT NULL DEFAULT 'btcpay',
    downloads BOOLEAN NOT NULL DEFAULT FALSE, moves INT NOT NULL DEFAULT 0
  ) ENGINE=MyISAM;
  CREATE TABLE oc_message (order_id INT, message_key VARCHAR(255), kind VARCHAR(8), text TEXT CHARACTER SET utf8mb4) ENGINE=MyISAM;
`;

/** How each kind of shop sells two cups, and how its order is looked at. */
const KINDS = {
  whole: {
    settings: {},
    prefix: 'kessai_',
    words: { paid: 'paid', cancelled: 'cancelled', processing: 'processing' },
    sell: (/** @type {string} */ id) => `INSERT INTO products VALUES ('cup-${id}', 8);
      INSERT INTO orders (id) VALUES ('${id}');
      INSERT INTO order_items VALUES ('${id}', 'cup-${id}', 2)`,
    look: (/** @type {string} */ id) => `SELECT status, goods = 'release' AS open, 0 AS moves, products.stock
      FROM orders, products WHERE orders.id = '${id}' AND products.id = 'cup-${id}'`,
    messages: 'order_messages',
  },
  foreign: {
    settings: { preset: 'opencart' },
    prefix: 'oc_kessai_',
    words: { paid: '2', cancelled: '14', processing: '1' },
    sell: (/** @type {string} */ id) => `INSERT INTO oc_order (order_id) VALUES (${id})`,
    look: (/** @type {string} */ id) => `SELECT CONCAT(order_status_id) AS status, downloads AS open, moves
      FROM oc_order WHERE order_id = ${id}`,
    messages: 'oc_message',
  },
};

/** A database server with the tables of both shops. */
export async function startDatabase() {
  const server = await startMariadb();
  const db = await connect(server.socket);
  await db.query(TABLES);
  await db.end();
  return server;
}

/** @param {string} socket */
const connect = (socket) =>
  mysql.createConnection({
    socketPath: socket,
    user: 'root',
    database: 'shop',
    charset: 'utf8mb4',
    multipleStatements: true,
  });

let lastOrder = 100;

/**
 * @param {import('node:test').TestContext} t
 * @param {Kind} kind
 * @param {string} database
 * @param {{ driver?: 'pdo' | 'mysqli', silent?: boolean, byProcess?: boolean, version?: string, lockWait?: number, deadline?: number }} [how]
 *   `byProcess`: without the sidecar; `lockWait`: seconds until the database ends who waits for a lock; `deadline`: of an operation
 */
export async function openShop(
  t,
  kind,
  database,
  { driver = 'pdo', silent = false, byProcess = false, version, lockWait, deadline = 25 } = {},
) {
  const { settings: statuses, prefix, words, sell: selling, look: looking, messages } = KINDS[kind];
  const { sim, shop: received } = await openWorld(t, version ? { version } : {});
  const sidecar = byProcess ? undefined : await serving(t, { origins: [new URL(sim.url).origin] });
  const db = await connect(database);
  t.after(() => db.end());
  const settings = {
    serverUrl: sim.url,
    apiKey: sim.apiKey,
    storeId: sim.storeId,
    shopId: kind,
    shopKey: 'a key of this shop alone, made for the tests',
    webhookSecrets: [{ name: 'main', secret: SECRET }],
    statuses,
  };

  /** Another process of the same shop. @param {string} [end] the statement before which it dies */
  async function process(end = '') {
    const place = sidecar ? { socket: sidecar.path } : {};
    const config = {
      place,
      database,
      driver,
      silent,
      lockWait: lockWait ?? null,
      deadline,
      shop: kind,
      prefix,
      settings,
      end,
      now: sim.clock.now(),
    };
    const child = spawn('php', ['-d', 'display_errors=stderr', PROCESS, JSON.stringify(config)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    t.after(() => {
      child.stdin.end();
      return exited;
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'ready');

    /** @param {string} what @param {object} [more] @returns {Promise<any>} */
    async function work(what, more = {}) {
      child.stdin.write(`${JSON.stringify({ do: what, now: sim.clock.now(), ...more })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`killed by ${(await exited)[1]}`);
      return JSON.parse(value);
    }
    return {
      child,
      work,
      /** What must succeed. @param {string} what @param {object} [input] */
      async call(what, input = {}) {
        const { ok, ...failed } = await work(what, { input });
        assert.deepEqual(failed, {});
        return ok;
      },
      /** @param {Received} message */
      take: async ({ headers, body }) => (await work('webhook', { body, headers })).ok,
      /** What the process does is the last thing that it does. @param {Promise<unknown>} working */
      async dies(working) {
        await assert.rejects(working, /killed by SIGKILL/);
      },
    };
  }

  const first = await process();
  await first.work('tables');

  /** A new order and its invoice. */
  async function sell() {
    lastOrder += 1;
    const id = String(lastOrder);
    await db.query(selling(id));
    const order = { id, total: '1000', currency: 'JPY', returnUrl: 'https://shop.example/' };
    const invoice = await first.call('btcpay.createInvoice', { order });
    return { id, invoiceId: invoice.invoiceId, order, invoice };
  }

  /** What the server has sent about an invoice since it was made. @param {string} invoiceId */
  async function sent(invoiceId) {
    await sim.idle();
    return received.received.filter(({ event }) => event.invoiceId === invoiceId && event.type !== 'InvoiceCreated');
  }

  /** @param {string} id */
  async function look(id) {
    const [[order]] = /** @type {any} */ (await db.query(looking(id)));
    const [said] = /** @type {any} */ (await db.query(`SELECT * FROM ${messages} WHERE order_id = '${id}'`));
    const [left] = /** @type {any} */ (await db.query(`SELECT kind FROM ${prefix}effect WHERE order_id = '${id}'`));
    const keys = (/** @type {string} */ one) =>
      said
        .filter((/** @type {any} */ { kind: its }) => its === one)
        .map((/** @type {any} */ { message_key }) => message_key);
    const { status, open, moves, stock } = order;
    const told = { status, open: open === 1, mails: keys('mail'), alerts: keys('alert'), left: left.length };
    return { told, moves, stock, texts: said.map((/** @type {any} */ { text }) => text) };
  }

  /** @param {Received[]} messages @param {{ take: (message: Received) => Promise<any> }} [by] */
  async function takeAll(messages, by = first) {
    for (const message of messages) {
      const { status, body } = await by.take(message);
      assert.equal(status, 200, body);
    }
  }

  const paid = { status: words.paid, open: true, mails: ['mail/paid/1'], alerts: [], left: 0 };
  return {
    sim,
    received,
    settings,
    sidecar,
    words,
    paid,
    query: db.query.bind(db),
    first,
    process,
    sell,
    sent,
    look,
    takeAll,
  };
}
