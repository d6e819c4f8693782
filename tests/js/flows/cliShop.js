/** What a shop gives to `kessai reconcile`, here for the database and the simulator of a test. */
import { appendFileSync } from 'node:fs';
import Database from 'libsql';
import { createKessai } from '../../../js/node.js';
import { createTransact, SETTINGS } from './shop.js';

export default async function openShop() {
  const { file, requests, url, storeId, apiKey, now } = JSON.parse(process.env.FLOWS_SHOP ?? '');
  const db = new Database(file);
  db.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF;');
  const kessai = createKessai({
    settings: { ...SETTINGS, serverUrl: url, storeId, apiKey },
    orders: { transact: createTransact(db) },
    now: () => now,
    logger: {},
    fetch: (input, init) => {
      appendFileSync(requests, `${init?.method} ${input}\n`);
      return fetch(input, init);
    },
  });
  // As a database whose connections stay open: the command ends all the same.
  setInterval(() => db.prepare('SELECT 1').get(), 1000);
  return { kessai, orders: db.prepare('SELECT id AS orderId, record FROM orders ORDER BY rowid').all() };
}
