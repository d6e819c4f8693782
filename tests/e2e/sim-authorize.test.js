import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desktop, phone } from './browser.js';
import { openShop, openSim, useBrowser } from './simWorld.js';

useBrowser();

const PERMISSIONS = ['btcpay.store.canviewinvoices', 'btcpay.store.cancreateinvoice'];

/**
 * A merchant who comes from the shop's admin pages, signed in there by cookies.
 * @param {import('node:test').TestContext} t
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
async function openMerchant(t, options = desktop) {
  const world = await openSim(t);
  const shop = await openShop(t, ({ path, body }) =>
    path.startsWith('/callback')
      ? `<!doctype html><title>Shop</title><h1>Key received: ${new URLSearchParams(body).get('apiKey')?.length}</h1>`
      : `<!doctype html><title>Shop</title><a href="${authorize()}">Connect</a>`,
  );
  const callback = `${shop.url}/callback?state=a%20b`;
  let more = '';
  const authorize = () => {
    const permissions = PERMISSIONS.map((policy) => `permissions=${policy}`).join('&');
    const redirect = encodeURIComponent(callback);
    return `${world.sim.url}/api-keys/authorize?${permissions}&amp;applicationName=My+shop&amp;selectiveStores=true&amp;redirect=${redirect}${more}`;
  };
  const page = await world.openPage(options);
  await page.context().addCookies([
    { name: 'lax', value: '1', url: shop.url, sameSite: 'Lax' },
    { name: 'strict', value: '1', url: shop.url, sameSite: 'Strict' },
  ]);
  const connect = async (/** @type {string} */ query = '') => {
    more = query;
    await page.goto(`${shop.url}/admin`);
    await page.getByRole('link', { name: 'Connect' }).click();
  };
  return { ...world, shop, page, connect };
}

test('the key comes back as a cross-site form POST with the state in its address and without the admin session', async (t) => {
  const { sim, shop, page, connect, complaints } = await openMerchant(t);
  await connect();
  await page.getByLabel('Simulated store').check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Only in the store').waitFor();
  assert.equal(await page.getByLabel('Name of the key').inputValue(), 'My shop');
  await page.getByRole('button', { name: 'Authorise' }).click();
  await page.getByRole('heading', { name: 'Key received: 40' }).waitFor();
  const visit = shop.visits.at(-1);
  assert.equal(visit?.method, 'POST');
  assert.equal(visit?.path, '/callback?state=a%20b');
  assert.equal(visit?.headers['content-type'], 'application/x-www-form-urlencoded');
  const fields = new URLSearchParams(visit?.body);
  const scoped = PERMISSIONS.map((policy) => `${policy}:${sim.storeId}`);
  assert.deepEqual(fields.getAll('permissions[]'), scoped);
  assert.deepEqual(sim.keys.get(fields.get('apiKey') ?? '')?.permissions, scoped);
  assert.ok(fields.get('userId'));
  assert.equal(visit?.headers.referer, undefined);
  assert.deepEqual(complaints, []);
});

test('cookies with SameSite=Lax or Strict do not come along with the key', async (t) => {
  const { shop, sim, page } = await openMerchant(t);
  // localhost and 127.0.0.1 are different sites, as the server's and the shop's hosts are.
  await page.goto(`${shop.url}/admin`);
  await page.reload();
  assert.match(shop.visits.at(-1)?.headers.cookie ?? '', /lax=1.*strict=1/);
  const redirect = encodeURIComponent(`${shop.url}/callback`);
  await page.goto(`${sim.url}/api-keys/authorize?permissions=${PERMISSIONS[0]}&redirect=${redirect}`);
  await page.getByRole('button', { name: 'Authorise' }).click();
  await page.getByRole('heading', { name: 'Key received: 40' }).waitFor();
  assert.equal(shop.visits.at(-1)?.headers.cookie, undefined);
});

test('without a script the merchant sends the key on with a button', async (t) => {
  const { page, connect } = await openMerchant(t, { ...desktop, javaScriptEnabled: false });
  await connect();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Authorise' }).click();
  await page.getByRole('button', { name: 'Continue to the application' }).click();
  await page.getByRole('heading', { name: 'Key received: 40' }).waitFor();
});

test('Cancel goes to the list of keys, not back to the shop', async (t) => {
  const { sim, shop, page, connect } = await openMerchant(t);
  await connect();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.waitForURL(`${sim.url}/account/apikeys`);
  await page.getByRole('heading', { name: 'API keys' }).waitFor();
  assert.ok(shop.visits.every(({ method }) => method === 'GET'));
});

test('with strict=false a person in Japan unticks and adds permissions on a phone, and is asked only once', async (t) => {
  const { sim, shop, page, connect } = await openMerchant(t, phone);
  const query = '&amp;strict=false&amp;applicationIdentifier=kessai';
  await connect(query);
  await page.getByRole('button', { name: '次へ' }).click();
  await page.getByLabel('請求書を見る').uncheck();
  await page.getByText('そのほかの権限').click();
  await page.getByLabel('ウェブフックを設定する').check();
  assert.equal(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), 0);
  await page.getByRole('button', { name: '許可する' }).click();
  await page.getByRole('heading', { name: 'Key received: 40' }).waitFor();
  const granted = new URLSearchParams(shop.visits.at(-1)?.body).getAll('permissions[]');
  assert.deepEqual(granted, [
    `btcpay.store.cancreateinvoice:${sim.storeId}`,
    `btcpay.store.webhooks.canmodifywebhooks:${sim.storeId}`,
  ]);
  await connect('&amp;applicationIdentifier=kessai');
  await page.getByRole('button', { name: '次へ' }).click();
  await page.getByRole('button', { name: '許可する' }).click();
  await page.getByRole('heading', { name: 'Key received: 40' }).waitFor();
  const first = new URLSearchParams(shop.visits.at(-1)?.body).get('apiKey');
  await connect('&amp;applicationIdentifier=kessai');
  await page.getByRole('button', { name: 'キーを送る' }).click();
  await page.getByRole('heading', { name: 'Key received: 40' }).waitFor();
  assert.equal(new URLSearchParams(shop.visits.at(-1)?.body).get('apiKey'), first);
});
