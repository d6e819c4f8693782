import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modalFeatures, modalScript, redirectRule, statusWord } from '../../js/sim/btcpay/pages/modal.js';
import { openShop, openSim, useBrowser } from './simWorld.js';

/** @typedef {import('./simWorld.js').Page} Page */

useBrowser();

/** Writes down all that btcpay.js tells the shop's page, with what the page looked like then. */
const LISTEN = `
  window.log = [];
  const shown = () => {
    const frame = document.getElementsByName('btcpay')[0];
    return frame ? frame.style.display : 'gone';
  };
  btcpay.onModalWillEnter((...args) => log.push(['enter', args.length]));
  btcpay.onModalWillLeave((...args) => log.push(['leave', args.length]));
  btcpay.onModalReceiveMessage((event) => log.push([event.data, event instanceof MessageEvent, shown()]));
`;

/**
 * A shop's page with btcpay.js, on another origin than the simulator.
 * @param {import('node:test').TestContext} t
 * @param {{ options?: import('../../js/sim/btcpay/index.js').SimOptions, query?: string, twice?: boolean }} [given]
 */
async function openModal(t, { options, query = '', twice = false } = {}) {
  const world = await openSim(t, options);
  const tag = `<script src="${world.sim.url}/modal/btcpay.js${query}"></script>`;
  const shop = await openShop(t, () => `<!doctype html><title>Shop</title><h1>Shop</h1>${tag}${twice ? tag : ''}`);
  const page = await world.openPage();
  /** @type {string[]} */
  const warnings = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await page.goto(shop.url);
  await page.evaluate(LISTEN);
  const frame = page.locator('iframe[name=btcpay]');
  return { ...world, shop, page, warnings, frame, inside: page.frameLocator('iframe[name=btcpay]') };
}

/** @param {Page} page @returns {Promise<any[]>} */
const logOf = (page) => page.evaluate('log');

/**
 * @param {Page} page
 * @param {number} length
 */
const waitForLog = (page, length) => page.waitForFunction(`log.length >= ${length}`);

/** @param {Page} page @param {string} id @param {string} [params] */
const show = (page, id, params = '') => page.evaluate(`btcpay.showInvoice('${id}'${params && `, ${params}`})`);

test('btcpay.js makes one hidden frame named btcpay over the whole window, and shows it on the message loaded', async (t) => {
  const { sim, create, page, frame, inside } = await openModal(t);
  const { id } = await create();
  const atOnce = await page.evaluate(
    `btcpay.showInvoice('${id}'), document.getElementsByName('btcpay')[0].style.display`,
  );
  assert.equal(atOnce, 'none');
  await waitForLog(page, 2);
  assert.deepEqual(await logOf(page), [
    ['enter', 0],
    ['loaded', true, 'block'],
  ]);
  assert.equal(await frame.getAttribute('src'), `${sim.url}/invoice?id=${id}&view=modal`);
  assert.equal(await frame.getAttribute('allow'), 'clipboard-read; clipboard-write');
  const box = await frame.boundingBox();
  assert.deepEqual([box?.x, box?.y, box?.width], [0, 0, 1280]);
  const style = await frame.evaluate((element) => {
    const { position, zIndex } = getComputedStyle(element);
    return [position, zIndex];
  });
  assert.deepEqual(style, ['fixed', '2000']);
  await inside.getByRole('heading', { level: 1 }).waitFor();
});

test('the modal page is served without X-Frame-Options or frame-ancestors', async (t) => {
  const { sim, create } = await openSim(t);
  const { id } = await create();
  for (const path of [`/invoice?id=${id}&view=modal`, `/i/${id}/BTC-LN?view=modal`, `/i/${id}`]) {
    const { status, headers } = await fetch(sim.url + path);
    assert.equal(status, 200);
    assert.equal(headers.get('x-frame-options'), null);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /frame-ancestors/);
  }
});

test('loading btcpay.js twice warns and keeps the first', async (t) => {
  const { page, warnings } = await openModal(t, { twice: true });
  assert.equal(warnings.length, 1);
  const same = await page.evaluate(`(async () => {
    const first = window.btcpay;
    const again = document.createElement('script');
    again.src = document.scripts[0].src;
    await new Promise((resolve) => { again.onload = resolve; document.head.append(again); });
    return window.btcpay === first;
  })()`);
  assert.equal(same, true);
  assert.equal(warnings.length, 2);
});

test('the address is the script URL minus /modal/btcpay.js, with a sub-path kept', async (t) => {
  const { sim, create, page, frame } = await openModal(t, { options: { rootPath: '/btcpay' } });
  const { id } = await create();
  await show(page, id);
  await waitForLog(page, 2);
  assert.match(sim.url, /\/btcpay$/);
  assert.equal(await frame.getAttribute('src'), `${sim.url}/invoice?id=${id}&view=modal`);
});

test('setApiUrlPrefix is the base of the frame and of the origin check, without its trailing slashes', async (t) => {
  const { sim, create, page, frame } = await openModal(t, { query: '?ver=6.5' });
  const { id } = await create();
  await page.evaluate(`btcpay.setApiUrlPrefix('${sim.url}///')`);
  await show(page, id);
  await waitForLog(page, 2);
  assert.equal(await frame.getAttribute('src'), `${sim.url}/invoice?id=${id}&view=modal`);
});

test('the script knows its own address with no query or with ?v=, but not with ?ver=', async (t) => {
  const versioned = await openModal(t, { query: '?v=2.4.1' });
  const { id } = await versioned.create();
  await show(versioned.page, id);
  await waitForLog(versioned.page, 2);
  const broken = await openModal(t, { query: '?ver=2.4.1' });
  await show(broken.page, (await broken.create()).id);
  const src = await broken.frame.getAttribute('src');
  assert.ok(src && !src.startsWith(broken.sim.url));
  assert.deepEqual(await logOf(broken.page), []);
});

test('animateEntrance: false is passed on in the address', async (t) => {
  const { create, page, frame, inside } = await openModal(t);
  const { id } = await create();
  await show(page, id, '{ animateEntrance: false }');
  await waitForLog(page, 2);
  assert.match((await frame.getAttribute('src')) ?? '', /&view=modal&animateEntrance=false$/);
  assert.equal(await inside.locator('body').getAttribute('class'), 'modal');
  await show(page, id, '{ animateEntrance: true }');
  await inside.locator('body.enters').waitFor();
});

test('since 2.3.6 a payment method, as a string or as {paymentMethodId}, has an address of its own', async (t) => {
  const { sim, create, page, frame, inside } = await openModal(t, { options: { version: '2.3.6' } });
  const { id } = await create();
  for (const params of ["'BTC-CHAIN'", "{ paymentMethodId: 'BTC-CHAIN' }"]) {
    await show(page, id, params);
    assert.equal(await frame.getAttribute('src'), `${sim.url}/i/${id}/BTC-CHAIN?view=modal`);
    await inside.getByText('Bitcoin address').waitFor();
  }
  const old = await openModal(t, { options: { version: '2.3.5' } });
  const { id: other } = await old.create();
  await show(old.page, other, "'BTC-CHAIN'");
  assert.equal(await old.frame.getAttribute('src'), `${old.sim.url}/invoice?id=${other}&view=modal`);
});

test('appendInvoiceFrame is showInvoice, and appendAndShowInvoiceFrame shows the frame at once (since 1.6.11)', async (t) => {
  const { create, page } = await openModal(t);
  const { id } = await create();
  assert.equal(await page.evaluate('btcpay.appendInvoiceFrame === btcpay.showInvoice'), true);
  const shown = await page.evaluate(
    `btcpay.appendAndShowInvoiceFrame('${id}'), document.getElementsByName('btcpay')[0].style.display`,
  );
  assert.equal(shown, 'block');
  assert.deepEqual((await logOf(page))[0], ['enter', 0]);
  assert.equal(modalFeatures('1.6.11').appendsFrame, true);
  assert.equal(modalFeatures('1.6.10').appendsFrame, false);
});

test('the script of each version has the functions of that version', async (t) => {
  const { openPage } = await openSim(t);
  const page = await openPage();
  const functionsOf = async (/** @type {string} */ version) => {
    await page.goto('about:blank');
    await page.evaluate(modalScript(version));
    return page.evaluate('Object.keys(btcpay).sort()');
  };
  const first = ['hideFrame', 'onModalReceiveMessage', 'onModalWillEnter', 'onModalWillLeave', 'setApiUrlPrefix'];
  const old = [...first, 'showFrame', 'showInvoice'];
  assert.deepEqual(await functionsOf('1.3.0'), old);
  assert.deepEqual(await functionsOf('2.4.1'), [...old, 'appendAndShowInvoiceFrame', 'appendInvoiceFrame'].sort());
});

test('hideFrame calls WillLeave and removes the frame; a second hideFrame throws NotFoundError', async (t) => {
  const { sim, create, page, frame } = await openModal(t);
  const { id } = await create();
  await show(page, id);
  await waitForLog(page, 2);
  await page.evaluate('btcpay.hideFrame()');
  assert.equal(await frame.count(), 0);
  assert.deepEqual((await logOf(page)).at(-1), ['leave', 0]);
  const thrown = await page.evaluate('(() => { try { btcpay.hideFrame(); } catch (error) { return error.name; } })()');
  assert.equal(thrown, 'NotFoundError');
  const before = await logOf(page);
  const { origin } = new URL(sim.url);
  await page.evaluate(`dispatchEvent(new MessageEvent('message', { origin: '${origin}', data: 'loaded' }))`);
  assert.equal(await frame.count(), 0);
  assert.deepEqual(await logOf(page), before);
  await show(page, id);
  await page.waitForFunction(`log.at(-1)[0] === 'loaded'`);
  assert.equal(await frame.isVisible(), true);
});

test('each callback is a single one: setting it again replaces it', async (t) => {
  const { create, page } = await openModal(t);
  await page.evaluate(`
    window.second = [];
    btcpay.onModalWillEnter(() => second.push('enter'));
    btcpay.onModalWillLeave(() => second.push('leave'));
    btcpay.onModalReceiveMessage(({ data }) => second.push(data));
  `);
  await show(page, (await create()).id);
  await page.waitForFunction('second.length >= 2');
  await page.evaluate('btcpay.hideFrame()');
  assert.deepEqual(await page.evaluate('second'), ['enter', 'loaded', 'leave']);
  assert.deepEqual(await logOf(page), []);
});

test('X and Escape send close: the frame is gone when the callback runs', async (t) => {
  const { create, page, frame, inside } = await openModal(t);
  const { id } = await create();
  await show(page, id);
  await inside.getByRole('button', { name: 'Close' }).click();
  await waitForLog(page, 4);
  assert.deepEqual((await logOf(page)).slice(2), [
    ['leave', 0],
    ['close', true, 'gone'],
  ]);
  await show(page, id);
  // Before, the frame is hidden and nobody in it listens.
  await waitForLog(page, 6);
  await inside.locator('#close').focus();
  await page.keyboard.press('Escape');
  await waitForLog(page, 8);
  assert.deepEqual((await logOf(page)).at(-1), ['close', true, 'gone']);
  assert.equal(await frame.count(), 0);
});

test('a message is taken from any origin that the address begins with, and only while an invoice is shown', async (t) => {
  const { create, page } = await openModal(t);
  const { id } = await create();
  const from = (/** @type {string} */ origin, /** @type {string} */ data) =>
    page.evaluate(
      `window.dispatchEvent(new MessageEvent('message', { origin: '${origin}', data: ${JSON.stringify(data)} }))`,
    );
  await from('', 'before');
  await page.evaluate("btcpay.setApiUrlPrefix('https://pay.example.com/sub')");
  await show(page, id);
  for (const origin of ['https://pay.example.com', 'https://pay.example.co', '', 'https://evil.example'])
    await from(origin, `from ${origin}`);
  await from('https://pay.example.com/sub/more', 'longer');
  assert.deepEqual(
    (await logOf(page)).map(([data]) => data),
    ['from https://pay.example.com', 'from https://pay.example.co', 'from '],
  );
});

test('open leads to bitcoin: addresses only, and nfc:startScan is answered to the frame', async (t) => {
  const { sim, create, page } = await openModal(t);
  const { id } = await create();
  await show(page, id);
  await waitForLog(page, 2);
  const { origin } = new URL(sim.url);
  const dispatch = (/** @type {unknown} */ data) =>
    page.evaluate(
      `window.dispatchEvent(new MessageEvent('message', { origin: '${origin}', data: ${JSON.stringify(data)} }))`,
    );
  const before = page.url();
  await dispatch({ open: 'https://evil.example/' });
  await dispatch({ mailto: 'mailto:a@shop.example' });
  assert.equal(page.url(), before);
  const [frame] = page.frames().filter((one) => one.name() === 'btcpay');
  await frame?.evaluate(`window.heard = []; addEventListener('message', ({ data }) => heard.push(data))`);
  await dispatch('nfc:startScan');
  await frame?.waitForFunction('heard.length === 1');
  // Chromium on a desktop has no Web NFC.
  assert.deepEqual(await frame?.evaluate('heard'), [{ action: 'nfc:error' }]);
  await dispatch('nfc:abort');
  assert.deepEqual((await logOf(page)).length, 6);
  assert.deepEqual(
    ['1.5.2', '1.5.3'].map((version) => modalFeatures(version).opensMail),
    [true, false],
  );
  assert.deepEqual(
    ['1.10.3', '1.11.0'].map((version) => modalFeatures(version).scansNfc),
    [false, true],
  );
});

test('the frame tells {invoiceId, status} on every change while it is open, in the words since 2.0.0', async (t) => {
  const { sim, create, page } = await openModal(t);
  const { id } = await create();
  await show(page, id);
  await waitForLog(page, 2);
  sim.pay(id, { method: 'onchain' });
  await waitForLog(page, 3);
  sim.mine();
  await waitForLog(page, 4);
  assert.deepEqual((await logOf(page)).slice(2), [
    [{ invoiceId: id, status: 'Processing' }, true, 'block'],
    [{ invoiceId: id, status: 'Settled' }, true, 'block'],
  ]);
});

test('Lightning jumps to Settled; a part payment says nothing; Expired and Invalid are told', async (t) => {
  const { sim, create, page } = await openModal(t);
  const next = async (/** @type {string} */ id, /** @type {() => unknown} */ act) => {
    const before = (await logOf(page)).length;
    await show(page, id);
    await waitForLog(page, before + 2);
    await act();
    await waitForLog(page, before + 3);
    return (await logOf(page)).slice(before + 2).map(([data]) => data.status);
  };
  const lightning = await create();
  assert.deepEqual(await next(lightning.id, () => sim.pay(lightning.id)), ['Settled']);
  const partial = await create();
  const story = await next(partial.id, async () => {
    sim.pay(partial.id, { method: 'onchain', amount: 'half' });
    await page.frameLocator('iframe[name=btcpay]').getByText('A part has arrived').waitFor();
    await sim.expire(partial.id);
  });
  assert.deepEqual(story, ['Expired']);
  const marked = await create();
  assert.deepEqual(await next(marked.id, () => sim.mark(marked.id, 'Invalid')), ['Invalid']);
});

test('nothing is told of the status an invoice already has when it is opened', async (t) => {
  const { sim, create, page, inside } = await openModal(t);
  const { id } = await create();
  sim.pay(id);
  await show(page, id);
  await inside.getByText('The payment is complete.').waitFor();
  const polled = page.waitForResponse((response) => response.url().endsWith(`/i/${id}/status`));
  await polled;
  await page.waitForResponse((response) => response.url().endsWith(`/i/${id}/status`));
  assert.deepEqual(
    (await logOf(page)).map(([data]) => data),
    ['enter', 'loaded'],
  );
});

test('another payment method is shown without the frame being loaded again', async (t) => {
  const { sim, create, page, inside } = await openModal(t);
  const { id } = await create();
  await show(page, id);
  await inside.getByRole('link', { name: 'Bitcoin' }).click();
  await inside.getByText('Bitcoin address').waitFor();
  await inside.getByRole('button', { name: 'Pay', exact: true }).click();
  await waitForLog(page, 3);
  assert.deepEqual(
    (await logOf(page)).map(([data]) => data.status ?? data),
    ['enter', 'loaded', 'Processing'],
  );
  assert.equal(sim.invoice(id).payments[0]?.methodId, 'BTC-CHAIN');
});

test('up to 1.13 the words are new, paid, confirmed, complete, expired and invalid', () => {
  /** @type {any} */
  const young = { id: `${'a'.repeat(64)}-0`, status: 'Settled', confirmations: 1 };
  const word = (/** @type {string} */ version, /** @type {any} */ invoice) =>
    statusWord(version, { additionalStatus: 'None', payments: [], ...invoice });
  const statuses = ['New', 'Processing', 'Settled', 'Expired', 'Invalid'];
  assert.deepEqual(
    statuses.map((status) => word('1.13.7', { status })),
    ['new', 'paid', 'complete', 'expired', 'invalid'],
  );
  assert.equal(word('1.13.7', { status: 'Settled', payments: [young] }), 'confirmed');
  assert.equal(word('1.13.7', { status: 'Settled', payments: [{ ...young, confirmations: 6 }] }), 'complete');
  assert.deepEqual(
    statuses.map((status) => word('2.0.0', { status })),
    statuses,
  );
});

test('a 1.13 server tells paid and confirmed, a Lightning payment complete', async (t) => {
  const { sim, create, page } = await openModal(t, { options: { version: '1.13.5' } });
  const { id } = await create();
  await show(page, id);
  await waitForLog(page, 2);
  sim.pay(id, { method: 'onchain' });
  await waitForLog(page, 3);
  sim.mine();
  await waitForLog(page, 4);
  const lightning = await create();
  await show(page, lightning.id);
  await waitForLog(page, 6);
  sim.pay(lightning.id);
  await waitForLog(page, 7);
  const told = (await logOf(page)).map(([data]) => data.status).filter(Boolean);
  assert.deepEqual(told, ['paid', 'confirmed', 'complete']);
});

test('before 1.9.0 the shop page is left as soon as the invoice is paid', async (t) => {
  const { sim, shop, create, page, inside } = await openModal(t, { options: { version: '1.8.5' } });
  const checkout = { redirectURL: `${shop.url}/thanks`, redirectAutomatically: true };
  const { id } = await create({ checkout });
  await show(page, id);
  await inside.getByRole('button', { name: 'Pay on-chain' }).click();
  await page.waitForURL(`${shop.url}/thanks`);
  assert.equal(sim.invoice(id).status, 'Processing');
});

test('redirectAutomatically navigates the whole shop page once the frame has seen the invoice settle', async (t) => {
  const { sim, shop, create, page, inside } = await openModal(t);
  const checkout = { redirectURL: `${shop.url}/thanks`, redirectAutomatically: true };
  const { id } = await create({ checkout });
  await show(page, id);
  await inside.getByRole('button', { name: 'Pay on-chain' }).click();
  await inside.getByText('Payment received').waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
  sim.mine();
  await page.waitForURL(`${shop.url}/thanks`);
});

test('in the modal the link back to the shop leaves the frame', async (t) => {
  const { shop, create, page, inside } = await openModal(t);
  const { id } = await create({ checkout: { redirectURL: `${shop.url}/thanks` } });
  await show(page, id);
  const link = inside.getByRole('link', { name: 'Return to the shop' });
  assert.equal(await link.getAttribute('target'), '_top');
  await link.click();
  await page.waitForURL(`${shop.url}/thanks`);
});

test('the page follows redirectURL after 5 s on Settled only since 1.9.0, before after 2 s on paid as well', () => {
  assert.deepEqual(redirectRule('2.4.1'), { words: ['Settled'], seconds: 5 });
  assert.deepEqual(redirectRule('1.9.0'), { words: ['confirmed', 'complete'], seconds: 5 });
  assert.deepEqual(redirectRule('1.8.5'), { words: ['paid', 'confirmed', 'complete'], seconds: 2 });
});
