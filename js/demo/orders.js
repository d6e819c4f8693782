import { shipping } from './catalog.js';
import { ownSecret, transaction, unixNow } from './database.js';
import { decimal, totalsOf } from './pricing.js';
import { moveStock } from './stock.js';

/** @import { Cart } from './cart.js' */
/** @import { Currency, Language } from './catalog.js' */
/** @import { Db } from './database.js' */

/**
 * @typedef {{
 *   id: string, key: string, created: number, language: Language, name: string, email: string, address: string,
 *   currency: Currency, shipping: number, shipping_tax: number, total: string,
 *   method: string, status: string, stock: 'taken' | 'returned', goods: 'release' | 'hold', shipped: 0 | 1,
 *   attention: 0 | 1, paid_at: number | null, record: string | null,
 * }} Order
 * @typedef {{product_id: string, quantity: number, price: number, tax: number}} Item as it was when it was ordered
 * @typedef {{id: string, currency: Currency, price: number, tax: number, stock: number}} Product
 * @typedef {{name: string, email: string, address: string}} Customer
 */

/** The statuses in which something is left to be paid. */
export const payable = ['awaiting', 'partlyPaid'];

/** An order on which there is no money yet can be cancelled by whoever asks; with money on it a person decides. */
export const cancellable = ['awaiting'];

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
   * @param {{key: string, cart: Cart, customer: Customer, language: Language}} form `cart`: products of one currency
   * @returns {Order | undefined} undefined where there is no such product, or too little of it
   */
  place({ key, cart, customer, language }) {
    return transaction(this.#db, () => {
      const placed = this.#one('SELECT * FROM orders WHERE key = ?', key);
      if (placed) return placed;
      const products = this.products().filter(({ id }) => cart.has(id));
      const items = products.map((product) => ({ ...product, quantity: cart.get(product.id) ?? 0 }));
      const currency = items[0]?.currency;
      const valid = items.every((item) => item.currency === currency && item.quantity <= item.stock);
      if (!currency || !valid || items.length !== cart.size) return undefined;
      const id = this.#nextId();
      const { price, tax } = shipping[currency];
      const total = decimal(totalsOf(items, { price, tax }).total, currency);
      const { name, email, address } = customer;
      this.#db
        .prepare(
          `INSERT INTO orders (id, key, created, language, name, email, address, currency, shipping, shipping_tax, total)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(id, key, unixNow(this.#db), language, name, email, address, currency, price, tax, total);
      for (const item of items) this.#take(id, item);
      return this.find(id);
    });
  }

  /**
   * @param {string} orderId
   * @param {Product & {quantity: number}} item
   */
  #take(orderId, { id, quantity, price, tax }) {
    this.#db
      .prepare('INSERT INTO order_items (order_id, product_id, quantity, price, tax) VALUES (?, ?, ?, ?, ?)')
      .run(orderId, id, quantity, price, tax);
    this.#db.prepare('UPDATE products SET stock = stock - ? WHERE id = ?').run(quantity, id);
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

  /** @returns {Order[]} the newest 100 and all that wait for the merchant; these come first */
  list() {
    const ready = "goods = 'release' AND shipped = 0 AND status <> 'refunded'";
    const rows = this.#db
      .prepare(
        `SELECT * FROM orders WHERE attention OR (${ready}) OR rowid > (SELECT max(rowid) - 100 FROM orders)
         ORDER BY attention DESC, (${ready}) DESC, rowid DESC`,
      )
      .all();
    return /** @type {Order[]} */ (rows);
  }

  /** @returns {Order[]} all for which there ever was something to pay, oldest first */
  billed() {
    const rows = this.#db.prepare('SELECT * FROM orders WHERE record IS NOT NULL ORDER BY rowid').all();
    return /** @type {Order[]} */ (rows);
  }

  /** @param {string} id */
  items(id) {
    const rows = this.#db
      .prepare('SELECT product_id, quantity, price, tax FROM order_items WHERE order_id = ?')
      .all(id);
    return /** @type {Item[]} */ (rows);
  }

  /** @param {string} id */
  ship(id) {
    this.#db
      .prepare("UPDATE orders SET shipped = 1 WHERE id = ? AND goods = 'release' AND status <> 'refunded'")
      .run(id);
  }

  /**
   * The key of the order's next refund: random, and the same on every page of it until that refund is made. With a new one
   * on each page, two tabs would make two refunds.
   * @param {string} id
   * @param {number} made how many there are
   */
  refundKey(id, made) {
    return ownSecret(this.#db, `refund/${id}/${made + 1}`);
  }

  /**
   * The order has no open alert, going by the record with which it was read; with a newer one it may have.
   * @param {Order} order
   */
  seenTo({ id, record }) {
    this.#db.prepare('UPDATE orders SET attention = 0 WHERE id = ? AND record = ?').run(id, record);
  }

  /**
   * Cancels an order for which there is no invoice; one with an invoice is cancelled through kessai.
   * @param {string} id
   */
  cancelUnbilled(id) {
    transaction(this.#db, () => {
      const cancelled = this.#db
        .prepare(
          `UPDATE orders SET status = 'cancelled'
           WHERE id = ? AND status = 'awaiting' AND id NOT IN (SELECT order_id FROM invoices)`,
        )
        .run(id);
      if (cancelled.changes === 1) moveStock(this.#db, id, 'returned');
    });
  }

  /**
   * @param {string} id
   * @param {string} invoiceId
   */
  addInvoice(id, invoiceId) {
    this.#db.prepare('INSERT OR IGNORE INTO invoices (id, order_id) VALUES (?, ?)').run(invoiceId, id);
  }

  /** @param {string} id */
  hasInvoice(id) {
    return this.#db.prepare('SELECT 1 FROM invoices WHERE order_id = ?').get(id) !== undefined;
  }

  /** @returns {Product[]} */
  products() {
    return /** @type {Product[]} */ (this.#db.prepare('SELECT * FROM products ORDER BY rowid').all());
  }

  /** @param {string} id */
  product(id) {
    return this.products().find((product) => product.id === id);
  }
}
