import { decimal } from './catalog.js';
import { transaction, unixNow } from './database.js';

/** @import { Language } from './catalog.js' */
/** @import { Db } from './database.js' */

/**
 * @typedef {{
 *   id: string, key: string, created: number, language: Language, email: string, currency: string, total: string,
 *   method: string, status: string, stock: 'taken' | 'returned', goods: 'release' | 'hold', shipped: 0 | 1,
 *   paid_at: number | null, record: string | null,
 * }} Order
 * @typedef {Order & {alerts: number}} ListedOrder with the number of its open alerts
 * @typedef {{product_id: string, quantity: number, price: number}} Item
 * @typedef {{kind: 'note' | 'alert', key: string, at: number, text: string, closed: 0 | 1}} HistoryEntry
 * @typedef {{id: string, currency: string, price: number, stock: number}} Product
 */

/** The statuses in which something is left to be paid. */
export const payable = ['awaiting', 'partlyPaid'];

/** The shop's own orders and products. Nothing here knows of payments; those are in payments.js and effects.js. */
export class Orders {
  #db;

  /** @param {Db} db */
  constructor(db) {
    this.#db = db;
  }

  /**
   * Places an order and takes its goods out of stock: kessai says when they go back, and counts on them being taken.
   * The order's key is made with the checkout form, so that a form sent twice places one order.
   * @param {{key: string, productId: string, quantity: number, email: string, language: Language}} cart
   * @returns {Order | undefined} undefined where there is no such product, or too little of it
   */
  place({ key, productId, quantity, email, language }) {
    return transaction(this.#db, () => {
      const placed = this.#one('SELECT * FROM orders WHERE key = ?', key);
      if (placed) return placed;
      const product = this.product(productId);
      if (!product || product.stock < quantity) return undefined;
      const { currency, price } = product;
      const id = this.#nextId();
      this.#db
        .prepare('INSERT INTO orders (id, key, created, language, email, currency, total) VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(id, key, unixNow(this.#db), language, email, currency, decimal(price * quantity, currency));
      this.#db
        .prepare('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (?, ?, ?, ?)')
        .run(id, productId, quantity, price);
      this.#db.prepare('UPDATE products SET stock = stock - ? WHERE id = ?').run(quantity, productId);
      return this.find(id);
    });
  }

  #nextId() {
    const row = this.#db.prepare('SELECT coalesce(max(CAST(id AS INTEGER)), 1000) + 1 AS next FROM orders').get();
    return String(/** @type {{next: number}} */ (row).next);
  }

  /**
   * @param {string} sql
   * @param {string[]} values
   */
  #one(sql, ...values) {
    return /** @type {Order | undefined} */ (this.#db.prepare(sql).get(...values));
  }

  /** @param {string} id */
  find(id) {
    return this.#one('SELECT * FROM orders WHERE id = ?', id);
  }

  /**
   * The order for whoever has its key.
   * @param {string} id
   * @param {string} key
   */
  open(id, key) {
    return this.#one('SELECT * FROM orders WHERE id = ? AND key = ?', id, key);
  }

  /** Newest first. */
  list() {
    const alerts = "SELECT count(*) FROM order_history WHERE order_id = orders.id AND kind = 'alert' AND closed = 0";
    const rows = this.#db.prepare(`SELECT orders.*, (${alerts}) AS alerts FROM orders ORDER BY rowid DESC`).all();
    return /** @type {ListedOrder[]} */ (rows);
  }

  /** @param {string} id */
  items(id) {
    const rows = this.#db.prepare('SELECT product_id, quantity, price FROM order_items WHERE order_id = ?').all(id);
    return /** @type {Item[]} */ (rows);
  }

  /** @param {string} id */
  history(id) {
    const rows = this.#db.prepare('SELECT * FROM order_history WHERE order_id = ? ORDER BY rowid').all(id);
    return /** @type {HistoryEntry[]} */ (rows);
  }

  /** @param {string} id */
  ship(id) {
    this.#db.prepare("UPDATE orders SET shipped = 1 WHERE id = ? AND goods = 'release'").run(id);
  }

  /** @param {string} id */
  closeAlerts(id) {
    this.#db.prepare("UPDATE order_history SET closed = 1 WHERE order_id = ? AND kind = 'alert'").run(id);
  }

  /**
   * @param {string} id
   * @param {string} invoiceId
   */
  addInvoice(id, invoiceId) {
    this.#db.prepare('INSERT OR IGNORE INTO invoices (id, order_id) VALUES (?, ?)').run(invoiceId, id);
  }

  products() {
    return /** @type {Product[]} */ (this.#db.prepare('SELECT * FROM products ORDER BY rowid').all());
  }

  /** @param {string} id */
  product(id) {
    return this.products().find((product) => product.id === id);
  }
}
