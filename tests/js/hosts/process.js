/**
 * One of a shop's processes: opens the database and answers webhooks.
 *
 * With `die` set it ends itself, as a power cut would, before the first statement of its database that matches.
 */
import http from 'node:http';
import mysql from 'mysql2/promise';
import { createKessai } from '../../../js/node.js';
import { EXAMPLES } from './shops.js';

const { example, socket, settings, now, die } = JSON.parse(process.argv[2] ?? '');
if (die) dieBefore(new RegExp(die));
const shop = await EXAMPLES[example]?.open(socket);
const kessai = createKessai({ settings, orders: shop?.orders, now: () => now });

const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { status, body } = await kessai.webhook(Buffer.concat(chunks), request.headers);
  response.writeHead(status).end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
// Ends with the test that started it.
process.stdin.resume().on('end', () => process.exit());

/** @param {RegExp} statement */
function dieBefore(statement) {
  const create = mysql.createPool;
  mysql.createPool = /** @type {any} */ (
    (/** @type {any} */ options) => {
      const pool = create(options);
      const connect = pool.getConnection.bind(pool);
      pool.getConnection = async () => {
        const db = await connect();
        const execute = db.execute.bind(db);
        db.execute = /** @type {any} */ (
          (/** @type {string} */ sql, /** @type {any[]} */ values) => {
            if (statement.test(sql)) process.kill(process.pid, 'SIGKILL');
            return execute(sql, values);
          }
        );
        return db;
      };
      return pool;
    }
  );
}
