import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { accounting } from '../../js/demo/accounting.js';
import { desktop, openWorld } from './world.js';

test('the books hold every payment, open in a spreadsheet, and hold no formula', async (t) => {
  const { sim, shop, openPage } = await openWorld(t);
  const page = await openPage({ ...desktop, acceptDownloads: true });
  const name = '=HYPERLINK("https://thief.example","山田, 花子")';
  const placed = await sendOrder(shop.url, { key: 'b'.repeat(43), items: 'tenugui.2', name });
  await sendOrder(shop.url, { key: 'c'.repeat(43), items: 'tenugui.1' });
  const invoiceId = String(placed.headers.get('location')).split('/').at(-1) ?? '';
  sim.pay(invoiceId, { method: 'lightning' });
  await sim.idle();
  await page.goto(`${shop.url}/merchant?lang=ja`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '会計用データ(CSV)' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'accounting.csv');
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(text.startsWith('\uFEFF注文番号,'), 'with the mark that tells Excel of UTF-8');
  const [header = [], ...rows] = parseCsv(text.slice(1));
  assert.equal(rows.length, 1, 'what was not paid is not in the books');
  const found = Object.fromEntries(header.map((column, index) => [column, rows[0]?.[index]]));
  assert.equal(found.注文番号, '1001');
  assert.equal(found.状態, '入金済み');
  assert.equal(found.お客様, `'${name}`);
  assert.deepEqual([found.注文金額, found.通貨, found.換算額, found.換算額の通貨], ['2400', 'JPY', '2400', 'JPY']);
  assert.deepEqual([found.区分, found.入出金の状態, found.支払い方法], ['入金', '承認済み', 'BTC-LN']);
  assert.equal(Number(found.数量) * Number(found.レート), 2400);
  assert.match(String(found.取引ID), /^[0-9a-f]{64}$/, 'the payment can be found at the server');
  assert.equal(found.備考, '');
});

test('the books hold a refund: what was set aside, in which currency, and what became of it', async (t) => {
  const { sim, shop } = await openWorld(t);
  const placed = await sendOrder(shop.url, { key: 'b'.repeat(43), items: 'tenugui.2' });
  sim.pay(String(placed.headers.get('location')).split('/').at(-1) ?? '', { method: 'lightning' });
  await sim.idle();
  const refund = (/** @type {Record<string, string>} */ form) => post('refund', form);
  const post = (/** @type {string} */ name, /** @type {Record<string, string>} */ form) =>
    fetch(`${shop.url}/merchant/orders/1001/${name}`, {
      method: 'POST',
      headers: { origin: shop.url },
      body: new URLSearchParams(form),
      redirect: 'manual',
    });
  const invoice = sim.invoices.all()[0]?.id ?? '';
  const sent = { key: 'one', kind: 'custom', amount: '400', invoice };
  assert.equal((await refund(sent)).status, 303);
  assert.equal((await refund({ ...sent, key: 'two', amount: '1000' })).status, 303);
  const [second, first] = sim.pullPayments.all();
  const refunds = async () => (await books(shop.url)).filter(({ Kind }) => Kind === 'Refund');
  // By their ids: both may have been made in the same second.
  const shown = (/** @type {Record<string, string>[]} */ lines) =>
    new Map(lines.map((line) => [line.Transaction, [line['Coin amount'], line.Coin, line.Invoice, line.State]]));
  const is = (/** @type {string} */ one, /** @type {string} */ other) =>
    new Map([
      [first?.id, ['400', 'JPY', invoice, one]],
      [second?.id, ['1000', 'JPY', invoice, other]],
    ]);
  assert.deepEqual(shown(await refunds()), is('Pending', 'Pending'));

  const { id } = sim.pullPayments.claim(first?.id, { destination: `bcrt1q${'q'.repeat(38)}` });
  sim.pullPayments.pay(id);
  sim.pullPayments.archive(second?.id);
  assert.equal((await post('check', {})).status, 303);
  assert.deepEqual(shown(await refunds()), is('Paid', 'Cancelled'));
  assert.ok(
    (await refunds()).every(({ Remarks }) => Remarks === ''),
    'complete',
  );
});

test('the books ask for four statements at a time and keep their lines in the order of the orders', async () => {
  const ids = Array.from({ length: 11 }, (_, index) => String(1001 + index));
  const row = { created: 0, status: 'paid', name: 'A. Customer', total: '24.00', currency: 'USD' };
  const line = { kind: 'payment', at: 0, state: 'confirmed', invoiceId: 'i', id: 'p', late: false };
  /** @type {(() => void)[]} statements that were asked for and wait for their answer */
  const waiting = [];
  const most = [];
  const kessai = {
    order: {
      statement: async () => {
        await new Promise((answer) => {
          waiting.push(() => answer(undefined));
        });
        return { case: 'settled', complete: true, lines: [line] };
      },
    },
  };
  const orders = { billed: () => ids.map((id) => ({ id, ...row })) };
  let written = false;
  const writing = accounting(/** @type {any} */ (kessai), /** @type {any} */ (orders), 'en');
  writing.then(() => {
    written = true;
  });
  for (let round = 0; round < 100 && !written; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    most.push(waiting.length);
    // The one that was asked for last is answered first.
    waiting.pop()?.();
  }
  assert.equal(Math.max(...most), 4);
  assert.deepEqual(
    parseCsv((await writing).slice(1))
      .slice(1)
      .map(([id]) => id),
    ids,
  );
});

/**
 * @param {string} shopUrl
 * @returns {Promise<Record<string, string>[]>} the lines, by the names of their columns
 */
async function books(shopUrl) {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    await (await fetch(`${shopUrl}/merchant/accounting.csv?lang=en`)).arrayBuffer(),
  );
  const [header = [], ...rows] = parseCsv(text.slice(1));
  return rows.map((row) => Object.fromEntries(header.map((column, index) => [column, row[index] ?? ''])));
}

/**
 * @param {string} shopUrl
 * @param {Record<string, string>} form
 */
function sendOrder(shopUrl, form) {
  const customer = { name: 'A. Customer', email: 'customer@example.com', address: 'Kyoto' };
  const body = new URLSearchParams({ ...customer, ...form });
  return fetch(`${shopUrl}/orders`, { method: 'POST', headers: { origin: shopUrl }, body, redirect: 'manual' });
}

/**
 * RFC 4180.
 * @param {string} text
 * @returns {string[][]}
 */
function parseCsv(text) {
  assert.ok(text.endsWith('\r\n'));
  return text
    .slice(0, -2)
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/))
    .map((cells) => cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)));
}
