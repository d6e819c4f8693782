/**
 * A shop with the extension in it: a stand-in on a real MariaDB, or a real OpenCart where `KESSAI_OPENCART` names the directory of one
 * in which the extension is installed (its settings are put back afterwards). kessai is on a socket, the server is the simulator, and
 * what that sends is delivered as a test likes.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { Clock } from '../../js/sim/clock.js';
import { startMariadb } from '../js/hosts/servers.js';
import { folder, serving } from '../js/sidecar/serving.js';
import { openWorld, SECRET } from '../js/sim/world.js';
import { tables } from './tables.js';
import { freePort, startWeb } from './web.js';

const path = (/** @type {string} */ of) => fileURLToPath(new URL(of, import.meta.url));

/** A real OpenCart's directory. */
const REAL = process.env.KESSAI_OPENCART;

/** Those that are tested: in a real shop, its own alone. */
export const MAJORS = /** @type {(3 | 4)[]} */ (
  REAL
    ? [existsSync(join(REAL, 'extension')) ? 4 : 3]
    : [4, 3].filter((major) => existsSync(path(`../../plugins/opencart${major}/catalog`)))
);

/** Whether this is a real OpenCart. */
export const IS_REAL = REAL !== undefined;

/** How many requests PHP works on at a time. */
export const CHILDREN = 4;

/** @returns {Promise<{ socket: string, stop: () => Promise<void> }>} a database server; a real shop has its own */
export const startDatabase = async () => (REAL ? { socket: '', stop: async () => {} } : startMariadb());

/** @param {string} directory @returns {any} the constants of a real shop's config.php */
function configOf(directory) {
  const code = `require '${directory}/config.php'; echo json_encode(get_defined_constants(true)['user']);`;
  const { stdout } = spawnSync('php', ['-r', code], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

let shops = 0;

/**
 * @param {import('node:test').TestContext} t
 * @param {3 | 4} major
 * @param {string} socket of the database server
 * @param {{ settings?: Record<string, unknown>, shopSettings?: Record<string, string>, address?: 'quick' | 'route' }} [how] `settings` of
 *   the extension, beside or instead of the usual; `shopSettings` of OpenCart; `address`: where webhooks are delivered
 */
export async function openShop(t, major, socket, { settings = {}, shopSettings = {}, address = 'quick' } = {}) {
  const directory = folder(t);
  const { sim, shop: received } = await openWorld(t, { clock: new Clock() });
  const sidecar = await serving(t, { origins: [new URL(sim.url).origin] });
  const real = REAL ? configOf(REAL) : undefined;
  shops += 1;
  const database = real?.DB_DATABASE ?? `shop${shops}`;
  const access = real
    ? { host: real.DB_HOSTNAME, port: Number(real.DB_PORT), user: real.DB_USERNAME, password: real.DB_PASSWORD }
    : { socketPath: socket, user: 'root' };
  const db = await mysql.createConnection({
    ...access,
    charset: 'utf8mb4',
    multipleStatements: true,
    dateStrings: true,
  });
  const port = await freePort();
  const origin = `http://localhost:${port}/`;
  if (real) await db.query(`USE ${database}`);
  else await db.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4; USE ${database}; ${tables(major)}`);
  await db.query("SET SESSION sql_mode = ''");

  const mails = join(directory, 'mails');
  const fault = join(directory, 'fault.json');
  const later = join(directory, 'later');
  const extension = join(directory, 'extension');
  mkdirSync(mails);
  const sendmail = join(directory, 'sendmail');
  writeFileSync(sendmail, `#!/bin/sh\ncat > "$(mktemp ${mails}/XXXXXXXX)"\n`);
  chmodSync(sendmail, 0o755);
  if (!real) {
    const into = major === 4 ? join(extension, 'kessai_btcpay') : extension;
    const args = ['js/dev/plugins.js', '--into', into, `oc${major}`];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: path('../..'), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  }
  const version = major === 4 ? '4.1.0.4' : '3.0.5.1';
  const standin = { major, version, url: origin, extension, database, logs: `${directory}/` };
  const root = REAL ?? (major === 4 ? directory : join(extension, 'upload'));
  if (!real) {
    // The folder of a shop, as far as a file of the extension's own looks for it.
    for (const file of ['config.php', 'index.php']) {
      writeFileSync(join(root, file), `<?php require_once '${path(`standin/${file}`)}';`);
    }
  }
  const { log } = await startWeb(t, directory, {
    port,
    root,
    children: CHILDREN,
    server: { KESSAI_STANDIN: JSON.stringify(standin), KESSAI_FAULT: fault, KESSAI_LATER: later },
    php: {
      'mysqli.default_socket': socket,
      sendmail_path: sendmail,
      auto_prepend_file: path('faults.php'),
      'opcache.enable': '0',
      error_log: '/dev/stderr',
    },
  });

  const route = (/** @type {string} */ page) =>
    major === 4 ? `extension/kessai_btcpay/payment/kessai_btcpay.${page}` : `extension/payment/kessai_btcpay/${page}`;

  /**
   * A request to any page of the shop; its answer, not followed.
   * @param {string} url
   * @param {{ method?: string, session?: string, headers?: Record<string, string>, body?: string | Uint8Array<ArrayBuffer> | URLSearchParams }} [how]
   */
  async function request(url, { method, session, headers = {}, body } = {}) {
    const { pathname, search } = new URL(url.replaceAll('&amp;', '&'), origin);
    const began = performance.now();
    const response = await fetch(`http://localhost:${port}${pathname}${search}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      redirect: 'manual',
      headers: { ...headers, ...(session ? { cookie: `OCSESSID=${session}` } : {}) },
      body: body ?? null,
    });
    const text = await response.text();
    const read = () => {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    };
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: read(),
      location: response.headers.get('location') ?? '',
      cookie: response.headers.get('set-cookie'),
      seconds: (performance.now() - began) / 1000,
    };
  }

  /** @param {string} page @param {Parameters<typeof request>[1] & { query?: Record<string, string> }} [how] */
  const page = (page, { query = {}, ...how } = {}) =>
    request(`${origin}index.php?route=${route(page)}&${new URLSearchParams(query)}`, how);

  const table = async (/** @type {string} */ sql, /** @type {any[]} */ values = []) =>
    /** @type {any[]} */ ((await db.query(sql, values))[0]);

  if (!real) {
    const { status, text } = await request(`${origin}index.php?route=standin/install`);
    assert.deepEqual([status, text], [200, ''], readFileSync(log, 'utf8'));
  }
  const [before] = await table("SELECT value FROM oc_kessai_document WHERE name = 'settings'");
  assert.ok(before, `the extension is not installed\n${readFileSync(log, 'utf8')}`);
  const chosen = {
    ...JSON.parse(String(before.value)),
    enabled: true,
    mode: 'redirect',
    serverUrl: sim.url,
    apiKey: sim.apiKey,
    storeId: sim.storeId,
    webhookSecrets: [{ name: 'main', secret: SECRET }],
    socketPath: sidecar.path,
    debug: 'all',
    ...settings,
  };
  await db.query("UPDATE oc_kessai_document SET value = ? WHERE name = 'settings'", [JSON.stringify(chosen)]);
  /** Other settings of the extension. @param {Record<string, unknown>} settings */
  const change = (settings) =>
    db.query("UPDATE oc_kessai_document SET value = ? WHERE name = 'settings'", [
      JSON.stringify({ ...chosen, ...settings }),
    ]);

  /** Puts a line first in the shop's config.php. @param {string} line @returns {() => void} takes it away again */
  function configure(line) {
    const file = join(root, 'config.php');
    const usual = readFileSync(file, 'utf8');
    writeFileSync(file, usual.replace('<?php', `<?php ${line}`));
    return () => writeFileSync(file, usual);
  }

  /** A socket at which somebody listens who never answers. */
  async function silence() {
    const socketPath = join(directory, 'silent.sock');
    /** @type {Set<import('node:net').Socket>} */
    const held = new Set();
    const server = createServer((connection) => {
      held.add(connection);
      connection.on('error', () => {});
    });
    server.listen(socketPath);
    await once(server, 'listening');
    t.after(() => {
      for (const connection of held) connection.destroy();
      server.close();
    });
    return socketPath;
  }

  const kept = await table('SELECT * FROM oc_setting WHERE store_id = 0 AND `key` IN (?)', [
    ['', ...Object.keys(shopSettings)],
  ]);
  for (const [key, value] of Object.entries(shopSettings))
    await db.query('UPDATE oc_setting SET value = ? WHERE `key` = ? AND store_id = 0', [value, key]);
  const putBack = async () => {
    await db.query("UPDATE oc_kessai_document SET value = ? WHERE name = 'settings'", [String(before.value)]);
    for (const { key, value } of kept)
      await db.query('UPDATE oc_setting SET value = ? WHERE `key` = ? AND store_id = 0', [value, key]);
  };
  t.after(async () => {
    if (real) await putBack();
    await db.end();
  });

  /** The columns that this shop's table has. @param {string} name @param {Record<string, unknown>} row */
  async function insert(name, row) {
    const columns = await table(`SHOW COLUMNS FROM oc_${name}`);
    const known = Object.fromEntries(columns.map(({ Field }) => [Field, 1]));
    const given = Object.fromEntries(Object.entries(row).filter(([key]) => known[key]));
    const [{ insertId }] = /** @type {any} */ (await db.query(`INSERT INTO oc_${name} SET ?`, [given]));
    return Number(insertId);
  }

  /**
   * A customer who has come as far as the button: the order is written down and has no status yet.
   * @param {{ total?: string, currency?: string, rate?: string, quantity?: number, storeUrl?: string, language?: string }} [what] `total`
   *   in the base currency; `storeUrl` of one of the shop's stores; `language` of those that it has
   */
  async function order({
    total = '20.0000',
    currency = 'USD',
    rate = '1.00000000',
    quantity = 2,
    storeUrl = origin,
    language = 'en-gb',
  } = {}) {
    const session = randomBytes(13).toString('hex');
    const productId = await insert('product', {
      model: 'cup',
      quantity: 10,
      subtract: 1,
      price: '10',
      status: 1,
      date_available: '2026-01-01',
    });
    if (real) {
      await insert('product_description', { product_id: productId, language_id: 1, name: 'Cup' });
      await insert('product_to_store', { product_id: productId, store_id: 0 });
    }
    const [{ language_id }] = await table('SELECT language_id FROM oc_language WHERE code = ?', [language]);
    const payment = { name: 'Bitcoin', code: 'kessai_btcpay.kessai_btcpay' };
    const id = await insert('order', {
      store_name: 'The shop',
      store_url: storeUrl,
      invoice_prefix: 'INV-',
      customer_group_id: 1,
      firstname: 'Hanako',
      lastname: 'Yamada',
      email: 'hanako@shop.example',
      telephone: '0312345678',
      payment_country: 'Japan',
      payment_country_id: 107,
      payment_method: major === 4 ? JSON.stringify(payment) : 'Bitcoin',
      payment_code: 'kessai_btcpay',
      shipping_method: major === 4 ? '[]' : '',
      custom_field: '[]',
      payment_custom_field: '[]',
      shipping_custom_field: '[]',
      total,
      language_id,
      language_code: language,
      currency_id: 1,
      currency_code: currency,
      currency_value: rate,
      ip: '127.0.0.1',
      date_added: new Date().toISOString().slice(0, 19).replace('T', ' '),
    });
    await insert('order_product', {
      order_id: id,
      product_id: productId,
      name: 'Cup',
      model: 'cup',
      quantity,
      price: '10',
      total,
    });
    await insert('order_total', {
      order_id: id,
      extension: 'opencart',
      code: 'total',
      title: 'Total',
      value: total,
      sort_order: 9,
    });
    await insert('cart', {
      session_id: session,
      product_id: productId,
      quantity,
      option: '[]',
      date_added: '2099-01-01',
    });
    const guest = {
      customer_id: 0,
      customer_group_id: 1,
      firstname: 'Hanako',
      lastname: 'Yamada',
      email: 'hanako@shop.example',
    };
    const method = major === 4 ? payment : { code: 'kessai_btcpay', title: 'Bitcoin', terms: '', sort_order: '0' };
    const data = { order_id: id, payment_method: method, currency, language, customer: guest, guest };
    await insert('session', { session_id: session, data: JSON.stringify(data), expire: '2099-01-01' });
    return { id, session, productId };
  }

  /** The order's payment page. @param {{ session: string }} order */
  const confirm = ({ session }) => page('confirm', { method: 'POST', session });

  /** An order and its invoice, with nothing paid. @param {Parameters<typeof order>[0]} [what] */
  async function sell(what) {
    const sold = await order(what);
    const answer = await confirm(sold);
    const [row] = await table('SELECT invoice_id FROM oc_kessai_invoice WHERE order_id = ?', [String(sold.id)]);
    assert.ok(row, `${answer.status} ${answer.text}\n${readFileSync(log, 'utf8')}`);
    return { ...sold, invoiceId: String(row.invoice_id), answer };
  }

  /** What the server has sent about an invoice since it was made. @param {string} invoiceId */
  async function sent(invoiceId) {
    await sim.idle();
    return received.received.filter(({ event }) => event.invoiceId === invoiceId && event.type !== 'InvoiceCreated');
  }

  /** @param {string} invoiceId @param {string} type */
  async function message(invoiceId, type) {
    const [found] = (await sent(invoiceId)).filter(({ event }) => event.type === type).slice(-1);
    assert.ok(found, `the server has sent no ${type}`);
    return found;
  }

  /** The file that answers before OpenCart starts, which is what the server is told where files are run at all. */
  const quick =
    major === 4 ? 'extension/kessai_btcpay/callback.php' : 'catalog/view/javascript/kessai_btcpay/callback.php';

  /** @param {{ headers: import('node:http').IncomingHttpHeaders, body: string }} message */
  const deliver = ({ headers, body }) =>
    request(`${origin}${address === 'quick' ? quick : `index.php?route=${route('callback')}`}`, {
      headers: { 'content-type': 'application/json', 'btcpay-sig': String(headers['btcpay-sig']) },
      body: new TextEncoder().encode(body),
    });

  /** @param {Parameters<typeof deliver>[0][]} messages */
  async function deliverAll(messages) {
    for (const one of messages) {
      const { status, text } = await deliver(one);
      assert.equal(status, 200, text);
    }
  }

  /** A message of any content, signed as the server signs. @param {unknown} body @param {string} [secret] */
  function signed(body, secret = SECRET) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return {
      headers: { 'btcpay-sig': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}` },
      body: text,
    };
  }

  /** @param {{ id: number, productId: number, session: string }} order */
  async function look({ id, productId, session }) {
    const [{ order_status_id: status }] = await table('SELECT order_status_id FROM oc_order WHERE order_id = ?', [id]);
    const [{ quantity: stock }] = await table('SELECT quantity FROM oc_product WHERE product_id = ?', [productId]);
    const history = await table(
      'SELECT order_status_id FROM oc_order_history WHERE order_id = ? ORDER BY order_history_id',
      [id],
    );
    const [{ n: cart }] = await table('SELECT COUNT(*) AS n FROM oc_cart WHERE session_id = ?', [session]);
    const alerts = await table('SELECT * FROM oc_kessai_alert WHERE order_id = ?', [id]);
    const [{ n: left }] = await table('SELECT COUNT(*) AS n FROM oc_kessai_effect WHERE order_id = ?', [String(id)]);
    return {
      status,
      stock,
      /** Statuses in the order in which they were reached; a line that moves nothing is a note. */
      moves: history.map(({ order_status_id }) => order_status_id).filter((one, at, all) => one !== all[at - 1]),
      rows: history.length,
      cart,
      alerts: alerts.length,
      left,
    };
  }

  /** Subjects of the mails to an order's customer; they go out after the answer, so those that wait are waited for. @param {{ id: number }} order */
  async function mailsOf({ id }) {
    const isWaiting = async () => (await table('SELECT id FROM oc_kessai_mail WHERE order_id = ?', [id])).length > 0;
    for (let wait = 0; wait < 40 && (await isWaiting()); wait++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const texts = readdirSync(mails).map((name) => readFileSync(join(mails, name), 'utf8'));
    const subjects = texts
      .filter((text) => /^To: .*hanako@shop\.example/m.test(text))
      .map((text) => /^Subject: (.*)$/m.exec(text)?.[1] ?? '')
      .map((text) => text.replace(/=\?UTF-8\?B\?(.*?)\?=/gi, (_, coded) => Buffer.from(coded, 'base64').toString()));
    return subjects.filter((subject) => new RegExp(`\\b${id}\\b`).test(subject));
  }

  /** What the merchant does: `move` with `status`, `edit` with `total`, or `delete`. Not in a real shop. @param {'move' | 'edit' | 'delete'} what @param {Record<string, string>} query */
  async function merchant(what, query) {
    const separator = major === 4 ? '.' : '/';
    const { status, text } = await request(
      `${origin}index.php?route=standin/merchant${separator}${what}&${new URLSearchParams(query)}`,
    );
    assert.deepEqual([status, text], [200, '']);
  }

  /** The job, as the machine's own scheduler calls it; what it prints. */
  async function jobByCommand() {
    const file = major === 4 ? 'extension/kessai_btcpay/job.php' : 'system/library/kessai_btcpay/job.php';
    const settings = {
      'mysqli.default_socket': socket,
      sendmail_path: sendmail,
      auto_prepend_file: path('faults.php'),
    };
    const php = [...Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}=${value}`]), join(root, file)];
    const env = { ...process.env, KESSAI_STANDIN: JSON.stringify(standin), KESSAI_LATER: later };
    const { stdout } = await promisify(execFile)('php', php, { cwd: '/', encoding: 'utf8', env });
    return JSON.parse(stdout);
  }

  const job = () => page('job', { query: { key: String(chosen.jobKey) } });

  return {
    major,
    sim,
    sidecar,
    received,
    origin,
    settings: chosen,
    table,
    request,
    page,
    order,
    confirm,
    sell,
    sent,
    message,
    deliver,
    deliverAll,
    change,
    merchant,
    silence,
    configure,
    signed,
    look,
    mailsOf,
    job,
    jobByCommand,
    log: () => readFileSync(log, 'utf8'),
    /** The next process that comes there. @param {{ at: RegExp, when?: 'before' | 'after', how?: 'kill' | 'throw' | 'warn' | 'exit', skip?: number }} point */
    fail: ({ at, when = 'before', how = 'kill', skip = 0 }) =>
      writeFileSync(fault, JSON.stringify({ at: `${at}`, when, how, skip })),
    /** Time passes for the shop: what is to be tried again later is due. @param {number} seconds from now on */
    wait: (seconds) => writeFileSync(later, String(seconds)),
    hasFailed: () => !existsSync(fault),
  };
}
