/**
 * A running OpenCart, for what is tried in a real one:
 *
 *     KESSAI_SHOP_URL            its address, such as http://localhost:8080/
 *     KESSAI_SHOP_DB             its database, such as mysql://user:password@127.0.0.1:3306/opencart; the prefix is oc_
 *     KESSAI_SHOP_ADMIN_URL      its admin (default: admin/ below the address), KESSAI_SHOP_ADMIN_USER, KESSAI_SHOP_ADMIN_PASSWORD
 *     KESSAI_SHOP_PHP_GROUP      the group that PHP runs as, where that is not this process's (default: www-data)
 *
 * Its settings, orders and extensions are changed: let it be one that nobody needs.
 */
import mysql from 'mysql2/promise';

/** @typedef {NonNullable<ReturnType<typeof environment>>} Environment */

/** @returns what is told of the shop, or undefined where nothing is */
export function environment() {
  const { KESSAI_SHOP_URL: url, KESSAI_SHOP_DB: database, ...rest } = process.env;
  if (!url || !database) return undefined;
  return {
    url: url.replace(/\/?$/, '/'),
    database,
    adminUrl: (rest.KESSAI_SHOP_ADMIN_URL ?? new URL('admin/', url).href).replace(/\/?$/, '/'),
    user: rest.KESSAI_SHOP_ADMIN_USER ?? 'admin',
    password: rest.KESSAI_SHOP_ADMIN_PASSWORD ?? 'admin',
    group: rest.KESSAI_SHOP_PHP_GROUP ?? 'www-data',
  };
}

/** @param {Environment} shop */
export async function connect({ database }) {
  const db = await mysql.createConnection({ uri: database, multipleStatements: true, dateStrings: true });
  await db.query("SET SESSION sql_mode = ''");
  return db;
}

/** The version of the shop's tables. @param {mysql.Connection} db @returns {Promise<3 | 4>} */
export async function majorOf(db) {
  const [columns] = await db.query("SHOW COLUMNS FROM oc_order LIKE 'payment_code'");
  return /** @type {unknown[]} */ (columns).length > 0 ? 3 : 4;
}
