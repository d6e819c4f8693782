import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from './world.js';

const HTML = { Accept: 'text/html' };

/** @param {string} url */
async function open(url) {
  const response = await fetch(url, { headers: HTML });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('the checkout page shows what is asked, in the language of the invoice or of the address', async (t) => {
  const { create } = await openWorld(t, { store: { name: '<b>店</b>' } });
  const metadata = { orderId: '"><script>alert(1)</script>', itemDesc: '湯呑み' };
  const { checkoutLink } = await create({ amount: '12800', metadata, checkout: { defaultLanguage: 'ja' } });
  const page = await open(checkoutLink);
  assert.equal(page.status, 200);
  assert.match(page.text, /<html lang="ja">/);
  assert.match(page.text, /実際のお金は動きません/);
  assert.match(page.text, /￥12,800|¥12,800/);
  assert.match(page.text, /0\.00128 BTC/);
  assert.match(page.text, /<time data-seconds-left="900">15:00<\/time>/);
  assert.doesNotMatch(page.text, /<script>|<b>店/);
  const english = await open(`${checkoutLink}?lang=en`);
  assert.match(english.text, /Simulator: not real money/);
  assert.match(english.text, /lnbcrt\w+/);
  const onChain = await open(`${checkoutLink}/BTC-CHAIN`);
  assert.match(onChain.text, /bcrt1q\w+/);
  assert.doesNotMatch(onChain.text, /lnbcrt/);
});

test('pages carry no inline script or style, and a policy that forbids them', async (t) => {
  const { sim, create } = await openWorld(t);
  const { checkoutLink } = await create();
  for (const url of [checkoutLink, `${sim.url}/`]) {
    const { text, headers } = await open(url);
    assert.match(
      headers.get('content-security-policy') ?? '',
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe/);
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style| style=| on\w+="/);
  }
  for (const asset of ['page.js', 'payment.js', 'sim.css', 'payment.css'])
    assert.equal((await open(`${sim.url}/sim/assets/${asset}`)).status, 200);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('5.4 the page knows where to go back to only if it may go there by itself', async (t) => {
  const { create } = await openWorld(t);
  const redirectURL = 'https://shop.example/thanks?o={orderid}&i={InvoiceId}';
  const by = async (/** @type {Record<string, unknown>} */ checkout) =>
    (await open((await create({ metadata: { orderId: 'a b&c' }, checkout })).checkoutLink)).text;
  const automatic = await by({ redirectURL, redirectAutomatically: true });
  assert.match(automatic, /data-redirect="https:\/\/shop\.example\/thanks\?o=a%20b%26c&amp;i=\w+"/);
  assert.match(automatic, /data-redirect-seconds="5"/);
  const manual = await by({ redirectURL });
  assert.match(manual, /data-redirect=""/);
  assert.match(manual, /href="https:\/\/shop\.example\/thanks\?o=a%20b%26c/);
  assert.doesNotMatch(await by({ redirectURL: 'javascript:alert(1)', redirectAutomatically: true }), /javascript:/);
  assert.doesNotMatch(await by({ redirectURL: '/thanks', redirectAutomatically: true }), /Return to the shop/);
});

test('the forms of the checkout page do what they say, also without a script', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const post = (/** @type {string} */ path, /** @type {Record<string, string>} */ fields = {}) =>
    fetch(`${sim.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: HTML,
      redirect: 'manual',
    });
  const half = await create();
  const answer = await post(`/sim/invoices/${half.id}/pay`, { method: 'onchain', amount: 'half' });
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, half.checkoutLink]);
  assert.equal(await stateOf(half.id), 'New/PaidPartial');
  const mined = await post('/sim/mine', { invoice: half.id });
  assert.equal(mined.headers.get('location'), half.checkoutLink);
  await post(`/sim/invoices/${half.id}/expire`);
  assert.equal(await stateOf(half.id), 'Expired/PaidPartial');
  const { id } = await create();
  await post(`/sim/invoices/${id}/pay`, { method: 'lightning' });
  assert.equal(await stateOf(id), 'Settled/None');
  const moved = await post('/sim/clock', { advance: '60' });
  assert.equal(moved.headers.get('location'), `${sim.url}/`);
  assert.deepEqual(sim.unknownRoutes, []);
});

test('scripts use the same actions with JSON, and are told what is wrong', async (t) => {
  const { sim, create } = await openWorld(t);
  const post = async (/** @type {string} */ path, /** @type {unknown} */ body) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${sim.url}${path}`, { method: 'POST', body: JSON.stringify(body), headers });
    return { status: response.status, json: await response.json() };
  };
  const { id } = await create();
  const unknown = await fetch(`${sim.url}/sim/invoices/${id}/toString`, { method: 'POST' });
  assert.equal(unknown.status, 501);
  const paid = await post(`/sim/invoices/${id}/pay`, { method: 'onchain', amount: 'over' });
  assert.deepEqual([paid.status, paid.json.status, paid.json.additionalStatus], [200, 'Processing', 'PaidOver']);
  assert.equal((await post('/sim/mine', { blocks: 1 })).json.invoices[0].status, 'Settled');
  const before = sim.clock.now();
  assert.equal((await post('/sim/clock', { advance: 90 })).json.now, before + 90);
  assert.equal((await post('/sim/clock', { advance: -1 })).status, 400);
  assert.match((await post(`/sim/invoices/${id}/mark`, { status: 'Invalid' })).json.message, /cannot be marked/);
  assert.match((await post(`/sim/invoices/${id}/replace`, {})).json.message, /no such unconfirmed/);
  assert.equal((await post('/sim/invoices/nope/pay', {})).status, 404);
});

test('pages of other sites cannot act', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  for (const headers of [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
    const answer = await fetch(`${sim.url}/sim/invoices/${id}/pay`, {
      method: 'POST',
      headers: /** @type {any} */ (headers),
    });
    assert.equal(answer.status, 403);
  }
  assert.equal(await stateOf(id), 'New/None');
  const own = await fetch(`${sim.url}/sim/invoices/${id}/pay`, {
    method: 'POST',
    headers: { Origin: new URL(sim.url).origin },
  });
  assert.equal(own.status, 200);
});

test('the control page lists invoices, deliveries, the clock and what it was asked in vain, but no secret', async (t) => {
  const { sim, call, create } = await openWorld(t);
  sim.pay((await create({ metadata: { orderId: 'A-1' } })).id);
  await sim.idle();
  await call('GET', '/users/me');
  const { text } = await open(`${sim.url}/`);
  for (const part of ['A-1', '¥1,000', 'InvoicePaymentSettled', 'GET /api/v1/users/me', '2026-10-25'])
    assert.ok(text.includes(part), part);
  assert.ok(!text.includes(sim.apiKey));
});

test('the open page hears of a change, and of the time that passes', async (t) => {
  const { sim, create } = await openWorld(t);
  const { id } = await create();
  const pulse = async () => (await fetch(`${sim.url}/i/${id}/status`)).json();
  const before = await pulse();
  await sim.advance(60);
  const later = await pulse();
  assert.deepEqual([before.secondsLeft, later.secondsLeft], [900, 840]);
  assert.equal(later.state, before.state);
  sim.pay(id, { method: 'onchain' });
  assert.notEqual((await pulse()).state, before.state);
  assert.equal((await pulse()).status, 'Processing');
});

test('5.4 the page waits 5 s before it goes back, before 1.9.0 2 s', async (t) => {
  for (const [version, seconds] of /** @type {const} */ ([
    ['2.4.1', 5],
    ['1.9.0', 5],
    ['1.8.5', 2],
  ])) {
    const { create } = await openWorld(t, { version });
    const { text } = await open((await create()).checkoutLink);
    assert.match(text, new RegExp(`data-redirect-seconds="${seconds}"`));
  }
});

test('an invoice of nothing leads on to its receipt, or without receipts to redirectURL', async (t) => {
  const { create } = await openWorld(t);
  const goes = async (/** @type {Record<string, unknown>} */ body) => {
    const { checkoutLink } = await create({ amount: '0', ...body });
    const { status, headers } = await fetch(checkoutLink, { redirect: 'manual' });
    return [status, headers.get('location')?.replace(checkoutLink, '')];
  };
  const checkout = { redirectURL: 'https://shop.example/thanks' };
  assert.deepEqual(await goes({ checkout }), [302, '/receipt']);
  assert.deepEqual(await goes({ checkout, receipt: { enabled: false } }), [302, 'https://shop.example/thanks']);
  assert.deepEqual(await goes({ receipt: { enabled: false } }), [200, undefined]);
});

test('a receipt is written once the invoice has settled, with what the shop wants on it (since 1.6.0)', async (t) => {
  const { sim, create } = await openWorld(t, { store: { name: '器の店' } });
  const metadata = { orderId: 'A-1', receiptData: { Gift: '<b>yes</b>', Parts: { a: 1 } } };
  const { id, checkoutLink } = await create({ metadata });
  assert.match((await open(`${checkoutLink}/receipt`)).text, /No receipt yet/);
  assert.doesNotMatch((await open(checkoutLink)).text, /View receipt/);
  const { id: payment } = sim.pay(id);
  const { text } = await open(`${checkoutLink}/receipt`);
  for (const part of [
    'Receipt of 器の店',
    '¥1,000',
    'A-1',
    '&lt;b&gt;yes&lt;/b&gt;',
    '{&quot;a&quot;:1}',
    payment,
    '0.0001 BTC',
  ])
    assert.ok(text.includes(part), part);
  assert.match((await open(checkoutLink)).text, /View receipt/);
  const hidden = await create({ receipt: { showPayments: false } });
  const { id: other } = sim.pay(hidden.id);
  assert.ok(!(await open(`${hidden.checkoutLink}/receipt`)).text.includes(other));
  const none = await create({ receipt: { enabled: false } });
  sim.pay(none.id);
  assert.equal((await open(`${none.checkoutLink}/receipt`)).status, 404);
  assert.deepEqual(sim.unknownRoutes, []);
  const old = await openWorld(t, { version: '1.5.4' });
  const paid = await old.create();
  old.sim.pay(paid.id);
  assert.doesNotMatch((await open(paid.checkoutLink)).text, /receipt/);
});

test('only the pages of an invoice may be shown in a frame of another site', async (t) => {
  const { sim, create } = await openWorld(t);
  const { checkoutLink } = await create();
  const frames = async (/** @type {string} */ url) => {
    const { headers } = await open(url);
    const forbids = /frame-ancestors 'none'/.test(headers.get('content-security-policy') ?? '');
    assert.equal(headers.get('x-frame-options'), forbids ? 'DENY' : null);
    return !forbids;
  };
  assert.equal(await frames(checkoutLink), true);
  assert.equal(await frames(`${sim.url}/`), false);
  assert.equal(await frames(`${sim.url}/api-keys/authorize`), false);
  assert.equal(await frames(`${sim.url}/account/apikeys`), false);
});

test("the store's name stands on the page", async (t) => {
  const { create } = await openWorld(t, { store: { name: 'Swallow & Co.' } });
  const { text } = await open((await create()).checkoutLink);
  assert.match(text, /<p class="store">Swallow &amp; Co\.<\/p>/);
  assert.match(text, /<title>Pay the invoice – Swallow &amp; Co\.<\/title>/);
});

test('the payment method of the address, of the invoice and of the store is shown, in this order', async (t) => {
  const { create } = await openWorld(t, { store: { defaultPaymentMethod: 'BTC-CHAIN' } });
  const shown = async (/** @type {string} */ url) =>
    /<code aria-labelledby="destination">(\w{6})/.exec((await open(url)).text)?.[1];
  const ofStore = await create();
  assert.equal(await shown(ofStore.checkoutLink), 'bcrt1q');
  const ofInvoice = await create({ checkout: { defaultPaymentMethod: 'BTC-LightningNetwork' } });
  assert.equal(await shown(ofInvoice.checkoutLink), 'lnbcrt');
  assert.equal(await shown(`${ofInvoice.checkoutLink}/BTC-CHAIN`), 'bcrt1q');
  assert.equal(await shown(`${ofInvoice.checkoutLink}/BTC-NONE`), 'lnbcrt');
});

test('an unknown invoice has no page', async (t) => {
  const { sim } = await openWorld(t);
  assert.equal((await open(`${sim.url}/i/nope`)).status, 404);
  assert.deepEqual(sim.unknownRoutes, []);
});
