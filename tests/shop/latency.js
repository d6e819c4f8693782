/**
 * How long a shop takes for one message about one order, beside what the official extension takes in the same shop and run, where
 * that is installed too; with the server 0 and 20 ms away. They take turns.
 *
 *     KESSAI_SHOP_URL=… KESSAI_SHOP_DB=… node tests/shop/latency.js [--count 200] [--version 4.1.0.4]
 *
 * With the shop's version the result is kept in docs/results.
 */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { startBtcpaySim } from '../../js/sim/btcpay/index.js';
import { connect, environment, majorOf } from './environment.js';
import { startSidecar } from './sidecar.js';

const SECRET = 'a secret of the measurement';
const WARM_UP = 20;
const AWAY = [0, 20];

const shop = environment();
if (!shop) {
  console.log('latency: SKIPPED, nothing was measured. Name a shop by KESSAI_SHOP_URL and KESSAI_SHOP_DB.');
  process.exit(0);
}
const at = process.argv.indexOf('--count');
const count = at > 0 ? Number(process.argv[at + 1]) : 200;

const sim = await startBtcpaySim();
const near = await delayed(sim.url);
const db = await connect(shop);
const major = await majorOf(db);
const sidecar = await startSidecar([near.url], shop.group);
/** @type {(() => unknown)[]} */
const ended = [() => sim.close(), () => near.close(), () => db.end(), () => sidecar.stop()];

/** @param {string} sql @param {any[]} [values] @returns {Promise<any[]>} */
const rows = async (sql, values = []) => /** @type {any} */ ((await db.query(sql, values))[0]);

const route = (/** @type {string} */ code, /** @type {string} */ page) =>
  major === 4 ? `extension/${code}/payment/${code}.${page}` : `extension/payment/${code}/${page}`;

try {
  await withoutMails();
  const ours = await prepareOurs();
  const theirs = await prepareTheirs();
  const contenders = { kessai: ours, page: { ...ours, url: ours.page }, ...(theirs ? { official: theirs } : {}) };
  const results = [];
  for (const milliseconds of AWAY) {
    near.delay(milliseconds);
    for (const contender of Object.values(contenders)) for (let no = 0; no < WARM_UP; no++) await ask(contender);
    /** @type {Record<string, number[]>} */
    const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let no = 0; no < count; no++)
      for (const [name, contender] of Object.entries(contenders)) times[name]?.push(await ask(contender));
    const told = Object.fromEntries(Object.entries(times).map(([name, all]) => [name, quantiles(all)]));
    const { kessai, official } = told;
    const ratio = kessai && official ? { ratio: Number((kessai.p50 / official.p50).toFixed(2)) } : {};
    results.push({ away: milliseconds, ...told, ...ratio });
  }
  console.log(results);
  const named = process.argv.indexOf('--version');
  if (named > 0) {
    const opencart = process.argv[named + 1];
    const measured = { opencart, day: new Date().toISOString().slice(0, 10), messages: count, rows: results };
    const file = new URL(`../../docs/results/latency-${opencart}.json`, import.meta.url);
    writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
  }
  await ours.putBack();
  await theirs?.putBack();
} finally {
  for (const end of ended) await end();
}

/** @typedef {{ url: string, message: () => { body: string, signature: string }, putBack: () => Promise<void> }} Contender */

/** One message; milliseconds. @param {Contender} contender */
async function ask({ url, message }) {
  const { body, signature } = message();
  const began = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'btcpay-sig': signature, 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  const took = performance.now() - began;
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text.slice(0, 500)}`);
  return took;
}

/** @param {number[]} times */
function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const of = (/** @type {number} */ part) => Number((sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1));
  return { p50: of(0.5), p95: of(0.95), max: of(0.999) };
}

/** @param {string} storeId @param {string} invoiceId @param {number} orderId */
function messages(storeId, invoiceId, orderId) {
  let no = 0;
  return () => {
    no += 1;
    const body = JSON.stringify({
      manuallyMarked: false,
      overPaid: false,
      deliveryId: `delivery${invoiceId}${no}`,
      webhookId: 'webhook',
      originalDeliveryId: `delivery${invoiceId}${no}`,
      isRedelivery: false,
      type: 'InvoiceSettled',
      timestamp: Math.floor(Date.now() / 1000),
      storeId,
      invoiceId,
      metadata: { orderId: String(orderId) },
    });
    return { body, signature: `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}` };
  };
}

/** OpenCart 4 sends none without an engine, so that theirs, one a message, are not what is measured; OpenCart 3 cannot do without. */
async function withoutMails() {
  if (major === 3) return;
  const [{ value }] = await rows("SELECT value FROM oc_setting WHERE `key` = 'config_mail_engine' AND store_id = 0");
  const set = (/** @type {string} */ to) =>
    rows("UPDATE oc_setting SET value = ? WHERE `key` = 'config_mail_engine'", [to]);
  await set('');
  ended.unshift(() => set(String(value)));
}

/** @param {string} code */
async function newOrder(code) {
  const columns = (await rows('SHOW COLUMNS FROM oc_order')).map(({ Field }) => Field);
  const method = JSON.stringify({ name: 'Bitcoin', code: `${code}.${code}` });
  const row = {
    store_name: 'The shop',
    store_url: shop?.url,
    email: 'hanako@shop.example',
    firstname: 'Hanako',
    payment_method: major === 4 ? method : 'Bitcoin',
    payment_code: code,
    total: '20',
    order_status_id: 1,
    language_id: 1,
    language_code: 'en-gb',
    currency_id: 1,
    currency_code: 'USD',
    currency_value: '1',
    custom_field: '[]',
    payment_custom_field: '[]',
    shipping_custom_field: '[]',
    shipping_method: major === 4 ? '[]' : '',
    date_added: '2026-01-01',
  };
  const given = Object.fromEntries(Object.entries(row).filter(([name]) => columns.includes(name)));
  const [{ insertId }] = /** @type {any} */ (await db.query('INSERT INTO oc_order SET ?', [given]));
  return Number(insertId);
}

/** By the file that answers before OpenCart starts; `page` is OpenCart's own, for servers that run no such files. @returns {Promise<Contender & { page: string }>} */
async function prepareOurs() {
  const [{ value: before }] = await rows("SELECT value FROM oc_kessai_document WHERE name = 'settings'");
  const settings = {
    ...JSON.parse(String(before)),
    enabled: true,
    serverUrl: near.url,
    apiKey: sim.apiKey,
    storeId: sim.storeId,
    webhookSecrets: [{ name: 'main', secret: SECRET }],
    transport: 'socket',
    socketPath: sidecar.path,
    debug: 'off',
  };
  await db.query("UPDATE oc_kessai_document SET value = ? WHERE name = 'settings'", [JSON.stringify(settings)]);
  const orderId = await newOrder('kessai_btcpay');
  const session = `latency${String(Date.now()).padStart(19, '0')}`;
  const code = 'kessai_btcpay';
  const method = major === 4 ? { name: 'Bitcoin', code: `${code}.${code}` } : { code, title: 'Bitcoin' };
  const data = JSON.stringify({ order_id: orderId, payment_method: method, currency: 'USD', language: 'en-gb' });
  await db.query("INSERT INTO oc_session SET session_id = ?, data = ?, expire = '2099-01-01'", [session, data]);
  const url = (/** @type {string} */ page) => `${shop?.url}index.php?route=${route(code, page)}`;
  const answer = await fetch(url('confirm'), { method: 'POST', headers: { cookie: `OCSESSID=${session}` } });
  const text = await answer.text();
  const [made] = await rows('SELECT invoice_id FROM oc_kessai_invoice WHERE order_id = ?', [String(orderId)]);
  if (!made) throw new Error(`no invoice: ${answer.status} ${text}`);
  const invoiceId = String(made.invoice_id);
  sim.pay(invoiceId);
  return {
    url: `${shop?.url}${major === 4 ? `extension/${code}` : `catalog/view/javascript/${code}`}/callback.php`,
    page: url('callback'),
    message: messages(sim.storeId, invoiceId, orderId),
    putBack: async () => {
      await db.query("UPDATE oc_kessai_document SET value = ? WHERE name = 'settings'", [String(before)]);
    },
  };
}

/** @returns {Promise<Contender | undefined>} where the official extension is installed */
async function prepareTheirs() {
  const [installed] = await rows("SELECT 1 FROM oc_extension WHERE type = 'payment' AND code = 'btcpay'");
  if (!installed) return undefined;
  const name = (/** @type {string} */ of) => `payment_btcpay_${of}`;
  const settings = {
    [name('status')]: '1',
    [name('url')]: near.url,
    [name('api_auth_token')]: sim.apiKey,
    [name('btcpay_storeid')]: sim.storeId,
    [name('webhook')]: JSON.stringify({ id: 'webhook', secret: SECRET }),
    [name('settled_status_id')]: '2',
    [name('paid_status_id')]: '1',
    [name('debug_mode')]: '0',
  };
  const before = await rows("SELECT * FROM oc_setting WHERE code = 'payment_btcpay'");
  await db.query('DELETE FROM oc_setting WHERE code = ? AND `key` IN (?)', ['payment_btcpay', Object.keys(settings)]);
  for (const [key, value] of Object.entries(settings))
    await db.query(
      "INSERT INTO oc_setting SET store_id = 0, code = 'payment_btcpay', `key` = ?, value = ?, serialized = ?",
      [key, value, value.startsWith('{') ? 1 : 0],
    );
  const orderId = await newOrder('btcpay');
  const headers = { Authorization: `token ${sim.apiKey}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ amount: '20', currency: 'USD', metadata: { orderId: String(orderId) } });
  const made = await fetch(`${sim.url}/api/v1/stores/${sim.storeId}/invoices`, { method: 'POST', headers, body });
  const { id: invoiceId } = await made.json();
  sim.pay(invoiceId);
  await db.query("INSERT INTO oc_btcpay_order SET order_id = ?, invoice_id = ?, token = 'x'", [orderId, invoiceId]);
  return {
    url: `${shop?.url}index.php?route=${route('btcpay', 'callback')}`,
    message: messages(sim.storeId, invoiceId, orderId),
    putBack: async () => {
      await db.query("DELETE FROM oc_setting WHERE code = 'payment_btcpay'");
      for (const { setting_id: _, ...row } of before) await db.query('INSERT INTO oc_setting SET ?', [row]);
    },
  };
}

/** The server, so many milliseconds away. @param {string} target */
async function delayed(target) {
  let milliseconds = 0;
  const server = createServer((incoming, outgoing) => {
    const pass = () => {
      const { hostname, port } = new URL(target);
      const { method, url: path, headers } = incoming;
      const asking = request({ hostname, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      asking.on('error', () => outgoing.destroy());
      incoming.pipe(asking);
    };
    if (milliseconds === 0) pass();
    else setTimeout(pass, milliseconds);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    delay: (/** @type {number} */ to) => {
      milliseconds = to;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
