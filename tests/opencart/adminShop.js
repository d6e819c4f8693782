/** The admin of a small shop with the extension in it: one PHP process after the other on a database, kessai on a socket, and the simulator. */
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { Clock } from '../../js/sim/clock.js';
import { serving } from '../js/sidecar/serving.js';
import { openWorld } from '../js/sim/world.js';
import { phpJson } from '../php/php.js';
import { tables } from './tables.js';

const script = fileURLToPath(new URL('admin.php', import.meta.url));
let shops = 0;

/** @typedef {{ session?: string, language?: string, permissions?: string[], address?: string }} User */

/**
 * @param {import('node:test').TestContext} t
 * @param {3 | 4} major
 * @param {string} version
 * @param {string} socket of the database server
 */
export async function openAdmin(t, major, version, socket) {
  const { sim, call } = await openWorld(t, { clock: new Clock() });
  const sidecar = await serving(t);
  shops += 1;
  const name = `admin${shops}`;
  const db = await mysql.createConnection({ socketPath: socket, user: 'root', multipleStatements: true });
  t.after(() => db.end());
  await db.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; USE ${name}; ${tables(major)}
    CREATE TABLE oc_startup (code VARCHAR(64), action TEXT);
    CREATE TABLE oc_cron (code VARCHAR(64), cycle VARCHAR(12), action TEXT);
    CREATE TABLE oc_user_group (user_group_id INT PRIMARY KEY, permission TEXT)`);
  const own = major === 4 ? 'extension/kessai_btcpay/payment/kessai_btcpay' : 'extension/payment/kessai_btcpay';
  const installer = major === 4 ? 'extension/payment' : 'extension/extension/payment';
  const groups = { access: ['common/dashboard', own, 'sale/order'], modify: [own, 'sale/order'] };
  await db.query('INSERT INTO oc_user_group VALUES (1, ?)', [JSON.stringify(groups)]);

  /**
   * @param {unknown[][]} steps
   * @param {User} [user]
   * @returns {Promise<any[]>}
   */
  const run = (
    steps,
    {
      session = 'of the first admin',
      language = 'en-gb',
      permissions = [own, installer],
      address = 'http://localhost/',
    } = {},
  ) =>
    phpJson(script, {
      input: { major, version, address, database: name, language, session, permissions, steps },
      options: ['-d', `mysqli.default_socket=${socket}`],
    });

  const rows = async (/** @type {string} */ sql) => /** @type {any[]} */ ((await db.query(sql))[0]);

  /** What is stored under a name. */
  const stored = async (document = 'settings') => {
    const [row] = await rows(`SELECT value FROM oc_kessai_document WHERE name = '${document}'`);
    return row ? JSON.parse(String(row.value)) : undefined;
  };

  /** The form as the page has it when nothing is typed. @param {Record<string, unknown>} typed */
  const form = (typed = {}) => ({
    mode: 'redirect',
    transport: 'socket',
    socketPath: sidecar.path,
    tcpOrigin: 'http://127.0.0.1:8787',
    node: 'node',
    sender: 'php',
    minimum: '',
    sortOrder: '0',
    geoZoneId: '0',
    language: 'en',
    debug: 'error',
    ...typed,
  });
  const byHand = { serverUrl: sim.url, apiKey: sim.apiKey, storeId: sim.storeId };

  /** The store's webhooks for this shop, and for one that it was copied from. */
  const webhooks = async () => {
    const { json } = await call('GET', `/stores/${sim.storeId}/webhooks`);
    return /** @type {any[]} */ (json).filter(({ url }) => new URL(url).hostname === 'localhost');
  };

  /** Through the server's own page. @param {string} address that `connect` gave */
  async function consent(address) {
    const page = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams({ consent: 'yes', storeId: sim.storeId }),
    });
    const text = await page.text();
    const action = /<form method="post" action="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const inputs = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
    const fields = new URLSearchParams(inputs.map(([, name = '', value = '']) => [name, value]));
    return { state: new URL(action).searchParams.get('state') ?? '', fields: String(fields) };
  }

  return { sim, call, run, rows, stored, form, byHand, webhooks, consent, own, installer, db, name };
}
