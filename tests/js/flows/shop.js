/** A shop on SQLite and a simulated BTCPay Server whose clock stands still: all of kessai, with nothing between them but loopback. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import Database from 'libsql';
import { transaction } from '../../../js/demo/database.js';
import { createKessai } from '../../../js/node.js';
import { Clock, startBtcpaySim } from '../../../js/sim/index.js';

/** @import { Effect, Transact } from '../../../js/index.js' */

/** @typedef {{ id: string, status: string, method: string, shipped: number, goods: string, stock: string, invoice: string | null, record: string | null }} Row */

export const START = 1_792_900_000;
const SECRET = 'webhook secret, used as text: 決済';

/** What is the same for every shop of the tests. */
export const SETTINGS = {
  shopId: 'flows',
  shopKey: 'a key of the test, of more than 32 characters',
  webhookSecrets: [{ name: 'main', secret: SECRET }],
  statuses: { initial: ['awaiting'], stock: true },
};

export const SCHEMA = `
  CREATE TABLE orders (
    id TEXT PRIMARY KEY, status TEXT NOT NULL DEFAULT 'awaiting', method TEXT NOT NULL DEFAULT 'btcpay',
    shipped INTEGER NOT NULL DEFAULT 0, goods TEXT NOT NULL DEFAULT 'hold', stock TEXT NOT NULL DEFAULT 'taken',
    invoice TEXT, record TEXT
  );
  CREATE TABLE messages (
    order_id TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (order_id, key)
  );
`;

/**
 * @param {import('node:test').TestContext} t
 * @param {object} [options]
 * @param {string} [options.version] of BTCPay Server
 * @param {string[]} [options.permissions] of the shop's API key, without `btcpay.store.`; default: what a shop's plugin asks for
 * @param {string} [options.file] of the database
 * @param {object} [options.statuses] settings of the shop
 * @param {number} [options.deadlineMs]
 */
export async function openShop(t, { version, permissions, file = ':memory:', statuses, deadlineMs } = {}) {
  const db = new Database(file);
  // OFF: a process that is killed loses nothing, and no test cuts the power.
  db.exec(`PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF; ${SCHEMA}`);
  const server = createServer(async (request, response) => {
    const { status, body } = await kessai.webhook(await buffer(request), request.headers);
    answers.push(status);
    response.writeHead(status).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const clock = new Clock({ now: START, running: false });
  const sim = await startBtcpaySim({
    clock,
    webhook: { url: `http://127.0.0.1:${port}/webhook`, secret: SECRET },
    ...(version && { version }),
  });
  /** The shop's answers to webhooks. @type {number[]} */
  const answers = [];
  /** What was sent to the server: `GET /stores/…`, below `/api/v1`. @type {string[]} */
  const requests = [];
  const under = { way: 0, most: 0 };
  /** @type {(request: string, sent: RequestInit & { url: string }) => unknown} */
  let beforeRequest = () => {};
  const kessai = createKessai({
    settings: {
      ...SETTINGS,
      serverUrl: sim.url,
      storeId: sim.storeId,
      apiKey: permissions
        ? sim.addKey(permissions.map((permission) => `btcpay.store.${permission}:${sim.storeId}`))
        : sim.apiKey,
      statuses: { ...SETTINGS.statuses, ...statuses },
    },
    orders: { transact: createTransact(db) },
    now: () => sim.clock.now(),
    logger: {},
    fetch: async (input, init) => {
      const request = `${init?.method} ${String(input).replace(`${sim.url}/api/v1`, '')}`;
      requests.push(request);
      const instead = await beforeRequest(request, { url: String(input), ...init });
      if (instead instanceof Response) return instead;
      under.way += 1;
      under.most = Math.max(under.most, under.way);
      try {
        return await fetch(input, init);
      } finally {
        under.way -= 1;
      }
    },
    ...(deadlineMs && { deadlineMs }),
  });
  t.after(async () => {
    await sim.close();
    server.closeAllConnections();
    server.close();
    db.close();
  });

  /**
   * An order is placed, and the customer sent to its invoice.
   * @param {string} id
   * @param {{ total?: string, currency?: string }} [price]
   * @returns {Promise<string>} the invoice's id
   */
  async function place(id, { total = '5000', currency = 'JPY' } = {}) {
    db.prepare('INSERT INTO orders (id) VALUES (?)').run(id);
    return checkout(id, { total, currency });
  }

  /**
   * @param {string} id
   * @param {{ total?: string, currency?: string }} [price]
   */
  async function checkout(id, { total = '5000', currency = 'JPY' } = {}) {
    const order = { id, total, currency, returnUrl: 'https://shop.example.com/return' };
    const { invoiceId } = await kessai.btcpay.createInvoice({ order });
    db.prepare('UPDATE orders SET invoice = ? WHERE id = ?').run(invoiceId, id);
    return invoiceId;
  }

  return {
    db,
    sim,
    kessai,
    answers,
    requests,
    /** How many requests were under way at once, at most. */
    atOnce: () => under.most,
    /** Something happens before a request leaves. It does not leave where that throws, or gives an answer. @param {typeof beforeRequest} happens */
    before(happens) {
      beforeRequest = happens;
    },
    place,
    checkout,
    order: (/** @type {string} */ id) => /** @type {Row} */ (db.prepare('SELECT * FROM orders WHERE id = ?').get(id)),
    /** What the merchant or the customer was told: `alert overpaid`. @param {string} id */
    told: (id) =>
      /** @type {{ kind: string, code: string }[]} */ (
        db.prepare('SELECT kind, code FROM messages WHERE order_id = ? ORDER BY rowid').all(id)
      ).map(({ kind, code }) => `${kind} ${code}`),
    /** Every order with its record, as a job reads them. */
    records: () =>
      /** @type {{ orderId: string, record: string | null }[]} */ (
        db.prepare('SELECT id AS orderId, record FROM orders ORDER BY rowid').all()
      ),
    /** From here on no webhook arrives. */
    loseWebhooks: () => sim.fault({ on: 'webhook', kind: 'drop', times: 'always' }),
  };
}

/** @typedef {Awaited<ReturnType<typeof openShop>>} Shop */

/**
 * @param {InstanceType<typeof Database>} db
 * @returns {Transact}
 */
export function createTransact(db) {
  return async ({ orderId, invoiceId }, step) =>
    transaction(db, () => {
      const found = orderId
        ? db.prepare('SELECT * FROM orders WHERE id = ?').get(orderId)
        : db.prepare('SELECT * FROM orders WHERE invoice = ?').get(invoiceId ?? null);
      if (!found) return undefined;
      const { id, record, status, method, shipped } = /** @type {Row} */ (found);
      const { save, effects } = step({ orderId: id, record, shop: { status, method, shipped: shipped === 1 } });
      if (save !== undefined) db.prepare('UPDATE orders SET record = ? WHERE id = ?').run(save, id);
      for (const effect of effects) applyEffect(db, id, effect);
      return true;
    });
}

/**
 * @param {InstanceType<typeof Database>} db
 * @param {string} id
 * @param {Effect} effect
 */
function applyEffect(db, id, effect) {
  switch (effect.kind) {
    case 'status':
    case 'goods':
    case 'stock':
      db.prepare(`UPDATE orders SET ${effect.kind} = ? WHERE id = ?`).run(effect.to, id);
      return;
    case 'paidDate':
      return;
    case 'note':
    case 'mail':
    case 'alert':
      // Not OR IGNORE: a notice that comes twice is a fault.
      db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?)').run(
        id,
        effect.kind,
        effect.key,
        effect.code,
        effect.text,
      );
      return;
    default:
      throw new Error(`unknown effect: ${effect.kind}`);
  }
}

/**
 * What is made of what was made.
 * @template T
 * @param {AsyncIterable<T>} items
 * @returns {Promise<T[]>}
 */
export async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}
